"""How fresh a shop's feed is, for payments: a feed that fell silent, or that somebody froze, pays nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.models import Feed

_MISSED = 3  # a feed that missed three of its expected events is silent
_LEAST = timedelta(hours=1)
_MOST = timedelta(hours=6)


class FeedTable:
    """Reads the watermarks that taking events leaves behind."""

    def stale_since(self, session: Session, *, shop_id: str, now: datetime) -> datetime | None:
        """Since when the shop's feed is silent or frozen; a shop that never sent anything has no feed to trust."""
        feed = session.get(Feed, shop_id)
        if feed is None:
            return now
        if feed.frozen_at is not None or feed.stale_since is not None:
            return feed.frozen_at or feed.stale_since
        rhythm = _MOST if feed.rhythm_seconds is None else timedelta(seconds=_MISSED * feed.rhythm_seconds)
        silent_at = feed.last_received_at + min(max(rhythm, _LEAST), _MOST)
        return silent_at if now >= silent_at else None

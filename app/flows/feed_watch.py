"""How fresh a shop's feed is, for payments: what a silent feed does not tell may have happened all the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import feeds
from app.flows.parts import LiveJudge
from app.flows.watch_feeds import rhythm_of


class FeedTable:
    """Reads the watermarks that taking events leaves behind, by the parameters in force."""

    def __init__(self, live: LiveJudge) -> None:
        self._live = live

    def stale_since(self, session: Session, *, shop_id: str, now: datetime) -> datetime | None:
        """Since when the shop's feed is not fresh; a shop that never sent anything has none to trust, from now on."""
        rows = feeds.of_shop(session, shop_id)
        if not rows:
            return now
        rhythm = rhythm_of(self._live.current, shop_id) if self._live.is_ready else feeds.USUAL
        return min((row.last_received_at for row in feeds.holding_up(rows, now, rhythm)), default=None)

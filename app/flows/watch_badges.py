"""Taking badges away whose conditions are gone: a violation, a score below the grade, no rating in force any more.

It runs every hour, far inside the 24 hours that rule S7-34 gives; a service that was down says so by that rule.
"""

from __future__ import annotations

from datetime import datetime

from app.flows.grant_badge import take_away
from app.flows.parts import Parts
from app.flows.provider_terms import provider_terms
from app.models import ProviderBadge
from app.providers import badges

BY = "system"


def watch_badges(parts: Parts, *, now: datetime) -> list[ProviderBadge]:
    """The badges that were taken away."""
    with parts.db.read() as session:
        lapsed = [
            (row.id, found)
            for row in badges.standing(session)
            if (found := badges.lapse(session, row, provider_terms(parts, row.shop_id), now=now)) is not None
        ]
    return [
        take_away(parts, badge_id, reason=f"自动摘除：{why}", by=BY, lapsed_at=since, now=now)
        for badge_id, (since, why) in lapsed
    ]

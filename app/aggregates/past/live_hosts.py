"""Whether everybody who hosts was verified, lately enough, and is old enough, by the shop's own register of hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import LiveHost
from app.values.facts import Happened
from app.values.policy import Policy

VALID = "live.verification_days"
FACTS = (
    "past.unverified_host_count",
    "past.unknown_host_count",
    "past.child_host_count",
    "past.unconsented_host_count",
    "past.ageless_host_count",
)
PARAMETERS = (VALID,)
_MOST = 500


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Counts of the event's hosts; None where the event does not say who hosts."""
    refs, valid = facts.get("host_refs"), policy.span(VALID)
    if refs is None or valid is None:
        return dict.fromkeys(FACTS)
    wanted = sorted(set(refs))[:_MOST]
    known = {
        row.subject: row
        for row in session.scalars(
            select(LiveHost).where(LiveHost.shop_id == event.shop_id, LiveHost.subject.in_(wanted))
        )
        if row.verified_at is not None and row.verified_at <= event.at
    }
    since = event.at - valid
    valid_rows = [row for row in known.values() if row.is_verified and row.verified_at and row.verified_at > since]
    return {
        "past.unverified_host_count": len(known) - len(valid_rows),
        "past.unknown_host_count": len(set(refs)) - len(known),
        "past.child_host_count": sum(row.age_band == "under_16" for row in known.values()),
        "past.unconsented_host_count": sum(
            row.age_band == "16_17" and row.guardian_consent is not True for row in known.values()
        ),
        "past.ageless_host_count": sum(row.age_band is None for row in valid_rows),
    }

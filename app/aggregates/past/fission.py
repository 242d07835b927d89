"""How a campaign's invitations look: people by inviter, shared devices, longest chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.aggregates.invitations import figures
from app.values.facts import Happened
from app.values.policy import Policy

HOPS = "marketing.fission_hops"
MOST = "marketing.fission_edges_max"
FACTS = ("past.invites_per_user_bp", "past.shared_device_bp", "past.chain_depth_count")
PARAMETERS = (HOPS, MOST)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Over all invitations of the campaign up to the event; all None where there are none."""
    del facts
    hops, most = policy.count(HOPS), policy.count(MOST)
    if hops is None or most is None:
        return dict.fromkeys(FACTS)
    found = figures(session, event.shop_id, event.subject, at=event.at, hops=hops, most=most)
    return {f"past.{name}": value for name, value in found.items()}

"""How many invitations lie between who is rewarded and who it is for; and whether an invitation closes a circle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.aggregates.invitations import distance
from app.values.facts import Happened
from app.values.policy import Policy

HOPS = "marketing.fission_hops"
FACTS = ("past.reward_level_count", "past.cycle_count")
PARAMETERS = (HOPS,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """By the shortest way; None where one of both is not told, or no invitation leads there."""
    hops, campaign = policy.count(HOPS), facts.get("campaign_id")
    found: dict[str, int | None] = dict.fromkeys(FACTS)
    if hops is None or not campaign:
        return found

    def between(inviter: str | None, came: str | None) -> int | None:
        if not inviter or not came:
            return None
        return distance(session, event.shop_id, campaign, ends=(inviter, came), at=event.at, hops=hops)

    found[FACTS[0]] = between(facts.get("beneficiary_ref"), facts.get("source_ref"))
    if facts.get("inviter_ref") and facts.get("invitee_ref"):
        back = between(facts["invitee_ref"], facts["inviter_ref"])
        found[FACTS[1]] = 0 if back is None else 1
    return found

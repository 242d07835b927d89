"""How many winners stand on the contest's own list of staff and linked accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Contest
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.staff_winner_count",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """None where no list was told."""
    del policy
    own = (Contest.shop_id == event.shop_id) & (Contest.subject == event.subject)
    staff = session.scalar(select(Contest.staff).where(own))
    if not staff:
        return dict.fromkeys(FACTS)
    return {FACTS[0]: sum(each["ref"] in staff for each in facts.get("winners") or ())}

"""What one customer paid in advance over a window: payments split into small ones add up to what they really are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import StoredValue
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "marketing.topup_window_days"
FACTS = ("past.topup_window_fen",)
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """This payment and those of the customer in the window before it; None where nobody says who pays."""
    window, person = policy.span(WINDOW), facts.get("person_ref")
    if window is None or not person:
        return dict.fromkeys(FACTS)
    own = (StoredValue.shop_id == event.shop_id) & (StoredValue.person_ref == person)
    lately = (StoredValue.paid_at > event.at - window) & (StoredValue.paid_at <= event.at)
    others = select(func.sum(StoredValue.paid_fen)).where(own, lately, StoredValue.subject != event.subject)
    return {FACTS[0]: int(session.scalar(others) or 0) + facts["paid_fen"]}

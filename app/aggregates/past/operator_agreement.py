"""Whether whoever runs a warehouse has a contract in force with an agreement on processing personal data for others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ServiceProvider
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.operator_agreement",)
PARAMETERS = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """None where the operator is not said, False where no such contract is in the register."""
    del policy
    operator = facts.get("operator_id")
    if operator is None:
        return dict.fromkeys(FACTS)
    own = (ServiceProvider.shop_id == event.shop_id) & (ServiceProvider.subject == operator)
    row = session.scalar(select(ServiceProvider).where(own))
    return {FACTS[0]: row is not None and row.data_agreement_ref is not None and row.runs_at(event.at)}

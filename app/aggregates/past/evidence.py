"""The verified evidence that covers an event: what ``has_evidence(…)`` looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.evidence.covering import records, subject_of
from app.values.evidence import FACT
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = (FACT,)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """As the registry stands now, for the day of the event; None where too many pieces cover it to list them."""
    del policy
    return {FACT: records(session, [subject_of(event.shop_id, event.subject, facts, at=event.at)])[0]}

"""Whether the content of an entry was screened before, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Content
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.entry_stopped_count",)
PARAMETERS: tuple[str, ...] = ()
_FREE = frozenset({"pass", "label"})


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """1 when its newest version did not pass, 0 when it did; None where it was never screened."""
    del policy
    if not facts.get("content_id"):
        return dict.fromkeys(FACTS)
    own = (Content.shop_id == event.shop_id) & (Content.content_id == facts["content_id"])
    decision = session.scalar(select(Content.decision).where(own))
    return {FACTS[0]: None if decision is None else int(decision not in _FREE)}

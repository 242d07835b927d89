"""Whether what a course promises was stopped when its page was told last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Content, EventDecision
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.course_stopped_count",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """1 where it is blocked as it stands now, 0 where it is not; None where it was never told.

    A page that was sent to be screened is a content under the course's id; if an officer decided it, that counts.
    """
    del facts, policy
    own = (EventDecision.shop_id == event.shop_id) & (EventDecision.subject == event.subject)
    page = (EventDecision.kind == "course.publish") & EventDecision.is_current & (EventDecision.happened_at <= event.at)
    newest = select(EventDecision.decision).where(own, page).order_by(EventDecision.happened_at.desc()).limit(1)
    screened = (Content.shop_id == event.shop_id) & (Content.content_id == event.subject)
    decision = session.scalar(select(Content.decision).where(screened)) or session.scalar(newest)
    return {FACTS[0]: None if decision is None else int(decision == "block")}

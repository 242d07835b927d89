"""A service provider's rating in force before the event, how far a new one strays from it, and its violations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import ProviderRating
from app.models.provider import violations
from app.values.facts import Happened
from app.values.policy import Policy

SERVICE, FULFILMENT, INNOVATION = (f"providers.{name}_weight_bp" for name in ("service", "fulfilment", "innovation"))
SWING, VIOLATIONS = "providers.rating_swing_days", "providers.violation_days"
FACTS = (
    "past.provider_score",
    "past.provider_grade",
    "past.swing_score",
    "past.is_downgrade",
    "past.weighted_score",
    "past.provider_violation_count",
)
PARAMETERS = (SERVICE, FULFILMENT, INNOVATION, SWING, VIOLATIONS)
_GRADES = "ABCD"


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """The rating in force, the largest change against any in force in the window, and the score the weights give."""
    row = _in_force(session, event, facts.get("rating_id"))
    score, grade = facts.get("score"), facts.get("grade")
    before = _before(session, event, facts.get("rating_id"), policy)
    changes = [abs(score - each) for each in before] if score is not None else []
    is_down = (
        None if row is None or grade is None or row.grade is None else _GRADES.index(grade) > _GRADES.index(row.grade)
    )
    return {
        "past.provider_score": None if row is None else row.score,
        "past.provider_grade": None if row is None else row.grade,
        "past.swing_score": max(changes, default=None),
        "past.is_downgrade": is_down,
        "past.weighted_score": _weighted(facts, policy),
        "past.provider_violation_count": _violations(session, event, policy),
    }


def _in_force(session: Session, event: Happened, own: str | None) -> ProviderRating | None:
    mine = (ProviderRating.shop_id == event.shop_id) & (ProviderRating.provider_id == event.subject)
    stood = (ProviderRating.in_force_at <= event.at) & (ProviderRating.id != (own or ""))
    wanted = select(ProviderRating).where(mine, stood).order_by(ProviderRating.in_force_at.desc()).limit(1)
    return session.scalar(wanted)


def _before(session: Session, event: Happened, own: str | None, policy: Policy) -> list[int]:
    span = policy.span(SWING)
    if span is None:
        return []
    mine = (ProviderRating.shop_id == event.shop_id) & (ProviderRating.provider_id == event.subject)
    stood = (ProviderRating.in_force_at <= event.at) & (ProviderRating.in_force_at > event.at - span)
    wanted = select(ProviderRating.score).where(mine, stood, ProviderRating.id != (own or ""))
    return [score for score in session.scalars(wanted) if score is not None]


def _weighted(facts: Mapping[str, Any], policy: Policy) -> int | None:
    parts = [
        (facts.get(f"{name}_score"), policy.count(weight))
        for name, weight in (("service", SERVICE), ("fulfilment", FULFILMENT), ("innovation", INNOVATION))
    ]
    total = 0
    for score, weight in parts:
        if score is None or weight is None:
            return None
        total += score * weight
    return total // 10_000


def _violations(session: Session, event: Happened, policy: Policy) -> int | None:
    """Doings of the provider that the rules block, in the window before the event."""
    span = policy.span(VIOLATIONS)
    if span is None:
        return None
    wanted = violations(event.shop_id, event.subject, since=event.at - span, until=event.at).order_by(None)
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0

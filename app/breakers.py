"""Firing rates and breakers of rules: counts by minute from all processes, and which rules have tripped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import RuleBreaker, RuleMinute


@dataclass(frozen=True, slots=True)
class Rate:
    """What was counted of one rule over some time; ``fired`` are sure firings, ``unknown`` those for want of a fact."""

    evaluated: int = 0
    fired: int = 0
    unknown: int = 0

    @property
    def bp(self) -> int | None:
        """The firing rate in basis points, rounded down; None when nothing was evaluated."""
        return self.fired * 10_000 // self.evaluated if self.evaluated else None


def add_counts(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add counts (``rule_id``, ``minute_at``, ``evaluated``, ``fired``, ``unknown``) to what is there."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(RuleMinute)
    new = statement.excluded
    added = {name: getattr(RuleMinute, name) + new[name] for name in ("evaluated", "fired", "unknown")}
    session.execute(statement.on_conflict_do_update(index_elements=["rule_id", "minute_at"], set_=added), list(rows))


def rates(session: Session, *, since: datetime, rules: Collection[str] | None = None) -> dict[str, Rate]:
    """Sums by rule over the minutes that begin at ``since`` or later; for ``rules`` only, where they are named."""
    sums = [func.sum(getattr(RuleMinute, name)) for name in ("evaluated", "fired", "unknown")]
    query = select(RuleMinute.rule_id, *sums).where(RuleMinute.minute_at >= since).group_by(RuleMinute.rule_id)
    if rules is not None:
        query = query.where(RuleMinute.rule_id.in_(rules))
    return {rule: Rate(int(all_), int(fired), int(unknown)) for rule, all_, fired, unknown in session.execute(query)}


def tripped(session: Session) -> dict[str, RuleBreaker]:
    """The rules whose breaker is open."""
    return {each.rule_id: each for each in session.scalars(select(RuleBreaker).where(RuleBreaker.reset_at.is_(None)))}


def last_resets(session: Session) -> dict[str, datetime]:
    """When each rule that ever tripped was reset last; only what was counted since then counts."""
    closed = select(RuleBreaker).where(RuleBreaker.reset_at.is_not(None))
    return {each.rule_id: each.reset_at for each in session.scalars(closed) if each.reset_at is not None}


def trip(session: Session, rule: str, *, why: str, details: dict[str, Any], now: datetime) -> bool:
    """Open a rule's breaker; False when it is open already."""
    breaker = session.get(RuleBreaker, rule, with_for_update=True)
    if breaker is not None and breaker.reset_at is None:
        return False
    if breaker is None:
        breaker = RuleBreaker(rule_id=rule)
        session.add(breaker)
    breaker.tripped_at, breaker.why, breaker.details = now, why, details
    breaker.reset_at = breaker.reset_by = breaker.reset_reason = None
    session.flush()
    return True


def reset(session: Session, rule: str, *, reason: str, by: str, now: datetime) -> RuleBreaker:
    """Close a rule's breaker; raises NotFound when it is not open."""
    breaker = session.get(RuleBreaker, rule, with_for_update=True)
    if breaker is None or breaker.reset_at is not None:
        raise NotFound(f"the rule {rule} has not tripped")
    breaker.reset_at, breaker.reset_by, breaker.reset_reason = now, by, reason
    session.flush()
    return breaker


def forget_counts(session: Session, *, before: datetime) -> None:
    """Drop minutes that no band and no page looks at any more."""
    session.execute(delete(RuleMinute).where(RuleMinute.minute_at < before))


def last_fired(session: Session) -> dict[str, datetime]:
    """The minute in which each rule last fired, by its id; counts are kept for eight days."""
    latest = select(RuleMinute.rule_id, func.max(RuleMinute.minute_at))
    rows = session.execute(latest.where(RuleMinute.fired > 0).group_by(RuleMinute.rule_id))
    return {str(rule): at for rule, at in rows}

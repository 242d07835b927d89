"""Who works on which case: taking one for a while, giving it back, the next one, holding, escalating, reassigning.

A claim is two columns and an end. Taking is a conditional UPDATE, so of two who take the same case one is told who has
it; and *next* picks with ``SKIP LOCKED`` on PostgreSQL (on SQLite writers stand in line), so it never waits for another
officer's pick and never gives the same case to two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import InvalidInput, Problem
from app.models import Case
from app.review.cases import OPEN_STATES, change
from app.values.access import Caller, Role, Scope
from app.values.rosters import EVERYTHING, Skills

DECIDERS = frozenset({Role.OFFICER, Role.SENIOR, Role.ADMIN, Scope.CASES})
SENIORS = frozenset({Role.SENIOR, Role.ADMIN, Scope.CASES})
LONGEST_HOLD = timedelta(days=30)
_TRIES = 50
_LEFT_MAX = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which case is asked for: the list's filters, the case that is passed over, what the officer can judge."""

    filters: Mapping[str, str] = field(default_factory=dict)
    past: Case | None = None
    skills: Skills = EVERYTHING


def claim(session: Session, case: Case, *, by: str, minutes: int, now: datetime, stamp: int | None = None) -> None:
    """Take an open case for so many minutes, or keep it for longer; raises Conflict naming who has it."""
    change(session, case, stamp, by, now, claimed_by=by, claimed_until=now + timedelta(minutes=minutes))


def release(session: Session, case: Case, *, by: str) -> bool:
    """Give a case back that is one's own; False when it was not."""
    mine = (Case.id == case.id) & (Case.claimed_by == by) & Case.state.in_(OPEN_STATES)
    values = {"claimed_by": None, "claimed_until": None, "stamp": Case.stamp + 1}
    freed = session.execute(update(Case).where(mine).values(values).returning(Case.id)).scalar()
    session.refresh(case)
    return freed is not None


def claimed_by(session: Session, by: str, *, now: datetime) -> list[Case]:
    """The cases somebody has now, oldest due first."""
    mine = and_(Case.claimed_by == by, Case.state.in_(OPEN_STATES), Case.claimed_until > now)
    return list(session.scalars(select(Case).where(mine).order_by(Case.due_at, Case.id)))


def left_with(session: Session, by: str) -> list[Case]:
    """Open cases that are kept for somebody, oldest due first."""
    theirs = and_(Case.assigned_to == by, Case.state.in_(OPEN_STATES))
    return list(session.scalars(select(Case).where(theirs).order_by(Case.due_at, Case.id).limit(_LEFT_MAX)))


def pass_on(session: Session, case: Case, *, by: str, to: str | None) -> bool:
    """Give one's open case to somebody, or back to all (None); False when it is not one's own any more."""
    own = or_(Case.claimed_by == by, and_(Case.assigned_to == by, Case.claimed_by.is_(None)))
    free = {"claimed_by": None, "claimed_until": None, "assigned_to": to, "stamp": Case.stamp + 1}
    still = (Case.id == case.id) & Case.state.in_(OPEN_STATES) & own
    passed = session.execute(update(Case).where(still).values(free).returning(Case.id)).scalar()
    session.refresh(case)
    return passed is not None


def take_next(
    session: Session,
    *,
    caller: Caller,
    minutes: int,
    now: datetime,
    wanted: Wanted,
) -> Case | None:
    """The case that is due first among those the caller may and can decide and nobody else has, taken for them.

    What is assigned to them comes first, whatever their skills. When they skip one, those after it come first.
    """
    past, skills = wanted.past, wanted.skills
    free = _for(caller, now)
    asked = _asked(wanted.filters)
    is_narrow = any(wanted.filters.values()) or skills != EVERYTHING
    # SQLite takes the index of the assigned for an IS NULL, and then reads all that is open to find the few asked for
    unassigned = func.coalesce(Case.assigned_to, "") == "" if is_narrow else Case.assigned_to.is_(None)
    # an officer's, also where a key of their name asks; one by one, because an IN is not read along the index
    kept: list[list[ColumnElement[bool]]] = [
        [Case.assigned_to == name] for name in dict.fromkeys((caller.name, f"officer:{caller.person}"))
    ]
    orders: list[list[ColumnElement[bool]]] = [*kept]
    if past is not None:
        place = tuple_(literal(past.due_at, Case.due_at.type), literal(past.id, Case.id.type))
        orders += [[unassigned, tuple_(Case.due_at, Case.id) > place]]
        free.append(Case.id != past.id)
    orders.append([unassigned])
    for number, order in enumerate(orders):
        is_kept = number < len(kept)
        can, kinds = _within(EVERYTHING if is_kept else skills)
        # what is kept for somebody is little: SQLite must not read all of a severity to find it
        can += [func.coalesce(column, none) == value if is_kept else column == value for column, value, none in asked]
        if (
            taken := _take(session, [*free, *can, *order], kinds, by=caller.name, minutes=minutes, now=now)
        ) is not None:
            return taken
    return None


def _within(skills: Skills) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """What keeps a query to cases within these skills; categories one by one, each read along its own index."""
    can: list[ColumnElement[bool]] = [Case.queue.in_(sorted(skills.queues))] if skills.queues else []
    if skills.scripts:
        can.append(or_(Case.script.is_(None), Case.script.in_(sorted(skills.scripts))))
    return can, [Case.category == each for each in sorted(skills.categories)] or [true()]


def _take(
    session: Session,
    wanted: list[ColumnElement[bool]],
    kinds: list[ColumnElement[bool]],
    *,
    by: str,
    minutes: int,
    now: datetime,
) -> Case | None:
    for _ in range(_TRIES):
        found = [
            session.scalars(
                select(Case)
                .where(Case.state == state, kind, *wanted)
                .order_by(Case.due_at, Case.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            for state in ("open", "second")
            for kind in kinds
        ]
        case = min((each for each in found if each is not None), key=lambda each: (each.due_at, each.id), default=None)
        if case is None:
            return None
        free = or_(Case.claimed_by.is_(None), Case.claimed_until <= now, Case.claimed_by == by)
        values = {"claimed_by": by, "claimed_until": now + timedelta(minutes=minutes), "stamp": Case.stamp + 1}
        still = (Case.id == case.id) & Case.state.in_(("open", "second")) & free
        taken = update(Case).where(still).values(values).returning(Case.id)
        won = session.execute(taken.execution_options(synchronize_session=False)).scalar()
        if won is not None:
            session.refresh(case)
            return case
    return None


def _for(caller: Caller, now: datetime) -> list[ColumnElement[bool]]:
    wanted = [
        caller.only_own(Case.shop_id),
        or_(Case.claimed_by.is_(None), Case.claimed_until <= now),
        or_(Case.first_by.is_(None), Case.first_by.not_in(caller.names)),
        Case.bulk_id.is_(None),
    ]
    if not caller.grants & SENIORS:
        wanted.append(Case.queue.in_(("content", "orders")))
    return wanted


def _asked(filters: Mapping[str, str]) -> list[tuple[InstrumentedAttribute[Any], object, object]]:
    """What the list is narrowed to: column, value, and what stands for nothing in that column."""
    columns = {"queue": Case.queue, "category": Case.category, "decision": Case.decision, "shop": Case.shop_id}
    asked: list[tuple[InstrumentedAttribute[Any], object, object]] = [
        (column, filters[name], "") for name, column in columns.items() if filters.get(name)
    ]
    return [*asked, (Case.severity, int(filters["severity"]), 0)] if filters.get("severity") else asked


def hold(session: Session, case: Case, *, until: datetime, by: str, now: datetime, stamp: int | None = None) -> None:
    """Put a case aside until an instant; then it is open again, for whoever put it aside."""
    if not now < until <= now + LONGEST_HOLD:
        problem = Problem("until", until.isoformat(), f"after now, at most {LONGEST_HOLD.days} days ahead")
        raise InvalidInput("the case cannot be held so long", problems=[problem])
    free = {"claimed_by": None, "claimed_until": None}
    change(session, case, stamp, by, now, state="held", held_until=until, assigned_to=by, **free)


def resume_due(session: Session, *, now: datetime) -> list[str]:
    """Open again what was held until now; their ids."""
    over = (Case.state == "held") & (Case.held_until <= now)
    again = {"state": "open", "held_until": None, "stamp": Case.stamp + 1}
    resumed = update(Case).where(over).values(again).returning(Case.id)
    return list(session.scalars(resumed.execution_options(synchronize_session=False)))


def escalate(
    session: Session, case: Case, *, due_at: datetime, by: str, now: datetime, stamp: int | None = None
) -> None:
    """Hand a case to the seniors' queue."""
    if case.queue == "senior":
        raise InvalidInput("the case is already with the seniors")
    free = {"claimed_by": None, "claimed_until": None, "assigned_to": None, "held_until": None}
    state = "second" if case.state == "second" else "open"
    change(session, case, stamp, by, now, state=state, queue="senior", due_at=min(due_at, case.due_at), **free)


def reassign(session: Session, case: Case, *, to: str | None, by: str, now: datetime, stamp: int | None = None) -> None:
    """Give a case to an officer (``officer:NAME``), or to nobody in particular."""
    change(session, case, stamp, by, now, assigned_to=to, claimed_by=None, claimed_until=None)

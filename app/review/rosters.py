"""Rosters as they are kept: officers' shifts, who is on duty, and what was handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import Handover, Officer, OfficerShift
from app.values.case_clocks import WorkingTime
from app.values.rosters import OnDuty, Shift, ShiftKind, Skills, on_duty

_OPEN_MAX, PAGE = 20, 30


def shifts_of(session: Session, officer_ids: Iterable[str] | None = None) -> Mapping[str, Sequence[OfficerShift]]:
    """Shifts that hold, by officer, in the order they were made; of everybody where nobody is named."""
    holding = select(OfficerShift).where(OfficerShift.ended_at.is_(None)).order_by(OfficerShift.id)
    if officer_ids is not None:
        holding = holding.where(OfficerShift.officer_id.in_(list(officer_ids)))
    found: dict[str, list[OfficerShift]] = defaultdict(list)
    for row in session.scalars(holding):
        found[row.officer_id].append(row)
    return found


def as_shift(row: OfficerShift) -> Shift:
    """A row as the value that can be asked."""
    return Shift(
        ShiftKind(row.kind),
        row.opens,
        row.closes,
        frozenset(row.weekdays),
        row.first_day,
        row.last_day,
        row.keeps_calendar,
    )


def standing(rows: Sequence[OfficerShift], at: datetime, working: WorkingTime) -> OnDuty:
    """How somebody with these shifts stands at an instant."""
    return on_duty([as_shift(row) for row in rows], at, working)


def duty_of(session: Session, officer: Officer, at: datetime, working: WorkingTime) -> OnDuty:
    """How one officer stands."""
    return standing(shifts_of(session, [officer.id]).get(officer.id, ()), at, working)


def skills_of(officer: Officer | None) -> Skills:
    """What an officer can judge; machines can judge everything."""
    return Skills() if officer is None else Skills.read(officer.skills)


def add_shift(session: Session, officer: Officer, shift: Shift, *, by: str, now: datetime) -> OfficerShift:
    """Add a line to an officer's roster; raises InvalidInput."""
    shift.check()
    row = OfficerShift(
        officer_id=officer.id,
        kind=shift.kind,
        weekdays=sorted(shift.weekdays),
        opens=shift.opens,
        closes=shift.closes,
        first_day=shift.first_day,
        last_day=shift.last_day,
        keeps_calendar=shift.keeps_calendar,
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def end_shift(session: Session, shift_id: str, *, by: str, now: datetime) -> OfficerShift:
    """Take a line out of a roster; raises NotFound for one that does not hold any more."""
    row = session.get(OfficerShift, shift_id)
    if row is None or row.ended_at is not None:
        raise NotFound(f"no shift {shift_id}")
    row.ended_at, row.ended_by = now, by
    session.flush()
    return row


def waiting_for(session: Session, who: str) -> Sequence[Handover]:
    """Hand-overs nobody has taken note of, to this officer or to everybody, other people's, newest first."""
    theirs = or_(Handover.passed_to.is_(None), Handover.passed_to == who)
    open_ = select(Handover).where(Handover.taken_at.is_(None), Handover.officer != who, theirs)
    return session.scalars(open_.order_by(Handover.id.desc()).limit(_OPEN_MAX)).all()


def listed(
    session: Session, *, before: str | None = None, limit: int = PAGE + 1, is_taken: bool | None = None
) -> Sequence[Handover]:
    """Hand-overs, newest first, older than the one ``before``; all, or by whether somebody took note of them."""
    found = select(Handover).order_by(Handover.id.desc()).limit(limit)
    if is_taken is not None:
        found = found.where(Handover.taken_at.is_not(None) if is_taken else Handover.taken_at.is_(None))
    return session.scalars(found if before is None else found.where(Handover.id < before)).all()


def take_note(session: Session, handover_id: str, *, who: str, now: datetime) -> Handover:
    """Say that one has read a hand-over, the first who does; raises NotFound, or Conflict for one that is another's."""
    row = session.get(Handover, handover_id)
    if row is None:
        raise NotFound(f"no hand-over {handover_id}")
    if row.passed_to not in {None, who}:
        raise Conflict(f"the hand-over is for {row.passed_to}")
    still = (Handover.id == handover_id) & Handover.taken_at.is_(None)
    session.execute(update(Handover).where(still).values(taken_by=who, taken_at=now))
    session.refresh(row)
    return row

"""Rosters and skills: set by a senior, looked at before work is given to anybody.

officer ─ shifts that hold ─ on duty now? ─ no: nothing is given to them, and the page says when they are on again
Who has no shift is not bound by any, and who has no skills named can judge everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import Officer, OfficerShift
from app.models.base import ORG
from app.officers import as_caller, find_officer
from app.review import rosters
from app.review.claiming import DECIDERS
from app.text.scripts import SCRIPTS
from app.values.access import Caller, Role
from app.values.case_clocks import QUEUES
from app.values.rosters import OnDuty, Shift, Skills

_OFFICERS_MAX = 2_000
MAKERS = frozenset({Role.SENIOR, Role.ADMIN})
CASE_QUEUES = QUEUES[:3]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """An officer on the roster."""

    officer: Officer
    duty: OnDuty
    skills: Skills
    shifts: Sequence[OfficerShift]


def roster_lines(parts: Parts, session: Session, *, now: datetime, caller: Caller | None = None) -> list[RosterLine]:
    """Officers who decide cases, by user name; where a caller is named, those who decide cases of their shops."""
    everybody = select(Officer).where(Officer.org_id == ORG, Officer.disabled_at.is_(None)).order_by(Officer.username)
    shifts = rosters.shifts_of(session)
    return [
        _line(parts, each, shifts.get(each.id, ()), now)
        for each in session.scalars(everybody.limit(_OFFICERS_MAX))
        if as_caller(each).grants & DECIDERS and (caller is None or _share_a_shop(as_caller(each), caller))
    ]


def roster_line(parts: Parts, session: Session, username: str, *, now: datetime) -> RosterLine:
    """One officer on the roster, whatever their roles; raises NotFound."""
    officer = _found(session, username)
    return _line(parts, officer, rosters.shifts_of(session, [officer.id]).get(officer.id, ()), now)


def duty_of(parts: Parts, session: Session, caller: Caller, *, now: datetime) -> OnDuty:
    """How a caller stands; a machine's key is always on duty, unless it bears an officer's name."""
    officer = officer_of(session, caller)
    return OnDuty() if officer is None else rosters.duty_of(session, officer, now, parts.clocks.working)


def officer_of(session: Session, caller: Caller) -> Officer | None:
    """The officer who acts, in person or through a key of their name; None for any other key."""
    return find_officer(session, caller.person)


def acting_name(session: Session, caller: Caller) -> str:
    """Under which name hand-overs and mentions reach a caller: the officer's where one acts, else the key's own."""
    officer = officer_of(session, caller)
    return caller.name if officer is None else f"officer:{officer.username}"


def check_on_duty(parts: Parts, session: Session, caller: Caller, *, now: datetime) -> Skills:
    """What the caller can judge; raises Forbidden while they are off duty."""
    officer = officer_of(session, caller)
    if officer is None:
        return Skills()
    duty = rosters.duty_of(session, officer, now, parts.clocks.working)
    if not duty.may_take:
        when = "" if duty.next_at is None else f"; on duty again at {duty.next_at.isoformat(timespec='minutes')}"
        raise Forbidden(f"{caller.name} is off duty{when}")
    return rosters.skills_of(officer)


def check_can_take(
    parts: Parts, session: Session, officer: Officer, case: Mapping[str, str | None], now: datetime
) -> None:
    """Raise InvalidInput when a case may not be given to an officer: off duty, or not within their skills."""
    problem = None
    if not rosters.duty_of(session, officer, now, parts.clocks.working).may_take:
        problem = Problem("to", f"{officer.username} is off duty", "an officer on duty")
    skills = rosters.skills_of(officer)
    if not skills.cover(queue=case["queue"] or "", category=case["category"] or "", script=case["script"]):
        problem = Problem("to", f"{officer.username} does not judge such cases", str(skills.as_kept()))
    if problem is not None:
        raise InvalidInput("the case cannot be given to them", problems=[problem])


def set_skills(parts: Parts, username: str, skills: Skills, *, categories: Collection[str], by: Caller) -> None:
    """Say what an officer can judge; nothing named is everything.

    Raises:
        Forbidden: the caller makes no rosters.
        NotFound: no such officer.
        InvalidInput: an unknown queue, category or script.
    """
    _need_maker(by)
    known = {"queues": CASE_QUEUES, "categories": categories, "scripts": SCRIPTS}
    problems = [
        Problem(name, f"unknown: {value}", ", ".join(sorted(known[name])))
        for name, values in skills.as_kept().items()
        for value in values
        if value not in known[name]
    ]
    if problems:
        raise InvalidInput("the skills are wrong", problems=problems)

    def work(session: Session) -> None:
        officer = _found(session, username)
        details: dict[str, object] = {"skills": skills.as_kept(), "skills_before": officer.skills}
        officer.skills = skills.as_kept()
        _record(session, "officer.set_skills", username, details, by=by.name, now=parts.now())

    parts.db.write(work)


def add_shift(parts: Parts, username: str, shift: Shift, *, by: Caller) -> OfficerShift:
    """Add a shift or a leave to an officer's roster; raises Forbidden, NotFound, InvalidInput."""
    _need_maker(by)

    def work(session: Session) -> OfficerShift:
        officer, now = _found(session, username), parts.now()
        row = rosters.add_shift(session, officer, shift, by=by.name, now=now)
        _record(session, "officer.add_shift", username, _told(row), by=by.name, now=now)
        return row

    return parts.db.write(work)


def end_shift(parts: Parts, shift_id: str, *, by: Caller) -> str:
    """Take a shift or a leave out of a roster, and say whose; raises Forbidden, NotFound."""
    _need_maker(by)

    def work(session: Session) -> str:
        now = parts.now()
        row = rosters.end_shift(session, shift_id, by=by.name, now=now)
        username = session.get_one(Officer, row.officer_id).username
        _record(session, "officer.end_shift", username, _told(row), by=by.name, now=now)
        return username

    return parts.db.write(work)


def _told(row: OfficerShift) -> dict[str, object]:
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day and row.last_day.isoformat()}
    return {
        "shift": row.id,
        "kind": row.kind,
        "weekdays": row.weekdays,
        "opens": row.opens,
        "closes": row.closes,
    } | days


def _line(parts: Parts, officer: Officer, rows: Sequence[OfficerShift], now: datetime) -> RosterLine:
    duty = rosters.standing(rows, now, parts.clocks.working)
    return RosterLine(officer, duty, rosters.skills_of(officer), rows)


def _share_a_shop(one: Caller, other: Caller) -> bool:
    return one.shop_ids is None or other.shop_ids is None or bool(one.shop_ids & other.shop_ids)


def _found(session: Session, username: str) -> Officer:
    officer = find_officer(session, username)
    if officer is None:
        raise NotFound(f"no officer {username}")
    return officer


def _need_maker(by: Caller) -> None:
    if not by.grants & MAKERS:
        raise Forbidden(f"rosters are made by {', '.join(sorted(MAKERS))}")


def _record(
    session: Session, action: str, username: str, details: Mapping[str, object], *, by: str, now: datetime
) -> None:
    audit.record(
        session, actor=by, action=action, object_type="officer", object_id=username, details=dict(details), now=now
    )

"""Rosters and skills: set by a senior, looked at before work is given to anybody.

officer ─ shifts that hold ─ on duty now? ─ no: nothing is given to them, and the page says when they are on again
Who has no shift is not bound by any, and who has no skills named can judge everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import Officer, OfficerShift
from app.officers import find_officer
from app.review import rosters
from app.text.scripts import SCRIPTS
from app.values.access import Caller, Role
from app.values.case_clocks import QUEUES
from app.values.rosters import OnDuty, Shift, Skills

MAKERS = frozenset({Role.SENIOR, Role.ADMIN})
CASE_QUEUES = QUEUES[:3]
_OFFICER = "officer:"


def duty_of(parts: Parts, session: Session, name: str, *, now: datetime) -> OnDuty:
    """How a caller (``officer:lin``) stands; a machine's key is always on duty."""
    officer = officer_of(session, name)
    return OnDuty() if officer is None else rosters.duty_of(session, officer, now, parts.clocks.working)


def officer_of(session: Session, name: str) -> Officer | None:
    """The officer behind a caller's name; None for a key."""
    return find_officer(session, name.removeprefix(_OFFICER)) if name.startswith(_OFFICER) else None


def check_on_duty(parts: Parts, session: Session, caller: Caller, *, now: datetime) -> Skills:
    """What the caller can judge; raises Forbidden while they are off duty."""
    officer = officer_of(session, caller.name)
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


def end_shift(parts: Parts, shift_id: str, *, by: Caller) -> None:
    """Take a shift or a leave out of a roster; raises Forbidden, NotFound."""
    _need_maker(by)

    def work(session: Session) -> None:
        now = parts.now()
        row = rosters.end_shift(session, shift_id, by=by.name, now=now)
        username = session.get_one(Officer, row.officer_id).username
        _record(session, "officer.end_shift", username, _told(row), by=by.name, now=now)

    parts.db.write(work)


def _told(row: OfficerShift) -> dict[str, object]:
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day and row.last_day.isoformat()}
    return {
        "shift": row.id,
        "kind": row.kind,
        "weekdays": row.weekdays,
        "opens": row.opens,
        "closes": row.closes,
    } | days


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

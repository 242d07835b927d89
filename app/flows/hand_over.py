"""The end of a shift: what an officer still has goes back to all, or on to one colleague, with a note.

theirs: taken, kept for them ─ each given back or passed on, in the time line of its case ─ a hand-over, shown until
somebody has taken note of it. Whoever forgets it is handed over by the worker ten minutes after their shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, InvalidInput, Problem
from app.flows.keep_roster import acting_name, check_can_take
from app.flows.parts import Parts
from app.models import Case, Handover, Officer, OfficerShift
from app.officers import as_caller, find_officer
from app.review import claiming, rosters
from app.review.cases import OPEN_STATES, is_claimed
from app.review.claiming import DECIDERS, SENIORS
from app.values.access import Caller
from app.values.rosters import OnDuty

GRACE = timedelta(minutes=10)
_AUTOMATIC = "班次结束，系统自动交还"


def hand_over(parts: Parts, *, note: str, to: str | None, caller: Caller, now: datetime) -> list[Handover]:
    """Give back everything the caller has, or pass it on to an officer by user name; empty with nothing to tell.

    A key that bears an officer's name hands over what it has taken and what the officer has. What the colleague may not
    decide goes back to all: that is a hand-over of its own, after the colleague's, so that nobody believes it is looked
    after.

    Raises:
        Forbidden: the caller decides no cases.
        InvalidInput: no such colleague, or they are off duty.
    """
    if not caller.grants & DECIDERS:
        raise Forbidden(f"handing over needs one of {', '.join(sorted(DECIDERS))}")

    def work(session: Session) -> list[Handover]:
        colleague = None if to is None else _colleague(parts, session, to, caller, now)
        name = acting_name(session, caller)
        return _hand_over(parts, session, name, note=note, colleague=colleague, now=now, through=caller.name)

    return parts.db.write(work)


def return_after_shift(parts: Parts, *, now: datetime) -> int:
    """Hand over what officers still have whose shift has been over for ten minutes; returns how many had something.

    A case somebody took after their shift, because they stayed longer, is theirs until it times out.
    """

    def work(session: Session) -> int:
        done = 0
        for officer_id, rows in rosters.shifts_of(session).items():
            before = rosters.standing(rows, now - GRACE, parts.clocks.working)
            duty = rosters.standing(rows, now, parts.clocks.working)
            if duty.may_take or before.may_take:
                continue
            name = f"officer:{session.get_one(Officer, officer_id).username}"
            left = [case for case in _theirs(session, name, duty, now) if not _is_overtime(parts, case, rows, now)]
            if left:
                _hand_over(parts, session, name, note="", colleague=None, now=now, only=left)
                done += 1
        return done

    return parts.db.write(work)


def _is_overtime(parts: Parts, case: Case, rows: Sequence[OfficerShift], now: datetime) -> bool:
    if not is_claimed(case, now) or case.claimed_until is None:
        return False
    taken_at = case.claimed_until - timedelta(minutes=parts.settings.claim_minutes)
    return not rosters.standing(rows, taken_at, parts.clocks.working).may_take


def _theirs(session: Session, name: str, duty: OnDuty, now: datetime) -> list[Case]:
    """What somebody has: taken or kept for them; what they hold stays theirs when they are back before it ends."""
    found = {case.id: case for case in claiming.claimed_by(session, name, now=now)}
    for case in claiming.left_with(session, name):
        is_kept = case.state == "held" and (duty.next_at is None or (case.held_until or now) >= duty.next_at)
        if not is_kept and (not is_claimed(case, now) or case.claimed_by == name):
            found[case.id] = case
    return list(found.values())


def _hand_over(
    parts: Parts,
    session: Session,
    name: str,
    *,
    note: str,
    colleague: Officer | None,
    now: datetime,
    only: Sequence[Case] | None = None,
    through: str | None = None,
) -> list[Handover]:
    officer = find_officer(session, name.removeprefix("officer:"))
    duty = OnDuty() if officer is None else rosters.duty_of(session, officer, now, parts.clocks.working)
    names = dict.fromkeys((name, through or name))
    theirs = [(name, case) for case in only or ()]
    if only is None:
        theirs = [(each, case) for each in names for case in _theirs(session, each, duty, now)]
    said = note or (_AUTOMATIC if only is not None else "")
    passed: dict[str | None, list[str]] = {}
    for had_by, case in theirs:
        to = colleague if colleague is not None and _may_take(parts, session, colleague, case, now) else None
        named = None if to is None else f"officer:{to.username}"
        if claiming.pass_on(session, case, by=had_by, to=named):
            passed.setdefault(named, []).append(case.id)
            details: dict[str, object] = {"shift_end": True} | ({"to": named} if named else {})
            _record(session, case, (through or name) if only is None else "system", said or None, details, now)
    if not passed and note:
        passed[None if colleague is None else f"officer:{colleague.username}"] = []
    rows = [
        Handover(officer=name, passed_to=to, note=said, case_ids=ids, is_automatic=only is not None, made_at=now)
        for to, ids in sorted(passed.items(), key=lambda each: each[0] is None)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def _colleague(parts: Parts, session: Session, username: str, caller: Caller, now: datetime) -> Officer:
    officer = find_officer(session, username)
    problem = None
    if officer is None or officer.disabled_at is not None or as_caller(officer).person == caller.person:
        problem = Problem("to", f"no colleague {username}", "another officer's user name")
    elif not rosters.duty_of(session, officer, now, parts.clocks.working).may_take:
        problem = Problem("to", f"{username} is off duty", "an officer on duty")
    if problem is not None:
        raise InvalidInput("nothing can be passed on to them", problems=[problem])
    assert officer is not None, "it was found"
    return officer


def _may_take(parts: Parts, session: Session, officer: Officer, case: Case, now: datetime) -> bool:
    theirs = as_caller(officer)
    if not theirs.grants & (SENIORS if case.queue == "senior" else DECIDERS) or not theirs.may_see(case.shop_id):
        return False
    if case.first_by == theirs.name or case.state not in OPEN_STATES:
        return False
    try:
        check_can_take(
            parts, session, officer, {"queue": case.queue, "category": case.category, "script": case.script}, now
        )
    except InvalidInput:
        return False
    return True


def _record(
    session: Session, case: Case, actor: str, reason: str | None, details: dict[str, object], now: datetime
) -> None:
    action = "case.reassign" if "to" in details else "case.release"
    about: dict[str, Any] = {"object_type": "case", "object_id": case.id, "shop_id": case.shop_id}
    audit.record(session, actor=actor, action=action, reason=reason, details=details, now=now, **about)

"""What officers do with a case short of deciding it: take, give back, note, hold, escalate, hand over, take the next.

case (of the caller's shops) ─ may they? ─ the one change ─ audit row, which is also a line of the case's time line
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, InvalidInput, NotFound, Problem, SamePerson
from app.flows.decide_case import check_may_decide
from app.flows.keep_roster import check_can_take, check_on_duty
from app.flows.parts import Parts
from app.flows.train_officer import check_trained
from app.models import Case, NoteDraft, Officer, new_id
from app.officers import as_caller, find_officer
from app.review import cases, claiming, mentions
from app.review.claiming import DECIDERS, SENIORS, Wanted
from app.values.access import Caller, Role

NOTE_MAX = 4_000
DRAFTS = "note-drafts"


def claim_case(parts: Parts, case_id: str, *, stamp: int | None = None, caller: Caller, now: datetime) -> Case:
    """Take a case, or keep it for longer."""

    def deed(session: Session, case: Case) -> dict[str, Any]:
        cases.check_second(case, caller.name)
        check_trained(parts, session, caller)
        minutes = parts.settings.claim_minutes
        claiming.claim(session, case, by=caller.name, minutes=minutes, now=now, stamp=stamp)
        return {"until": _said(case.claimed_until)}

    return _do(parts, case_id, "case.claim", None, deed, caller=caller, now=now)


def release_case(parts: Parts, case_id: str, *, caller: Caller, now: datetime) -> Case:
    """Give a case back."""

    def deed(session: Session, case: Case) -> dict[str, Any] | None:
        return {} if claiming.release(session, case, by=caller.name) else None

    return _do(parts, case_id, "case.release", None, deed, caller=caller, now=now)


def next_case(
    parts: Parts, *, filters: Mapping[str, str] | None = None, skip: str | None = None, caller: Caller, now: datetime
) -> Case | None:
    """Take the case that is due first; ``skip`` names one to give back and pass over. None when nothing is left."""
    if not caller.grants & DECIDERS:
        raise Forbidden(f"taking cases needs one of {', '.join(sorted(DECIDERS))}")

    def work(session: Session) -> Case | None:
        check_trained(parts, session, caller)
        skills = check_on_duty(parts, session, caller, now=now)
        claiming.resume_due(session, now=now)
        past = None if skip is None else session.get(Case, skip)
        if past is not None and claiming.release(session, past, by=caller.name):
            _record(session, past, "case.release", None, {"skipped": True}, caller=caller, now=now)
        minutes = parts.settings.claim_minutes
        wanted = Wanted(filters or {}, past, skills)
        case = claiming.take_next(session, caller=caller, minutes=minutes, now=now, wanted=wanted)
        if case is not None:
            details = {"until": _said(case.claimed_until), "next": True}
            _record(session, case, "case.claim", None, details, caller=caller, now=now)
        return case

    return parts.db.write(work)


def hold_case(
    parts: Parts, case_id: str, *, until: datetime, reason: str, stamp: int | None, caller: Caller, now: datetime
) -> Case:
    """Put a case aside until an instant."""
    _need(reason)

    def deed(session: Session, case: Case) -> dict[str, Any]:
        claiming.hold(session, case, until=until, by=caller.name, now=now, stamp=stamp)
        return {"until": _said(until)}

    return _do(parts, case_id, "case.hold", reason, deed, caller=caller, now=now)


def escalate_case(
    parts: Parts, case_id: str, *, reason: str, stamp: int | None = None, caller: Caller, now: datetime
) -> Case:
    """Hand a case to the seniors."""
    _need(reason)

    def deed(session: Session, case: Case) -> dict[str, Any]:
        otherwise = parts.settings.review_sla_minutes
        due_at = parts.clocks.due_at(now, queue="senior", severity=case.severity, otherwise=otherwise)
        claiming.escalate(session, case, due_at=due_at, by=caller.name, now=now, stamp=stamp)
        return {"due_at": _said(case.due_at)}

    return _do(parts, case_id, "case.escalate", reason, deed, caller=caller, now=now)


def reassign_case(
    parts: Parts, case_id: str, *, to: str | None, reason: str, stamp: int | None = None, caller: Caller, now: datetime
) -> Case:
    """Give a case to another officer by user name, or back to all (None). Seniors may take it out of others' hands."""
    _need(reason)

    def deed(session: Session, case: Case) -> dict[str, Any]:
        named = None if to is None else _assignee(parts, session, case, to, now)
        if case.claimed_by not in {None, caller.name} and caller.grants & SENIORS:
            case.claimed_by = case.claimed_until = None
            session.flush()
        claiming.reassign(session, case, to=named, by=caller.name, now=now, stamp=stamp)
        return {"to": named}

    return _do(parts, case_id, "case.reassign", reason, deed, caller=caller, now=now)


def add_note(parts: Parts, case_id: str, *, text: str, caller: Caller, now: datetime) -> Case:
    """Write a note beside a case, in whatever state it is; the officer's draft goes with it."""
    if not text.strip() or len(text) > NOTE_MAX:
        problem = Problem("text", "is empty" if not text.strip() else "is too long", f"1 to {NOTE_MAX} characters")
        raise InvalidInput("the note cannot be kept", problems=[problem])

    def work(session: Session) -> Case:
        case = cases.find(session, case_id, caller=caller)
        if not caller.grants & DECIDERS:
            raise Forbidden(f"notes need one of {', '.join(sorted(DECIDERS))}")
        _record(session, case, "case.note", text.strip(), {}, caller=caller, now=now)
        named = mentions.named_in(text, _colleagues(session, case, caller))
        mentions.put(session, case, named, text=text.strip(), by=caller.name, now=now)
        session.execute(delete(NoteDraft).filter_by(case_id=case.id, officer=caller.name))
        return case

    return parts.db.write(work)


def keep_draft(parts: Parts, case_id: str, *, text: str, caller: Caller, now: datetime) -> None:
    """Keep what is being written, sealed; an empty text forgets it. Whoever has the case keeps it for longer."""

    def work(session: Session) -> None:
        case = cases.find(session, case_id, caller=caller)
        if not caller.grants & DECIDERS:
            raise Forbidden(f"drafts need one of {', '.join(sorted(DECIDERS))}")
        session.execute(delete(NoteDraft).filter_by(case_id=case.id, officer=caller.name))
        if text.strip():
            row_id = new_id()
            place = {"person": DRAFTS, "table": "note_draft", "column": "text", "row": row_id}
            sealed = parts.people.seal(session, text[:NOTE_MAX].encode(), now=now, **place)
            session.add(NoteDraft(id=row_id, case_id=case.id, officer=caller.name, text=sealed, updated_at=now))

    parts.db.write(work)


def draft_of(parts: Parts, session: Session, case_id: str, officer: str) -> str:
    """What an officer has begun to write about a case."""
    row = session.scalar(select(NoteDraft).filter_by(case_id=case_id, officer=officer))
    if row is None:
        return ""
    place = {"person": DRAFTS, "table": "note_draft", "column": "text", "row": row.id}
    return parts.people.unseal(session, row.text, **place).decode()


def _do(
    parts: Parts,
    case_id: str,
    action: str,
    reason: str | None,
    deed: Callable[[Session, Case], dict[str, Any] | None],
    *,
    caller: Caller,
    now: datetime,
) -> Case:
    def work(session: Session) -> Case:
        case = cases.find(session, case_id, caller=caller)
        check_may_decide(case, caller)
        details = deed(session, case)
        if details is not None:
            _record(session, case, action, reason, details, caller=caller, now=now)
        return case

    return parts.db.write(work)


def _record(
    session: Session,
    case: Case,
    action: str,
    reason: str | None,
    details: dict[str, Any],
    *,
    caller: Caller,
    now: datetime,
) -> None:
    about: dict[str, Any] = {"object_type": "case", "object_id": case.id, "shop_id": case.shop_id, "reason": reason}
    audit.record(session, actor=caller.name, action=action, details=details, now=now, **about)


def _need(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("this needs a reason", problems=[Problem("reason", "is empty", "why")])


def _assignee(parts: Parts, session: Session, case: Case, username: str, now: datetime) -> str:
    officer: Officer | None = find_officer(session, username)
    if officer is None or officer.disabled_at is not None:
        raise NotFound(f"no officer {username}")
    theirs = as_caller(officer)
    needed = SENIORS if case.queue == "senior" else DECIDERS
    if not theirs.may_see(case.shop_id) or not theirs.grants & needed:
        expected = f"bound to {case.shop_id}, with one of {', '.join(sorted(needed & set(Role)))}"
        problem = Problem("to", f"{username} may not decide this case", expected)
        raise InvalidInput("the case cannot be given to them", problems=[problem])
    if case.first_by == theirs.name:
        raise SamePerson("the second officer is another one than the first")
    about = {"queue": case.queue, "category": case.category, "script": case.script}
    check_can_take(parts, session, officer, about, now)
    return theirs.name


def _colleagues(session: Session, case: Case, caller: Caller) -> list[tuple[str, str]]:
    """Officers who may see the case, by user name and shown name; nobody is told of their own note."""
    everybody = session.scalars(select(Officer).where(Officer.disabled_at.is_(None)))
    return [
        (officer.username, officer.display_name)
        for officer in everybody
        if (theirs := as_caller(officer)).may_see(case.shop_id) and theirs.person != caller.person
    ]


def _said(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")

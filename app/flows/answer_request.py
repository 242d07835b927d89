"""Requests of persons about their data: put on record with a due date, answered or extended, all of it audited.

Answering is saying what was done; the doing (export, correction, erasure) has its own call and its own audit row.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.errors import InvalidInput, Problem
from app.flows.parts import Parts
from app.models import PersonRequest
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.vault import requests


def receive_request(
    parts: Parts,
    ref: str,
    *,
    kind: str,
    channel: str,
    note: str | None,
    received_at: datetime,
    caller: Caller,
    now: datetime,
) -> PersonRequest:
    """Put a request on record; raises InvalidInput, NotFound."""

    def work(session: Session) -> PersonRequest:
        request = requests.receive(
            session,
            parts.people,
            ref,
            kind=kind,
            channel=channel,
            note=note,
            received_at=received_at,
            calendar=requests.calendar_of(parts.clocks.working),
            caller=caller,
            now=now,
        )
        _record(session, "person_request.receive", request, None, caller, now=now)
        return request

    return parts.db.write(work)


def answer_request(
    parts: Parts, request_id: str, *, outcome: str, text: str, caller: Caller, now: datetime
) -> PersonRequest:
    """Answer (``answered``) or refuse (``refused``) a request; raises NotFound, Conflict, InvalidInput."""
    said = _said("answer", text)

    def work(session: Session) -> PersonRequest:
        request = requests.find(session, request_id, caller=caller, lock=True)
        requests.answer(session, request, outcome=outcome, text=said, by=caller.name, now=now)
        _record(session, f"person_request.{outcome}", request, said, caller, now=now)
        return request

    return parts.db.write(work)


def extend_request(parts: Parts, request_id: str, *, reason: str, caller: Caller, now: datetime) -> PersonRequest:
    """Move the due date by another 15 working days, once; raises NotFound, Conflict, InvalidInput."""
    said = _said("reason", reason)

    def work(session: Session) -> PersonRequest:
        request = requests.find(session, request_id, caller=caller, lock=True)
        requests.extend(session, request, reason=said, calendar=requests.calendar_of(parts.clocks.working))
        _record(session, "person_request.extend", request, said, caller, now=now)
        return request

    return parts.db.write(work)


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise InvalidInput("a text is needed", problems=[Problem(field, "is empty", "what was said to the person")])
    return without_personal(text)


def _record(
    session: Session, action: str, request: PersonRequest, reason: str | None, caller: Caller, *, now: datetime
) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type="person",
        object_id=request.person_ref,
        shop_id=request.shop_id,
        reason=reason,
        details={"request": request.id, "kind": request.kind, "due_at": request.due_at.isoformat()},
        now=now,
    )

"""What people ask for about their data, and by when it has to be answered.

The law says 及时 (个人信息保护法 art. 44-50); the service gives itself 15 working days, and never more than 30 days in
all (GB/T 35273-2020 8.7), whatever holidays lie in between. Working days are Monday to Friday, less the public holidays
and with the days worked instead of them (调休) that the settings name for cases.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import PersonRequest, new_id
from app.values.access import Caller
from app.values.case_clocks import WorkingTime
from app.values.china_days import day_of, ends_at
from app.vault.people import People
from app.vault.store import check_ref, find_person, may_see

KINDS = ("copy", "correction", "deletion", "portability", "explanation", "withdrawal")
OUTCOMES = ("answered", "refused")
WORKING_DAYS = 15
DAYS_MOST = 30
_WEEKDAYS = frozenset(range(1, 6))
_USUAL = WorkingTime(weekdays=_WEEKDAYS)


def calendar_of(cases: WorkingTime) -> WorkingTime:
    """The statutory calendar: holidays and days worked instead as for cases, but never the weekend of a night shift."""
    return WorkingTime(weekdays=_WEEKDAYS, holidays=cases.holidays, worked=cases.worked)


def due_after(received_at: datetime, working_days: int = WORKING_DAYS, *, calendar: WorkingTime = _USUAL) -> datetime:
    """The end of the last day on which a request is answered in time, by the calendar of China."""
    received_on = day = day_of(received_at)
    left = working_days
    while left and day < received_on + timedelta(days=DAYS_MOST):
        day += timedelta(days=1)
        left -= calendar.is_worked(day)
    return ends_at(day)


def receive(
    session: Session,
    people: People,
    ref: str,
    *,
    kind: str,
    channel: str,
    note: str | None,
    received_at: datetime,
    calendar: WorkingTime = _USUAL,
    caller: Caller,
    now: datetime,
) -> PersonRequest:
    """Put a request on record; ``note`` may say anything and is sealed.

    Raises:
        InvalidInput: an unknown kind, or received in the future.
        NotFound: no such person among the caller's.
    """
    problems = []
    if kind not in KINDS:
        problems.append(Problem("kind", f"unknown: {kind}", ", ".join(KINDS)))
    if received_at > now:
        problems.append(Problem("received_at", "lies in the future", "when the request came in"))
    if problems:
        raise InvalidInput("the request is wrong", problems=problems)
    person = find_person(session, check_ref(ref))
    if person is None or not may_see(caller, person.shop_id):
        raise NotFound(f"no person {ref}")
    row = new_id()
    sealed = None
    if note:
        place = {"table": "person_request", "column": "note", "row": row}
        sealed = people.seal(session, note.encode(), person=ref, now=now, **place)
    request = PersonRequest(
        id=row,
        person_ref=ref,
        shop_id=person.shop_id,
        kind=kind,
        channel=channel,
        note=sealed,
        received_at=received_at.astimezone(UTC),
        due_at=due_after(received_at, calendar=calendar),
    )
    session.add(request)
    session.flush()
    return request


def find(session: Session, request_id: str, *, caller: Caller, lock: bool = False) -> PersonRequest:
    """The request; raises NotFound, also when it is of another shop."""
    found = session.get(PersonRequest, request_id, with_for_update=lock)
    if found is None or not may_see(caller, found.shop_id):
        raise NotFound(f"no request {request_id}")
    return found


def answer(session: Session, request: PersonRequest, *, outcome: str, text: str, by: str, now: datetime) -> None:
    """Answer or refuse a request, once; what was answered is required."""
    if outcome not in OUTCOMES:
        problem = Problem("outcome", f"unknown: {outcome}", ", ".join(OUTCOMES))
        raise InvalidInput("the answer is wrong", problems=[problem])
    if request.state != "open":
        raise Conflict(f"the request is {request.state} already, by {request.answered_by}")
    request.state, request.answer, request.answered_by, request.answered_at = outcome, text, by, now
    session.flush()


def extend(session: Session, request: PersonRequest, *, reason: str, calendar: WorkingTime = _USUAL) -> None:
    """Move the due date by another 15 working days, once; the person has to be told why."""
    if request.state != "open":
        raise Conflict(f"the request is {request.state} already, by {request.answered_by}")
    if request.extended_reason is not None:
        raise Conflict("the request was extended before")
    last_day = request.due_at - timedelta(seconds=1)
    request.extended_reason, request.due_at = reason, due_after(last_day, calendar=calendar)
    session.flush()


def listed(
    session: Session, *, caller: Caller, state: str | None = None, ref: str | None = None, limit: int
) -> list[PersonRequest]:
    """Requests of the caller's shops, those due first first."""
    found = select(PersonRequest).order_by(PersonRequest.due_at, PersonRequest.id).limit(limit)
    if caller.shop_ids is not None:
        found = found.where(PersonRequest.shop_id.in_(caller.shop_ids))
    if state is not None:
        found = found.where(PersonRequest.state == state)
    return list(session.scalars(found if ref is None else found.where(PersonRequest.person_ref == ref)))

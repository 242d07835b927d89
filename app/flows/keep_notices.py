"""A regulator's notice or a 12315 complaint is recorded, taken, answered and closed; by law, in time.

record ─ due by the notice's own date, or by the calendar ─ case in the seniors' queue ─ legal hold where asked ─ audit
take ─ working        answer ─ text and documents sealed ─ case closed ─ audit        close ─ without an answer, why
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import literal, select, tuple_, update
from sqlalchemy.orm import Session

from app import access, audit
from app.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.events.holidays import read_holiday
from app.flows.parts import Parts
from app.flows.screening_rows import announce_cases
from app.flows.sealed_files import check_files, opened, sealed_columns
from app.models import Notice, NoticeFile, new_id
from app.models.base import ORG
from app.review import cases
from app.review.appeals import Sent
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.access import Caller, Role
from app.values.china_days import day_of
from app.values.notices import KINDS, PACK, due_after
from app.values.rule_scope import RuleScope
from app.vault import holds

OPEN = ("received", "working")
STATES = (*OPEN, "answered", "closed")
READERS = DECIDERS | {Role.AUDITOR}
FILES_MAX, TITLE_MAX, TEXT_MAX = 10, 300, 20_000
_SEVERITY = 5


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a notice says. Without ``due_at`` it is due by its kind's days; ``hold_until`` sets a legal hold."""

    shop_id: str
    kind: str
    number: str
    authority: str
    title: str
    received_on: date
    text: str = ""
    due_at: datetime | None = None
    subject_type: str | None = None
    subject: str | None = None
    hold_until: datetime | None = None


def record_notice(parts: Parts, said: Recorded, *, files: Sequence[Sent], caller: Caller, now: datetime) -> Notice:
    """Put a notice on record; raises InvalidInput, Forbidden, or Conflict where its number is known."""
    _entitled(caller)
    caller.require_shop(said.shop_id)
    _check(said, now)
    check_files(files, most=FILES_MAX, largest=parts.settings.appeal_file_bytes)
    due_at, basis = due_of(parts, said)

    def work(session: Session) -> Notice:
        access.ensure_shop(session, said.shop_id, now=now)
        _refuse_known(session, said)
        row = _row(parts, session, said, due_at, basis, by=caller.name, now=now)
        session.add(row)
        session.flush()
        _add_files(parts, session, row, files, side="notice", now=now)
        if said.hold_until is not None:
            _hold(session, row, said.hold_until, caller, now=now)
        _open_case(session, row, now=now)
        details = {"kind": row.kind, "number": row.number, "authority": row.authority, "due_at": due_at.isoformat()}
        _record(session, row, "notice.record", None, caller, now=now, **details)
        return row

    return parts.db.write(work)


def due_of(parts: Parts, said: Recorded) -> tuple[datetime, str]:
    """When it is due and by what: as the notice says, or by the pack's days and the calendar of worked days."""
    if said.due_at is not None:
        return said.due_at, "文书载明的期限"
    kind = KINDS[said.kind]
    policy = parts.live.current.engine.policy(RuleScope(said.shop_id))
    span = policy.span(f"{PACK}.{kind.parameter}")
    assert span is not None, "the pack has a parameter for every kind"
    read = [holiday for text in policy.texts(f"{PACK}.holidays") if (holiday := read_holiday(text)) is not None]
    off = {each.first + timedelta(days=step) for each in read for step in range((each.last - each.first).days + 1)}
    working = parts.clocks.working
    counted = "个工作日" if kind.is_working else "日"
    due_at = due_after(
        said.received_on,
        span.days,
        is_working=kind.is_working,
        holidays=off | working.holidays,
        worked=working.worked,
    )
    return due_at, f"{span.days}{counted}：{kind.basis}"


def take_notice(parts: Parts, notice_id: str, *, caller: Caller, now: datetime) -> Notice:
    """Say who works on it; raises NotFound or Conflict."""
    values = {"state": "working", "taken_by": caller.name, "taken_at": now}
    return _step(parts, notice_id, ("received",), values, "notice.take", None, caller, now=now)


def answer_notice(
    parts: Parts, notice_id: str, *, text: str, files: Sequence[Sent], caller: Caller, now: datetime
) -> Notice:
    """Keep what was answered to the authority, with its documents; closes the case."""
    if not text.strip() or len(text) > TEXT_MAX:
        raise InvalidInput(
            "an answer is needed", problems=[Problem("text", "is empty or too long", f"1 to {TEXT_MAX}")]
        )
    check_files(files, most=FILES_MAX, largest=parts.settings.appeal_file_bytes)

    def seal(session: Session, row: Notice) -> dict[str, Any]:
        _add_files(parts, session, row, files, side="answer", now=now)
        place = {"person": f"notice:{row.id}", "table": "notice", "column": "answer", "row": row.id}
        return {"answer": parts.people.seal(session, text.strip().encode(), now=now, **place)}

    values = {"state": "answered", "answered_by": caller.name, "answered_at": now}
    return _step(parts, notice_id, OPEN, values, "notice.answer", None, caller, now=now, seal=seal)


def close_notice(parts: Parts, notice_id: str, *, reason: str, caller: Caller, now: datetime) -> Notice:
    """Close it: after the answer when the authority is done, or without one when it was withdrawn."""
    if not reason.strip():
        raise InvalidInput("a reason is needed", problems=[Problem("reason", "is empty", "why it is over")])
    reason = without_personal(reason.strip())
    values = {"state": "closed", "closed_by": caller.name, "closed_at": now, "closed_why": reason}
    return _step(parts, notice_id, (*OPEN, "answered"), values, "notice.close", reason, caller, now=now)


def find(session: Session, notice_id: str, *, caller: Caller) -> Notice:
    """The notice, when it is of one of the caller's shops; raises NotFound."""
    row = session.get(Notice, notice_id)
    if row is None or not caller.may_see(row.shop_id):
        raise NotFound(f"no notice {notice_id}")
    return row


def files_of(session: Session, notice_id: str) -> Sequence[NoticeFile]:
    """Its documents, in the order they were added."""
    return session.scalars(select(NoticeFile).where(NoticeFile.notice_id == notice_id).order_by(NoticeFile.id)).all()


def listed(
    session: Session,
    *,
    caller: Caller,
    limit: int,
    after: tuple[datetime, str] | None = None,
    shop_id: str | None = None,
    kind: str | None = None,
    state: str | None = None,
) -> list[Notice]:
    """Notices of the caller's shops, the next due first; ``state`` may be ``open``."""
    found = select(Notice).where(caller.only_own(Notice.shop_id)).order_by(Notice.due_at, Notice.id).limit(limit)
    if state is not None:
        found = found.where(Notice.state.in_(OPEN) if state == "open" else Notice.state == state)
    for column, value in ((Notice.shop_id, shop_id), (Notice.kind, kind)):
        if value is not None:
            found = found.where(column == value)
    if after is not None:
        edge = tuple_(literal(after[0], Notice.due_at.type), literal(after[1]))
        found = found.where(tuple_(Notice.due_at, Notice.id) > edge)
    return list(session.scalars(found))


def text_of(parts: Parts, session: Session, row: Notice, column: str) -> str | None:
    """What it says (``text``) or what was answered (``answer``)."""
    value: bytes | None = getattr(row, column)
    if value is None:
        return None
    place = {"person": f"notice:{row.id}", "table": "notice", "column": column, "row": row.id}
    return parts.people.unseal(session, value, **place).decode()


def open_notice_file(parts: Parts, session: Session, file_id: str, *, caller: Caller) -> tuple[NoticeFile, str, bytes]:
    """A document with its name and bytes; raises NotFound."""
    row = session.get(NoticeFile, file_id)
    notice = None if row is None else session.get(Notice, row.notice_id)
    if row is None or notice is None or not caller.may_see(notice.shop_id) or not caller.grants & READERS:
        raise NotFound(f"no file {file_id}")
    return row, opened(parts, session, row, "name").decode(), opened(parts, session, row, "body")


def _check(said: Recorded, now: datetime) -> None:
    problems = [
        Problem(name, "is empty" if not value.strip() else "is too long", f"1 to {most} characters")
        for name, value, most in (
            ("number", said.number, 200),
            ("authority", said.authority, 200),
            ("title", said.title, TITLE_MAX),
        )
        if not value.strip() or len(value) > most
    ]
    if said.kind not in KINDS:
        problems.append(Problem("kind", f"unknown: {said.kind:.40}", ", ".join(KINDS)))
    if len(said.text) > TEXT_MAX:
        problems.append(Problem("text", "is too long", f"at most {TEXT_MAX} characters"))
    if said.received_on > day_of(now):
        problems.append(Problem("received_on", f"{said.received_on} is in the future", "today in China, or before"))
    if said.due_at is not None and day_of(said.due_at) < said.received_on:
        problems.append(Problem("due_at", "is before received_on", "a later instant"))
    if said.hold_until is not None and said.hold_until <= now:
        problems.append(Problem("hold_until", "has passed", "an instant in the future"))
    if (said.subject is None) is not (said.subject_type is None):
        problems.append(Problem("subject_type", "goes with subject", "both or neither"))
    if problems:
        raise InvalidInput("the notice cannot be recorded", problems=problems)


def _refuse_known(session: Session, said: Recorded) -> None:
    same = (
        (Notice.org_id == ORG) & (Notice.authority == said.authority.strip()) & (Notice.number == said.number.strip())
    )
    if (known := session.scalar(select(Notice.id).where(same))) is not None:
        raise Conflict(f"this notice is on record already, as {known}")


def _row(
    parts: Parts, session: Session, said: Recorded, due_at: datetime, basis: str, *, by: str, now: datetime
) -> Notice:
    row_id = new_id()
    place = {"person": f"notice:{row_id}", "table": "notice", "column": "text", "row": row_id}
    text = parts.people.seal(session, said.text.strip().encode(), now=now, **place) if said.text.strip() else None
    return Notice(
        id=row_id,
        shop_id=said.shop_id,
        kind=said.kind,
        number=without_personal(said.number.strip()),
        authority=said.authority.strip(),
        subject_type=said.subject_type,
        subject=said.subject,
        title=without_personal(said.title.strip()),
        text=text,
        received_on=said.received_on,
        due_at=due_at,
        due_basis=basis,
        recorded_by=by,
        recorded_at=now,
    )


def _open_case(session: Session, row: Notice, *, now: datetime) -> None:
    case, _ = cases.open_about(
        session,
        natural_key=f"{row.shop_id}|notice|{row.id}",
        values={
            "org_id": ORG,
            "shop_id": row.shop_id,
            "queue": "senior",
            "subject_type": "notice",
            "subject": row.id,
            "decision": "review",
            "category": "notice",
            "severity": _SEVERITY,
            "summary": f"{KINDS[row.kind].title}：{row.title}（{row.authority}，{row.number}）"[:500],
            "opened_at": now,
            "due_at": row.due_at,
        },
    )
    row.case_id = case.id
    announce_cases(session, [{name: getattr(case, name) for name in cases.TOLD}])


def _hold(session: Session, row: Notice, until: datetime, caller: Caller, *, now: datetime) -> None:
    about: dict[str, Any] = {"object_type": "shop", "object_id": row.shop_id, "owner": row.authority[:128]}
    reason = f"{KINDS[row.kind].title} {row.number}"
    hold = holds.place(session, **about, reason=reason, ends_at=until, by=caller.name, now=now)
    row.hold_id = hold.id
    details = {"hold": hold.id, "owner": hold.owner, "ends_at": hold.ends_at.isoformat(), "notice": row.id}
    audit.record(
        session,
        actor=caller.name,
        action="hold.place",
        object_type="shop",
        object_id=row.shop_id,
        reason=reason,
        details=details,
        now=now,
    )


def _step(
    parts: Parts,
    notice_id: str,
    from_: Sequence[str],
    values: dict[str, Any],
    action: str,
    reason: str | None,
    caller: Caller,
    *,
    now: datetime,
    seal: Any = None,
) -> Notice:
    _entitled(caller)

    def work(session: Session) -> Notice:
        row = find(session, notice_id, caller=caller)
        said = values | (seal(session, row) if seal is not None else {})
        still = (Notice.id == row.id) & Notice.state.in_(from_)
        moved = update(Notice).where(still).values(said).returning(Notice.id)
        won = session.execute(moved.execution_options(synchronize_session=False)).scalar()
        session.refresh(row)
        if won is None:
            raise Conflict(f"the notice is already {row.state} by {row.closed_by or row.answered_by or row.taken_by}")
        if row.state in ("answered", "closed") and row.case_id is not None:
            cases.overtake(
                session, row.case_id, now=now, reason="已答复来函" if row.state == "answered" else "来函已办结"
            )
        is_late = row.state == "answered" and now > row.due_at
        _record(session, row, action, reason, caller, now=now, state=row.state, is_late=is_late)
        return row

    return parts.db.write(work)


def _add_files(parts: Parts, session: Session, row: Notice, files: Sequence[Sent], *, side: str, now: datetime) -> None:
    for each in files:
        place: dict[str, Any] = {"person": f"notice:{row.id}", "table": "notice_file"}
        columns = sealed_columns(parts, session, each, now=now, **place)
        session.add(NoticeFile(notice_id=row.id, side=side, **columns))
    session.flush()


def _entitled(caller: Caller) -> None:
    if not caller.grants & DECIDERS:
        raise Forbidden(f"notices are for {', '.join(sorted(DECIDERS))}")


def _record(
    session: Session, row: Notice, action: str, reason: str | None, by: Caller, *, now: datetime, **details: Any
) -> None:
    about: dict[str, Any] = {"object_type": "notice", "object_id": row.id, "shop_id": row.shop_id, "reason": reason}
    audit.record(session, actor=by.name, action=action, details=details, now=now, **about)

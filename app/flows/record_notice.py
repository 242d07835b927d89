"""A regulator's notice or a 12315 complaint is put on record.

record ─ due by the notice's own date, or by the calendar ─ case in the seniors' queue ─ legal hold where asked ─ audit
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import access, audit
from app.errors import Conflict, InvalidInput, Problem
from app.events.holidays import read_holiday
from app.flows.keep_notices import add_files, entitled, note
from app.flows.parts import Parts
from app.flows.screening_rows import announce_cases
from app.flows.sealed_files import check_files
from app.models import Notice, new_id
from app.models.base import ORG
from app.review import cases
from app.review.appeals import Sent
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.values.china_days import day_of
from app.values.notices import FILES_MAX, KINDS, PACK, TEXT_MAX, TITLE_MAX, due_after
from app.values.rule_scope import RuleScope
from app.vault import holds

SUBJECT = "notice"
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
    entitled(caller)
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
        add_files(parts, session, row, files, side="notice", now=now)
        if said.hold_until is not None:
            _hold(session, row, said.hold_until, caller, now=now)
        _open_case(session, row, now=now)
        details = {"kind": row.kind, "number": row.number, "authority": row.authority, "due_at": due_at.isoformat()}
        note(session, row, "notice.record", None, caller, now=now, **details)
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
            "subject_type": SUBJECT,
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

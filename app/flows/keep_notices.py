"""A regulator's notice or a 12315 complaint on record is taken, answered and closed; by law, in time.

take ─ working        answer ─ text and documents sealed ─ case closed ─ audit        close ─ without an answer, why
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit
from app.errors import Conflict, Forbidden, InvalidInput, Problem
from app.flows.parts import Parts
from app.flows.read_notices import OPEN, find
from app.flows.sealed_files import check_files, sealed_columns
from app.models import Notice, NoticeFile
from app.review import cases
from app.review.appeals import Sent
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.values.notices import FILES_MAX, TEXT_MAX


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
        add_files(parts, session, row, files, side="answer", now=now)
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
    entitled(caller)

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
        note(session, row, action, reason, caller, now=now, state=row.state, is_late=is_late)
        return row

    return parts.db.write(work)


def add_files(parts: Parts, session: Session, row: Notice, files: Sequence[Sent], *, side: str, now: datetime) -> None:
    """Seal documents beside the notice; ``side`` is ``notice`` or ``answer``."""
    for each in files:
        place: dict[str, Any] = {"person": f"notice:{row.id}", "table": "notice_file"}
        columns = sealed_columns(parts, session, each, now=now, **place)
        session.add(NoticeFile(notice_id=row.id, side=side, **columns))
    session.flush()


def entitled(caller: Caller) -> None:
    """Raises Forbidden for whoever may not work on notices."""
    if not caller.grants & DECIDERS:
        raise Forbidden(f"notices are for {', '.join(sorted(DECIDERS))}")


def note(
    session: Session, row: Notice, action: str, reason: str | None, by: Caller, *, now: datetime, **details: Any
) -> None:
    """Tell the audit log of a step of a notice."""
    about: dict[str, Any] = {"object_type": "notice", "object_id": row.id, "shop_id": row.shop_id, "reason": reason}
    audit.record(session, actor=by.name, action=action, details=details, now=now, **about)

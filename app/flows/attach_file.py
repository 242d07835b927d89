"""Officers add files to a case: checked by their first bytes, sealed under the case's own key, on record by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import Case, CaseFile, new_id
from app.review import cases
from app.review.appeals import Sent
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.access import Caller

FILES_MAX = 20
_NAME_MAX = 120


def attach_file(parts: Parts, case_id: str, sent: Sent, *, caller: Caller, now: datetime) -> CaseFile:
    """Add a file to a case, in whatever state it is.

    Raises:
        NotFound: no such case in the caller's shops.
        Forbidden: the caller decides no cases.
        InvalidInput: empty, too large, of another kind than PDF, JPEG and PNG, or one too many.
    """

    def work(session: Session) -> CaseFile:
        case = _reachable(session, case_id, caller)
        count = session.scalar(select(func.count()).select_from(CaseFile).where(CaseFile.case_id == case.id)) or 0
        _check(sent, largest=parts.settings.appeal_file_bytes, count=count)
        row = _sealed(parts, session, case.id, sent, by=caller.name, now=now)
        session.add(row)
        details: dict[str, Any] = {"file_id": row.id, "sha256": row.sha256, "size": row.size}
        audit.record(
            session,
            actor=caller.name,
            action="case.attach",
            object_type="case",
            object_id=case.id,
            shop_id=case.shop_id,
            details=details,
            now=now,
        )
        return row

    return parts.db.write(work)


def files_of(parts: Parts, session: Session, case_id: str) -> Sequence[tuple[CaseFile, str]]:
    """A case's files with their names, personal data starred."""
    rows = session.scalars(select(CaseFile).where(CaseFile.case_id == case_id).order_by(CaseFile.id)).all()
    return [(row, without_personal(_opened(parts, session, row, "name").decode())) for row in rows]


def open_case_file(
    parts: Parts, session: Session, case_id: str, file_id: str, *, caller: Caller
) -> tuple[CaseFile, str, bytes]:
    """A file of a case with its name and bytes, for those who decide its cases."""
    case = _reachable(session, case_id, caller)
    row = session.get(CaseFile, file_id)
    if row is None or row.case_id != case.id:
        raise NotFound(f"no file {file_id}")
    name, body = (_opened(parts, session, row, column) for column in ("name", "body"))
    return row, name.decode(), body


def _reachable(session: Session, case_id: str, caller: Caller) -> Case:
    case = cases.find(session, case_id, caller=caller)
    if not caller.grants & DECIDERS:
        raise Forbidden(f"files of cases need one of {', '.join(sorted(DECIDERS))}")
    return case


def _check(sent: Sent, *, largest: int, count: int) -> None:
    problems = []
    if count >= FILES_MAX:
        problems.append(Problem("files", f"{count} files", f"at most {FILES_MAX}"))
    if not sent.body or len(sent.body) > largest:
        problems.append(Problem("file", f"{len(sent.body)} bytes", f"1 to {largest} bytes"))
    elif sent.media_type is None:
        problems.append(Problem("file", "is no accepted kind of file", "PDF, JPEG or PNG"))
    if problems:
        raise InvalidInput("the file cannot be added", problems=problems)


def _sealed(parts: Parts, session: Session, case_id: str, sent: Sent, *, by: str, now: datetime) -> CaseFile:
    row_id, kind = new_id(), sent.media_type
    assert kind is not None, "the file was checked"
    place = {"person": f"case-files:{case_id}", "table": "case_file", "row": row_id}
    name = "".join(each for each in sent.name if each.isprintable() and each not in '/\\"')[-_NAME_MAX:] or "file"
    return CaseFile(
        id=row_id,
        case_id=case_id,
        name=parts.people.seal(session, name.encode(), column="name", now=now, **place),
        body=parts.people.seal(session, sent.body, column="body", now=now, **place),
        media_type=kind,
        size=len(sent.body),
        sha256="sha256:" + hashlib.sha256(sent.body).hexdigest(),
        added_by=by,
        added_at=now,
    )


def _opened(parts: Parts, session: Session, row: CaseFile, column: str) -> bytes:
    place = {"person": f"case-files:{row.case_id}", "table": "case_file", "column": column, "row": row.id}
    return parts.people.unseal(session, getattr(row, column), **place)

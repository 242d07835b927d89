"""Notices as they are read: one, its documents and texts, and the lists of a caller's shops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.flows.parts import Parts
from app.flows.sealed_files import opened
from app.models import Notice, NoticeFile
from app.review.claiming import DECIDERS
from app.values.access import Caller, Role

OPEN = ("received", "working")

STATES = (*OPEN, "answered", "closed")

READERS = DECIDERS | {Role.AUDITOR}


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

"""Files that come with evidence, notices and answers: checked by their first bytes, sealed under their owner's key."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.flows.parts import Parts
from app.models import EvidenceFile, NoticeFile, new_id
from app.review.appeals import Sent
from app.text.personal_data import without_personal

_NAME_MAX = 120


def check_files(files: Sequence[Sent], *, most: int, largest: int) -> None:
    """Raise InvalidInput naming every file that is too large, empty or of no accepted kind."""
    problems = [Problem("files", f"{len(files)} files", f"at most {most}")] if len(files) > most else []
    for number, each in enumerate(files[:most]):
        if not each.body or len(each.body) > largest:
            problems.append(Problem(f"files.{number}", f"{len(each.body)} bytes", f"1 to {largest} bytes"))
        elif each.media_type is None:
            problems.append(Problem(f"files.{number}", "is no accepted kind of file", "PDF, JPEG or PNG"))
    if problems:
        raise InvalidInput("the files cannot be kept", problems=problems)


def from_base64(number: int, name: str, content: str) -> Sent:
    """A file as it comes in JSON; raises InvalidInput for what is no base64."""
    try:
        return Sent(name, base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        problem = Problem(f"files.{number}.content_base64", "is not base64", "RFC 4648, padded")
        raise InvalidInput("a file cannot be read", problems=[problem]) from None


def sealed_columns(
    parts: Parts, session: Session, sent: Sent, *, person: str, table: str, now: datetime
) -> dict[str, Any]:
    """The columns of a file's row; name and bytes can be opened for that row alone."""
    row_id, kind = new_id(), sent.media_type
    assert kind is not None, "files were checked"
    place = {"person": person, "table": table, "row": row_id}
    name = "".join(each for each in sent.name if each.isprintable() and each not in '/\\"')[-_NAME_MAX:] or "file"
    return {
        "id": row_id,
        "name": parts.people.seal(session, name.encode(), column="name", now=now, **place),
        "body": parts.people.seal(session, sent.body, column="body", now=now, **place),
        "media_type": kind,
        "size": len(sent.body),
        "sha256": "sha256:" + hashlib.sha256(sent.body).hexdigest(),
        "added_at": now,
    }


def opened(parts: Parts, session: Session, row: EvidenceFile | NoticeFile, column: str) -> bytes:
    """The ``name`` or ``body`` of a file."""
    owner = f"evidence:{row.evidence_id}" if isinstance(row, EvidenceFile) else f"notice:{row.notice_id}"
    place = {"person": owner, "table": row.__tablename__, "column": column, "row": row.id}
    return parts.people.unseal(session, getattr(row, column), **place)


def shown_name(parts: Parts, session: Session, row: EvidenceFile | NoticeFile) -> str:
    """A file's name, personal data starred."""
    return without_personal(opened(parts, session, row, "name").decode())

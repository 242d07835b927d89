"""An uploaded list: read in its encoding and format, checked against the categories in force, kept for the refresh.

file ─ convert (encoding told, what is no word left out) ─ loads beside the categories? ─ stored ─ refresh asked for
What it changes is tried like any source's, and waits for a second person.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, refreshes, snapshots
from app.errors import InvalidInput, NotReady, Problem
from app.flows.parts import Parts
from app.flows.settle_source import ask_for_refresh
from app.models import WordlistUpload
from app.text.categories import CATEGORIES_FILE
from app.text.edit_lists import OFFICERS
from app.text.foreign import Converted, Shape, convert
from app.text.personal_data import without_personal
from app.text.wordlist import load_wordlists
from app.wordlist_sources.configured import UPLOADS


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a list: its name among the wordlists, what was read of it, and the files that are in force."""

    file: str
    converted: Converted
    in_force: Mapping[str, str]


def upload_wordlist(
    parts: Parts, name: str, data: bytes, shape: Shape, *, file_name: str, reason: str, by: str, now: datetime
) -> Converted:
    """Keep an upload; returns what was read of it.

    Raises BadDefinition naming every problem as ``file:line``, InvalidInput without a reason or for a name that
    belongs to another source.
    """
    if not reason.strip():
        raise InvalidInput("an upload needs a reason", problems=[Problem("reason", "is empty", "why")])
    with parts.db.read() as session:
        converted = read_upload(session, name, data, shape).converted

    def work(session: Session) -> None:
        session.merge(
            WordlistUpload(
                name=name,
                text=gzip.compress(converted.text.encode(), mtime=0),
                file_name=without_personal(file_name)[:200],
                encoding=converted.encoding,
                reason=reason,
                uploaded_by=by,
                uploaded_at=now,
                held_snapshot=None,  # said, because merging keeps what is not said of an upload that was decided
                is_new=True,
            )
        )
        details = {
            "file": without_personal(file_name)[:200],
            "words": converted.words,
            "left_out": len(converted.dropped),
        }
        audit.record(
            session,
            actor=by,
            action="wordlist.upload",
            object_type="wordlists",
            object_id=name,
            reason=reason,
            details=details,
            now=now,
        )
        ask_for_refresh(session, by=by, now=now)

    parts.db.write(work)
    return converted


def read_upload(session: Session, name: str, data: bytes, shape: Shape) -> Upload:
    """Read a file and check that it can be a list of that name; raises as ``upload_wordlist`` does."""
    converted = convert(data, shape, name=name)
    file = f"{name}.txt"
    active = snapshots.pointer(session, "wordlists").snapshot_id
    if active is None:
        raise NotReady("no wordlists are in force yet", retry_after_s=1)
    in_force = snapshots.load(session, active)
    rows = refreshes.source_rows(session)
    mine = set(rows[UPLOADS].lists) if UPLOADS in rows else set()
    if file.startswith(OFFICERS) or (file in in_force and file not in mine):
        problem = Problem("name", f"{name} comes from another source", "a name of its own")
        raise InvalidInput("the upload cannot be taken", problems=[problem])
    load_wordlists({CATEGORIES_FILE: in_force.get(CATEGORIES_FILE, ""), file: converted.text})
    return Upload(file, converted, in_force)

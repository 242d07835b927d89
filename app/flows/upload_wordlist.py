"""An uploaded list: read in its encoding and format, checked against the categories in force, kept for the refresh.

file ─ convert (encoding told, what is no word left out) ─ loads beside the categories? ─ stored ─ refresh asked for
What it changes is tried like any source's, and waits for a second person.
"""

from __future__ import annotations

import gzip
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, refreshes, snapshots
from app.errors import InvalidInput, NotReady, Problem
from app.flows.parts import Parts
from app.flows.settle_source import ask_for_refresh
from app.models import WordlistUpload
from app.text.categories import CATEGORIES_FILE
from app.text.foreign import Converted, Shape, convert
from app.text.personal_data import without_personal
from app.text.wordlist import load_wordlists
from app.wordlist_sources.configured import UPLOADS


def upload_wordlist(
    parts: Parts, name: str, data: bytes, shape: Shape, *, file_name: str, reason: str, by: str, now: datetime
) -> Converted:
    """Keep an upload; returns what was read of it.

    Raises BadDefinition naming every problem as ``file:line``, InvalidInput without a reason or for a name that
    belongs to another source.
    """
    if not reason.strip():
        raise InvalidInput("an upload needs a reason", problems=[Problem("reason", "is empty", "why")])
    converted = convert(data, shape, name=name)
    file = f"{name}.txt"
    with parts.db.read() as session:
        active = snapshots.pointer(session, "wordlists").snapshot_id
        if active is None:
            raise NotReady("no wordlists are in force yet", retry_after_s=1)
        in_force = snapshots.load(session, active)
        rows = refreshes.source_rows(session)
        mine = set(rows[UPLOADS].lists) if UPLOADS in rows else set()
    if file in in_force and file not in mine:
        problem = Problem("name", f"{name} comes from another source", "a name of its own")
        raise InvalidInput("the upload cannot be taken", problems=[problem])
    load_wordlists({CATEGORIES_FILE: in_force.get(CATEGORIES_FILE, ""), file: converted.text})

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

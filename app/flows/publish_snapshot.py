"""Publishing: a folder's files become a candidate, are checked whole, stored and activated; a bad one changes nothing.

read_folder ─ same as last looked at? ─ load + build + examples (in a child, with a time-out) ─ store ─ activate
                                      └ refused: note the reason (log, metric, /readyz), keep what is in force
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app import audit, snapshots
from app.db import Database
from app.errors import AppError, BadDefinition
from app.events.kind import load_kinds
from app.metrics import SNAPSHOT_ERROR, SNAPSHOT_REFUSED
from app.outbox.messages import announce
from app.rules.pack import load_packs
from app.rules.trial import try_in_child
from app.settings import Settings
from app.text.wordlist import load_wordlists

_TRIAL_TIMEOUT_S = 60
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a folder: the snapshot in force for it, and whether anything changed."""

    kind: str
    snapshot_id: str
    changed: bool


def publish(db: Database, settings: Settings, kind: str, *, by: str, now: datetime) -> Published:
    """Publish a folder as it is now.

    Raises:
        BadDefinition: naming every problem as ``file:line``; the active snapshot stays.
    """
    try:
        files = snapshots.read_folder(kind, settings.rules_dir if kind == "rules" else settings.wordlists_dir)
        candidate = snapshots.content_id(kind, files)
        with db.read() as session:
            before = snapshots.pointer(session, kind)
        if before.snapshot_id == candidate:
            if before.folder_id != candidate or before.error is not None:
                db.write(lambda session: snapshots.note_folder(session, kind, folder_id=candidate, error=None, now=now))
            SNAPSHOT_ERROR.labels(kind).set(0)
            return Published(kind, candidate, changed=False)
        summary = check(kind, files)
    except BadDefinition as error:
        _refuse(db, kind, error, folder_id=folder_id(settings, kind), now=now)
        raise
    db.write(lambda session: _activate(session, kind, files, summary=summary, by=by, now=now))
    SNAPSHOT_ERROR.labels(kind).set(0)
    _log.info("snapshot_activated", kind=kind, snapshot=candidate, by=by, **summary)
    return Published(kind, candidate, changed=True)


def check(kind: str, files: Mapping[str, str]) -> dict[str, Any]:
    """Check a set of files whole; returns its counts, raises BadDefinition with every problem."""
    if kind == "wordlists":
        loaded = load_wordlists(files)
        return {"lists": len(loaded.lists), "words": sum(len(each.words) for each in loaded.lists)}
    packs = load_packs(files, kinds=load_kinds())
    try_in_child(files, timeout_s=_TRIAL_TIMEOUT_S)
    return {"packs": len(packs), "rules": sum(len(pack.rules) for pack in packs)}


def folder_id(settings: Settings, kind: str) -> str:
    """The id of the folder's present state, or a marker that says why it cannot be read."""
    folder = settings.rules_dir if kind == "rules" else settings.wordlists_dir
    try:
        return snapshots.content_id(kind, snapshots.read_folder(kind, folder))
    except BadDefinition as error:
        return "unreadable:" + hashlib.sha256(str(error).encode()).hexdigest()[:40]


def _activate(
    session: Session, kind: str, files: Mapping[str, str], *, summary: dict[str, Any], by: str, now: datetime
) -> None:
    snapshot_id = snapshots.store(session, kind, files, summary=summary, by=by, now=now)
    snapshots.activate(session, kind, snapshot_id, by=by, now=now)
    snapshots.note_folder(session, kind, folder_id=snapshot_id, error=None, now=now)
    audit.record(
        session, actor=by, action="snapshot.activate", object_type=kind, object_id=snapshot_id, now=now, details=summary
    )


def _refuse(db: Database, kind: str, error: AppError, *, folder_id: str, now: datetime) -> None:
    SNAPSHOT_REFUSED.labels(kind).inc()
    SNAPSHOT_ERROR.labels(kind).set(1)
    problems = [str(problem) for problem in error.problems]
    _log.error("snapshot_refused", kind=kind, problems=problems[:50])

    def note(session: Session) -> None:
        snapshots.note_folder(session, kind, folder_id=folder_id, error=str(error)[:4000], now=now)
        said = {"kind": kind, "problems": problems[:20]}
        announce(
            session,
            type_="snapshot.refused",
            natural_key=f"refused:{kind}:{folder_id}",
            shop_id=None,
            data=said,
            now=now,
        )

    db.write(note)

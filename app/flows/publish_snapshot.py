"""Publishing: a folder's files, or those of a Git revision, are proposed; a bad set changes nothing.

read ─ same as in force? ─ propose (check, store, activate or wait for a second person)
     └ refused: note the reason (log, metric, /readyz), keep what is in force
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from app import snapshots
from app.db import Database
from app.errors import AppError, BadDefinition
from app.flows.propose_snapshot import Candidate, Proposal, check, propose
from app.flows.read_git import read_revision
from app.flows.refresh_candidate import beside_others
from app.metrics import SNAPSHOT_ERROR, SNAPSHOT_REFUSED
from app.outbox.messages import announce
from app.settings import Settings

__all__ = ["FROM_FOLDER", "Published", "check", "folder_id", "publish", "publish_revision"]

FROM_FOLDER = "自文件夹发布"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a folder: its snapshot, whether it took force now, or waits for a second person."""

    kind: str
    snapshot_id: str
    changed: bool
    waiting: bool = False
    approval_id: str | None = None
    undoes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


def publish(
    db: Database,
    settings: Settings,
    kind: str,
    *,
    by: str,
    now: datetime,
    reason: str = FROM_FOLDER,
    overwrites: bool = False,
) -> Published:
    """Publish a folder as it is now; with ``overwrites`` also over edits that were made elsewhere.

    Raises:
        BadDefinition: naming every problem as ``file:line``; the active snapshot stays.
    """
    try:
        files = snapshots.read_folder(kind, _folder(settings, kind))
        candidate = snapshots.content_id(kind, files)
        if kind == "wordlists":
            with db.read() as session:
                files = beside_others(session, files)
        proposal = Proposal(kind, files, by=by, reason=reason, folder_id=candidate, overwrites=overwrites)
        found = propose(db, settings, proposal, now=now)
    except BadDefinition as error:
        _refuse(db, kind, error, folder_id=folder_id(settings, kind), now=now)
        raise
    if found.state == "unchanged":
        with db.read() as session:
            before = snapshots.pointer(session, kind)
        if before.folder_id != candidate or before.error is not None:
            db.write(lambda session: snapshots.note_folder(session, kind, folder_id=candidate, error=None, now=now))
    SNAPSHOT_ERROR.labels(kind).set(0)
    return _published(found)


def publish_revision(
    db: Database,
    settings: Settings,
    kind: str,
    *,
    repository: Path,
    revision: str,
    folder: str,
    by: str,
    reason: str,
    now: datetime,
    overwrites: bool = False,
) -> Published:
    """Publish what a Git revision holds; its commit is kept with the snapshot. Raises like ``publish``."""
    found = read_revision(kind, repository, revision=revision, folder=folder)
    notes = {"commit": found.commit, "revision": revision}
    why = reason or f"commit {found.commit}"
    proposal = Proposal(kind, found.files, by=by, reason=why, notes=notes, overwrites=overwrites)
    return _published(propose(db, settings, proposal, now=now))


def folder_id(settings: Settings, kind: str) -> str:
    """The id of the folder's present state, or a marker that says why it cannot be read."""
    try:
        return snapshots.content_id(kind, snapshots.read_folder(kind, _folder(settings, kind)))
    except BadDefinition as error:
        return "unreadable:" + hashlib.sha256(str(error).encode()).hexdigest()[:40]


def _folder(settings: Settings, kind: str) -> Path:
    return settings.rules_dir if kind == "rules" else settings.wordlists_dir


def _published(found: Candidate) -> Published:
    is_waiting = found.state == "waiting"
    return Published(
        found.kind, found.snapshot_id, found.state == "active", is_waiting, found.approval_id, found.undoes, found.holds
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

"""Snapshots: sets of files stored whole under their content hash, and the pointer that says which one is in force.

Folders only propose. A snapshot's id is the hash of its canonical JSON, so the same files are the same snapshot on
every machine, and every decision can name exactly what it was judged by.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import BadDefinition, NotFound, Problem
from app.models import ActiveSnapshot, Snapshot

KINDS = ("rules", "wordlists")
_SUFFIXES = {"rules": (".yaml",), "wordlists": (".txt", ".yaml")}
_FILE_MAX_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Pointer:
    """The active snapshot of one kind; ``generation`` rises with every activation, ``edits_of`` as in the table."""

    kind: str
    snapshot_id: str | None
    generation: int
    folder_id: str | None
    activated_at: datetime | None
    checked_at: datetime | None
    error: str | None
    edits_of: str | None = None


def read_folder(kind: str, folder: Path) -> dict[str, str]:
    """The folder's files as text, by relative path.

    Editors' temporary and hidden files are not seen. Raises BadDefinition for files that are not UTF-8 or too large.
    """
    if not folder.is_dir():
        problem = Problem(str(folder), "is no folder", f"the folder of the {kind}")
        raise BadDefinition(f"the {kind} folder cannot be read", problems=[problem])
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not counts(kind, name):
            continue
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # renamed meanwhile: the next look sees it
            found[name] = path.read_bytes()
    return as_texts(kind, found)


def counts(kind: str, name: str) -> bool:
    """Whether a file of that relative path is part of a snapshot: the right ending, and no hidden or temporary name."""
    parts = name.split("/")
    return name.endswith(_SUFFIXES[kind]) and not any(part.startswith((".", "~", "#")) for part in parts)


def as_texts(kind: str, found: Mapping[str, bytes]) -> dict[str, str]:
    """Files as text with plain line ends; raises BadDefinition naming those that are not UTF-8 or too large."""
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for name, data in found.items():
        if len(data) > _FILE_MAX_BYTES:
            problems.append(Problem(name, f"{len(data)} bytes", f"at most {_FILE_MAX_BYTES}"))
            continue
        try:
            files[name] = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problems.append(Problem(f"{kind}/{name}:{line}", f"not UTF-8 at byte {error.start}", "a UTF-8 text file"))
    if problems:
        raise BadDefinition(f"the {kind} folder cannot be read", problems=problems)
    return files


def fingerprint(kind: str, folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Names, sizes, times and inodes of the folder's files: cheap to compare twice a second.

    The inode tells a whole folder swapped by a symbolic link, where sizes and times may be those of before.
    """
    marks = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES[kind]:
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # renamed under our eyes: the next look sees it
            marks.append((str(path), status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(marks)


def content_id(kind: str, files: Mapping[str, str]) -> str:
    """``sha256:…`` of the files' canonical form."""
    return "sha256:" + hashlib.sha256(_canonical(kind, files)).hexdigest()


def store(
    session: Session, kind: str, files: Mapping[str, str], *, summary: dict[str, object], by: str, now: datetime
) -> str:
    """Keep a snapshot for ever; storing the same files again changes nothing. Returns its id."""
    snapshot_id = content_id(kind, files)
    if session.get(Snapshot, snapshot_id) is None:
        packed = gzip.compress(_canonical(kind, files), mtime=0)
        session.add(Snapshot(id=snapshot_id, kind=kind, files=packed, summary=summary, proposed_by=by, created_at=now))
        session.flush()
    return snapshot_id


def was_active(session: Session, snapshot_id: str) -> bool:
    """Whether the snapshot is or once was in force."""
    snapshot = session.get(Snapshot, snapshot_id)
    return snapshot is not None and snapshot.first_active_at is not None


def load(session: Session, snapshot_id: str) -> dict[str, str]:
    """The files of a snapshot, byte for byte as they were stored."""
    snapshot = session.get(Snapshot, snapshot_id)
    if snapshot is None:
        raise NotFound(f"no snapshot {snapshot_id}")
    canonical = gzip.decompress(snapshot.files)
    assert "sha256:" + hashlib.sha256(canonical).hexdigest() == snapshot_id, "a stored snapshot was changed"
    files: dict[str, str] = orjson.loads(canonical)["files"]
    return files


def activate(
    session: Session, kind: str, snapshot_id: str, *, by: str, now: datetime, edits_of: str | None = None
) -> int:
    """Point at a stored snapshot; returns the new generation. Activating the active one changes nothing.

    ``edits_of`` is the published snapshot it was edited from, where it was.
    """
    snapshot = session.get(Snapshot, snapshot_id)
    if snapshot is None or snapshot.kind != kind:
        raise NotFound(f"no {kind} snapshot {snapshot_id}")
    row = _row(session, kind)
    if snapshot.first_active_at is None:
        snapshot.first_active_at = now
    if row.snapshot_id != snapshot_id:
        row.previous_id, row.snapshot_id = row.snapshot_id, snapshot_id
        row.generation += 1
        row.activated_at, row.activated_by = now, by
        row.edits_of = None if edits_of == snapshot_id else edits_of
    session.flush()
    return row.generation


def note_folder(session: Session, kind: str, *, folder_id: str, error: str | None, now: datetime) -> None:
    """Remember that this folder state was looked at, and why it was refused if it was."""
    row = _row(session, kind)
    row.folder_id, row.error, row.checked_at = folder_id, error, now
    session.flush()


def pointer(session: Session, kind: str, *, locked: bool = False) -> Pointer:
    """What is in force; all empty before the first activation. ``locked`` until the transaction ends."""
    row = session.get(ActiveSnapshot, kind, with_for_update=locked or None)
    if row is None:
        return Pointer(kind, None, 0, None, None, None, None)
    return Pointer(
        kind,
        row.snapshot_id,
        row.generation,
        row.folder_id,
        row.activated_at,
        row.checked_at,
        row.error,
        row.edits_of,
    )


def newest(session: Session, kind: str, *, limit: int = 50) -> list[Snapshot]:
    """Stored snapshots of a kind, newest first."""
    found = select(Snapshot).where(Snapshot.kind == kind).order_by(Snapshot.created_at.desc()).limit(limit)
    return list(session.scalars(found))


def once_in_force(session: Session, kind: str, *, limit: int) -> list[Snapshot]:
    """Those of a kind that were in force once, newest first: what may be gone back to."""
    theirs = (Snapshot.kind == kind) & Snapshot.first_active_at.is_not(None)
    return list(session.scalars(select(Snapshot).where(theirs).order_by(Snapshot.created_at.desc()).limit(limit)))


def _row(session: Session, kind: str) -> ActiveSnapshot:
    row = session.get(ActiveSnapshot, kind, with_for_update=True)
    if row is None:
        row = ActiveSnapshot(kind=kind, generation=0)
        session.add(row)
        session.flush()
    return row


def _canonical(kind: str, files: Mapping[str, str]) -> bytes:
    return orjson.dumps({"kind": kind, "files": dict(files)}, option=orjson.OPT_SORT_KEYS)

"""Where built matchers and compiled rules are kept, each made once: a folder for a machine, the database for many.

A pack is found by the snapshot it was made from and by the program that made it. Each ends in its own digest, so that
one that was cut off or changed is not there at all, rather than wrong. Nothing here is worth a backup.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import PackedMatcher, PackedRules

_DIGEST_BYTES = 32
_ROW_BYTES = 4 * 2**20
_FAST = 1


@dataclass(frozen=True, slots=True)
class Made:
    """What packs are made of: how their files end, where the database has them, and how much of them is kept."""

    ending: str
    table: type[PackedMatcher | PackedRules]
    kept_bytes: int
    kept_snapshots: int


TABLES = "tables"
"""Stands for the tables of a program in the place of a snapshot."""
MATCHERS = Made("matcher", PackedMatcher, 2**29, 4)
RULES = Made("rules", PackedRules, 2**27, 16)


class PackFolder:
    """Packs as files of a folder that several processes may share; the oldest make room for new ones."""

    def __init__(self, folder: Path, made: Made = MATCHERS) -> None:
        self._folder = folder
        self._made = made

    def get(self, snapshot_id: str, variant: str) -> bytes | None:
        """The pack, or None where there is none that is whole."""
        path = self._path(snapshot_id, variant)
        try:
            packed = _checked(path.read_bytes())
        except OSError:
            return None
        with suppress(OSError):  # a folder that may only be read is good enough
            os.utime(path)
        return packed

    def put(self, snapshot_id: str, variant: str, packed: bytes) -> None:
        """Keep a pack: all of it, or on an OSError nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
            part = Path(file.name)
            try:
                file.write(packed)
                file.write(_digest(packed))
                file.flush()
                part.replace(self._path(snapshot_id, variant))
            except OSError:
                part.unlink(missing_ok=True)
                raise
        self._make_room()

    def has(self, snapshot_id: str, variant: str) -> bool:
        """Whether there is a file of that name, whole or not."""
        return self._path(snapshot_id, variant).exists()

    def drop(self, snapshot_id: str, variant: str) -> None:
        """Forget a pack."""
        self._path(snapshot_id, variant).unlink(missing_ok=True)

    @contextmanager
    def building(self) -> Iterator[None]:
        """Alone among the processes of this machine: the others wait, and find what was built."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{self._made.ending}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _path(self, snapshot_id: str, variant: str) -> Path:
        return self._folder / f"{snapshot_id.removeprefix('sha256:')}-{variant}.{self._made.ending}"

    def _make_room(self) -> None:
        kept = 0
        with suppress(FileNotFoundError):  # another process makes room, too
            mine = self._folder.glob(f"*.{self._made.ending}")
            files = sorted(mine, key=lambda path: path.stat().st_mtime, reverse=True)
            for path in files:
                kept += path.stat().st_size
                if kept > self._made.kept_bytes and path != files[0]:
                    path.unlink(missing_ok=True)


def load(session: Session, snapshot_id: str, variant: str, made: Made = MATCHERS) -> bytes | None:
    """The pack that some machine stored, or None where there is none that is whole."""
    table = made.table
    mine = (table.snapshot_id == snapshot_id) & (table.variant == variant)
    rows = session.scalars(select(table.data).where(mine).order_by(table.number))
    try:
        return _checked(b"".join(map(zlib.decompress, rows)))
    except zlib.error:
        return None


def has(session: Session, snapshot_id: str, variant: str, made: Made) -> bool:
    """Whether there is a piece of such a pack, whole or not."""
    table = made.table
    mine = (table.snapshot_id == snapshot_id) & (table.variant == variant)
    return session.scalar(select(table.number).where(mine).limit(1)) is not None


def store(
    session: Session, snapshot_id: str, variant: str, packed: bytes, *, now: datetime, made: Made = MATCHERS
) -> None:
    """Keep a pack for all machines, with those of the last few snapshots; one that is there and whole stays."""
    if load(session, snapshot_id, variant, made) is not None:
        return
    table = made.table
    drop(session, snapshot_id, variant, made)
    whole = packed + _digest(packed)
    for number, start in enumerate(range(0, len(whole), _ROW_BYTES)):
        data = zlib.compress(whole[start : start + _ROW_BYTES], _FAST)
        session.add(table(snapshot_id=snapshot_id, variant=variant, number=number, data=data, created_at=now))
    session.flush()
    alike = (table.number == 0) & ((table.snapshot_id == TABLES) == (snapshot_id == TABLES))
    packs = select(table.snapshot_id, table.variant).where(alike)
    newest = session.execute(packs.order_by(table.created_at.desc())).all()
    for old, other in newest[made.kept_snapshots :]:
        drop(session, old, other, made)


def drop(session: Session, snapshot_id: str, variant: str, made: Made) -> None:
    """Forget a pack."""
    table = made.table
    session.execute(delete(table).where((table.snapshot_id == snapshot_id) & (table.variant == variant)))


def _digest(packed: bytes) -> bytes:
    return hashlib.sha256(packed).digest()


def _checked(whole: bytes) -> bytes | None:
    """The pack without its digest, where that is right."""
    packed, digest = whole[:-_DIGEST_BYTES], whole[-_DIGEST_BYTES:]
    return packed if packed and _digest(packed) == digest else None

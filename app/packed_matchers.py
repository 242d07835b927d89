"""Where built matchers are kept, so that each is built once: a folder for a machine, the database for many machines.

A pack is found by the wordlists it was made from and by the program that made it. Each ends in its own digest, so that
one that was cut off or changed is not there at all, rather than wrong. Nothing here is worth a backup.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import PackedMatcher

_DIGEST_BYTES = 32
_ROW_BYTES = 4 * 2**20
_FAST = 1
_KEPT_BYTES = 2**29
_KEPT_SNAPSHOTS = 4


class PackFolder:
    """Packs as files of a folder that several processes may share; the oldest make room for new ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, wordlists_id: str, variant: str) -> bytes | None:
        """The pack, or None where there is none that is whole."""
        path = self._path(wordlists_id, variant)
        try:
            packed = _checked(path.read_bytes())
        except OSError:
            return None
        with suppress(OSError):  # a folder that may only be read is good enough
            os.utime(path)
        return packed

    def put(self, wordlists_id: str, variant: str, packed: bytes) -> None:
        """Keep a pack: all of it, or on an OSError nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
            part = Path(file.name)
            try:
                file.write(packed)
                file.write(_digest(packed))
                file.flush()
                part.replace(self._path(wordlists_id, variant))
            except OSError:
                part.unlink(missing_ok=True)
                raise
        self._make_room()

    @contextmanager
    def building(self) -> Iterator[None]:
        """Alone among the processes of this machine: the others wait, and find what was built."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "building.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _path(self, wordlists_id: str, variant: str) -> Path:
        return self._folder / f"{wordlists_id.removeprefix('sha256:')}-{variant}.matcher"

    def _make_room(self) -> None:
        kept = 0
        with suppress(FileNotFoundError):  # another process makes room, too
            files = sorted(self._folder.glob("*.matcher"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in files:
                kept += path.stat().st_size
                if kept > _KEPT_BYTES and path != files[0]:
                    path.unlink(missing_ok=True)


def load(session: Session, wordlists_id: str, variant: str) -> bytes | None:
    """The pack that some machine stored, or None where there is none that is whole."""
    mine = (PackedMatcher.snapshot_id == wordlists_id) & (PackedMatcher.variant == variant)
    rows = session.scalars(select(PackedMatcher.data).where(mine).order_by(PackedMatcher.number))
    return _checked(b"".join(map(zlib.decompress, rows)))


def store(session: Session, wordlists_id: str, variant: str, packed: bytes, *, now: datetime) -> None:
    """Keep a pack for all machines, with those of the last few snapshots; storing one again changes nothing."""
    mine = (PackedMatcher.snapshot_id == wordlists_id) & (PackedMatcher.variant == variant)
    if session.scalar(select(PackedMatcher.number).where(mine).limit(1)) is not None:
        return
    whole = packed + _digest(packed)
    for number, start in enumerate(range(0, len(whole), _ROW_BYTES)):
        data = zlib.compress(whole[start : start + _ROW_BYTES], _FAST)
        row = PackedMatcher(snapshot_id=wordlists_id, variant=variant, number=number, data=data, created_at=now)
        session.add(row)
    session.flush()
    first = PackedMatcher.number == 0
    packs = select(PackedMatcher.snapshot_id, PackedMatcher.variant).where(first)
    newest = session.execute(packs.order_by(PackedMatcher.created_at.desc())).all()
    for snapshot_id, other in newest[_KEPT_SNAPSHOTS:]:
        old = (PackedMatcher.snapshot_id == snapshot_id) & (PackedMatcher.variant == other)
        session.execute(delete(PackedMatcher).where(old))


def _digest(packed: bytes) -> bytes:
    return hashlib.sha256(packed).digest()


def _checked(whole: bytes) -> bytes | None:
    """The pack without its digest, where that is right."""
    packed, digest = whole[:-_DIGEST_BYTES], whole[-_DIGEST_BYTES:]
    return packed if packed and _digest(packed) == digest else None

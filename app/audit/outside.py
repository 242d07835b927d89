"""Copies of checkpoints where the database's owner cannot write: what an attacker would have to change as well.

Built in is a folder with one append-only file a log; make it another machine's (NFS, a bucket's mount) or set
``chattr +a`` on the file. A witness service or a timestamp authority joins by the same three methods.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Protocol

from app.errors import NotReady

_TAIL_BYTES = 8_192
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class Outside(Protocol):
    """A place outside the database that keeps signed checkpoints in the order they came."""

    def newest(self) -> str | None:
        """The note that was kept last."""

    def keep(self, notes: list[str]) -> None:
        """Add notes at the end; durable when this returns."""

    def all(self) -> list[str]:
        """Every note, oldest first."""

    def gaps(self) -> list[str]:
        """What is missing or was changed among the copies, in words; empty where nothing is."""


class Folder:
    """One file for one log in a folder; one JSON object a line, ``{"note": "…", "number": 7, "before": "…"}``.

    Lines are numbered, and each names the digest of the one before, so that one that is taken out leaves a gap. Lines
    of an earlier version are not; they are counted.
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self.path = folder / f"{_UNSAFE.sub('-', origin).strip('-') or 'log'}.checkpoints.ndjson"

    def newest(self) -> str | None:
        """The last whole line's note; raises NotReady when the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - _TAIL_BYTES))
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreachable(self.path, error) from None
        notes = [note for line in lines if (note := _note(line)) is not None]
        return notes[-1] if notes else None

    def keep(self, notes: list[str]) -> None:
        """Append; raises NotReady when the folder does not take it."""
        lines = b""
        try:
            before, number = self._last()
            for note in notes:
                number += 1
                kept = {"note": note, "number": number, "before": before}
                line = json.dumps(kept, ensure_ascii=False).encode()
                lines, before = lines + line + b"\n", _digest(line)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_torn = self.path.exists() and not _ends_a_line(self.path)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            with os.fdopen(descriptor, "ab") as file:
                file.write(b"\n" * is_torn + lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unreachable(self.path, error) from None

    def gaps(self) -> list[str]:
        """Numbers that are missing, and lines that do not follow the one before. Raises NotReady as ``all`` does."""
        found: list[str] = []
        number, before = 0, None
        for line in self._lines():
            said = json.loads(line)
            own = said.get("number", number + 1)
            if own != number + 1:
                found.append(f"copies {number + 1} to {own - 1} are missing: {number} is followed by {own}")
            elif "number" in said and said.get("before") != before:
                found.append(f"what stands before copy {own} is not what stood there when it was written")
            number, before = own, _digest(line)
        return found

    def all(self) -> list[str]:
        """Every note; a line that was torn by a crash is left out. Raises NotReady when the file cannot be read."""
        return [note for line in self._lines() if (note := _note(line)) is not None]

    def _lines(self) -> list[bytes]:
        """Every whole line, as it stands."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreachable(self.path, error) from None
        return [line for line in lines if _note(line) is not None]

    def _last(self) -> tuple[str | None, int]:
        """The digest and the number of the last line; lines without a number are counted once."""
        lines = self._lines()
        return (_digest(lines[-1]), json.loads(lines[-1]).get("number", len(lines))) if lines else (None, 0)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _note(line: bytes) -> str | None:
    try:
        note = json.loads(line)["note"]
    except (ValueError, KeyError, TypeError):
        return None
    return note if isinstance(note, str) else None


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _unreachable(path: Path, error: OSError) -> NotReady:
    return NotReady(f"{path} cannot be used for copies of checkpoints: {error.strerror}", retry_after_s=60)

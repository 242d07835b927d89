"""The folder of a re-screening: what was asked, which pieces are done, and the report; enough to go on after a crash.

rescreen.json          what is screened by what: another question needs another folder
NAME.parquet           a piece's decisions     ┐ both renamed into place; the second one says that
NAME.counts.json       … and its counts        ┘ the piece is done
report.json|csv|html   once all pieces are done
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.errors import Conflict, InvalidInput, Problem
from app.flows.rescreen_piece import renamed
from app.flows.rescreen_stored import StoredPiece
from app.rescreening.changes import Changes

MANIFEST, PLAN = "rescreen.json", "plan.json"
_AS_OF = "as_of"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder to ourselves, made where it is not there. Raises Conflict while another process works in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        problem = Problem(str(folder), f"cannot be written: {error.strerror}", "a folder")
        raise InvalidInput("the output folder cannot be used", problems=[problem]) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"another process re-screens into {folder}") from None
        yield
    finally:
        os.close(lock)


def begin(folder: Path, asked: Mapping[str, Any], *, now: datetime) -> datetime:
    """Keep what is asked, or go on with it; the instant as of which all pieces are judged.

    Raises Conflict naming what differs when the folder belongs to another question, and for a folder of other things.
    """
    manifest = folder / MANIFEST
    if manifest.exists():
        kept: dict[str, Any] = orjson.loads(manifest.read_bytes())
        as_of = datetime.fromisoformat(kept.pop(_AS_OF))
        wanted = orjson.loads(orjson.dumps(asked))
        if differing := sorted(name for name in kept.keys() | wanted.keys() if kept.get(name) != wanted.get(name)):
            raise Conflict(f"{folder} holds another re-screening (other {', '.join(differing)}): take another folder")
        return as_of
    if others := [path.name for path in folder.iterdir() if path.name != ".lock"]:
        raise Conflict(f"{folder} holds other things ({others[0]}, …): take an empty folder")
    renamed(manifest, orjson.dumps({**asked, _AS_OF: now.isoformat()}, option=orjson.OPT_INDENT_2))
    return now


def done(folder: Path, name: str) -> bool:
    """Whether a piece is done."""
    return (folder / f"{name}.counts.json").exists()


def counts(folder: Path, name: str) -> tuple[Changes, list[str]]:
    """A done piece's counts, and the keys of the contents newly to be blocked."""
    kept = orjson.loads((folder / f"{name}.counts.json").read_bytes())
    return Changes.from_plain(kept), kept["to_block"]


def planned(folder: Path, plan: Callable[[], Iterable[StoredPiece]]) -> list[StoredPiece]:
    """The pieces as they were planned first: contents that are erased meanwhile must not move the borders."""
    kept = folder / PLAN
    if not kept.exists():
        renamed(kept, orjson.dumps(list(plan())))
    return [
        StoredPiece(
            row["name"],
            row["after"],
            row["last"],
            row["weight"],
            datetime.fromisoformat(row["until"]),
            None if row["shop_ids"] is None else tuple(row["shop_ids"]),
        )
        for row in orjson.loads(kept.read_bytes())
    ]


def drop_unfinished(folder: Path) -> None:
    """Remove what a killed process left half written."""
    for path in folder.glob("*.partial"):
        path.unlink(missing_ok=True)

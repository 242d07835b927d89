"""What ``bench.reload`` changes under load: snapshots that stand ready, and folders that a command publishes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from app import snapshots
from app.clock import utc_now
from app.db import Database
from app.flows.open_matcher import check_wordlists
from app.flows.try_rules import make_ready
from app.settings import Settings
from bench.made import made_packs, made_wordlists

Files: TypeAlias = dict[str, str]
PUBLISHING_S = 7.0
"""A window in which a child tries a thousand rules, or builds a hundred thousand words, beside the load."""


@dataclass(frozen=True)
class Phase:
    """What changes, and how: ``change`` is told what is in force, by kind, and gives the snapshot it put in force."""

    name: str
    kind: str
    change: Callable[[Mapping[str, str]], str]
    every: float
    seconds: float


def made_changes(rules: int, words: int) -> dict[str, list[Files]]:
    """For each phase two sets of files to change between."""
    return {
        "one pack": [_packs(rules, version, changed=1) for version in (1, 2)],
        "all rules": [_packs(rules, version) for version in (1, 2)],
        "wordlists": [made_wordlists(words, version=version) for version in (1, 2)],
    }


def stored_changes(
    db: Database, data_dir: Path, made: dict[str, list[Files]], now: dict[str, str], times: tuple[float, float]
) -> list[Phase]:
    """Changes of the pointer to what stands ready, tried and compiled; ``now`` becomes what is in force at first."""
    settings, phases = Settings(data_dir=data_dir), []
    for what, versions in made.items():
        kind = "wordlists" if what == "wordlists" else "rules"
        stored = [_store(db, settings, kind, files) for files in versions]
        now.setdefault(kind, stored[0])
        phases.append(Phase(what, kind, partial(_activate_other, db, kind, stored), *times))
    return phases


def published_changes(db: Database, data_dir: str, rules: int, words: int, seconds: float) -> list[Phase]:
    """Changes as somebody makes them: a folder nobody has seen is published by the command, on the same machine."""
    seconds = max(seconds, 10 * PUBLISHING_S)
    versions = range(3, 4 + int(seconds / PUBLISHING_S / 2))
    made = {
        "rules": [_packs(rules, version) for version in versions],
        "wordlists": [made_wordlists(words, version=version) for version in versions],
    }
    names = {"rules": "all rules, published", "wordlists": "wordlists, published"}
    return [
        Phase(names[kind], kind, partial(_publish, db, data_dir, kind, iter(each)), PUBLISHING_S, seconds)
        for kind, each in made.items()
    ]


@contextmanager
def folders(files: Mapping[str, Files]) -> Iterator[dict[str, str]]:
    """Folders of rules and wordlists; the settings that name them."""
    with tempfile.TemporaryDirectory() as top:
        for kind, sources in files.items():
            for name, text in sources.items():
                path = Path(top) / kind / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        yield {f"WEIHENG_{kind.upper()}_DIR": f"{top}/{kind}" for kind in files}


def _packs(rules: int, version: int, changed: int | None = None) -> Files:
    return made_packs(rules, version=version, rules_a_pack=max(1, rules // 20), changed=changed)


def _store(db: Database, settings: Settings, kind: str, files: Files) -> str:
    """A snapshot as publishing leaves it: stored, its matcher built or its rules compiled before it is activated."""
    if kind == "wordlists":
        check_wordlists(settings, snapshots.content_id(kind, files), files, db=db)
    else:
        make_ready(settings, files, db=db)
    return db.write(lambda session: snapshots.store(session, kind, files, summary={}, by="bench", now=utc_now()))


def _activate_other(db: Database, kind: str, stored: list[str], now: Mapping[str, str]) -> str:
    chosen = stored[stored[0] == now[kind]]
    db.write(lambda session: snapshots.activate(session, kind, chosen, by="bench", now=utc_now()))
    return chosen


def _publish(db: Database, data_dir: str, kind: str, versions: Iterator[Files], now: Mapping[str, str]) -> str:
    """The new snapshot, as soon as the command has put it in force."""
    with folders({kind: next(versions)}) as named:
        service = {"WEIHENG_DATA_DIR": data_dir, "WEIHENG_DATABASE_URL": db.url, "WEIHENG_LOG_LEVEL": "ERROR"}
        command = subprocess.Popen(
            [sys.executable, "-m", "app.cli", kind, "publish"],
            env=os.environ | service | named,
            stdout=subprocess.DEVNULL,
        )
        while (chosen := _in_force(db, kind)) == now[kind] and command.poll() is None:
            time.sleep(0.02)
        if chosen is None or chosen == now[kind]:
            raise SystemExit(f"{kind} were not published: the command ended with {command.wait()}")
    return chosen


def _in_force(db: Database, kind: str) -> str | None:
    with db.read() as session:
        return snapshots.pointer(session, kind).snapshot_id

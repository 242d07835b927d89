"""Trying a set of rules once: a set that stood its trial by this very program is not tried again on this machine.

The trial costs seconds and is the same each time: files, evaluators and generated cases are all fixed. What is kept is
an empty file named by all three in the cache folder, and what the trial compiled, for every process to open; a failed
trial is never kept, and without the folder it is tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from app import snapshots
from app.db import Database
from app.flows.rule_packs import RulePacks
from app.flows.rules_program import variant
from app.settings import Settings

__all__ = ["make_readable", "make_ready", "try_rules", "variant"]

_KEPT = 200


def try_rules(settings: Settings, files: Mapping[str, str]) -> None:
    """Try the files in a child process, unless they stood it before; raises BadDefinition with every problem."""
    mark = _mark(settings, files)
    if not mark.exists():
        RulePacks(settings, None).make_ready(files, is_tried=False)
        _note(mark)


def make_ready(settings: Settings, files: Mapping[str, str], *, db: Database) -> None:
    """Have the files tried and compiled before anything activates them, so that serving processes only open them.

    What is ready already costs a look; what was tried but is kept no longer is compiled again in a child.

    Raises:
        BadDefinition: naming every problem.
    """
    mark, packs = _mark(settings, files), RulePacks(settings, db)
    is_tried = mark.exists()
    if is_tried and (not packs.seals or packs.share(snapshots.content_id("rules", files))):
        return
    packs.make_ready(files, is_tried=is_tried)
    _note(mark)


def make_readable(settings: Settings, files: Mapping[str, str], *, db: Database) -> None:
    """The same for a stored snapshot, which is not tried again: its packs are only read and compiled, where need be."""
    packs = RulePacks(settings, db)
    if not packs.share(snapshots.content_id("rules", files)):
        packs.make_ready(files, is_tried=True)


def _mark(settings: Settings, files: Mapping[str, str]) -> Path:
    return settings.cache / f"{snapshots.content_id('rules', files).removeprefix('sha256:')}-{variant()}.tried"


def _note(mark: Path) -> None:
    with suppress(OSError):  # without a place to note it in, it is tried again
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        marks = sorted(mark.parent.glob("*.tried"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in marks[_KEPT:]:
            old.unlink(missing_ok=True)

"""What a set of files would undo of the edits that were made to what is in force, and that its author may not know of.

as published ─ diff ─ in force: what was edited ─┐ the same thing, the same property
in force ─ diff ─ files: what would change ──────┴─ told in words, so that a person decides
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from app import snapshots
from app.errors import BadDefinition
from app.flows.diff_snapshots import diff_files
from app.values.change import Change, Detail, sentence

UNREADABLE = "控制台改动前的版本已无法读取，不能逐项比较"
_NAMES = frozenset({"added", "removed", "changed"})


def undone_edits(session: Session, kind: str, files: Mapping[str, str]) -> list[str]:
    """Each edit in force that these files would take back or change again, as a Chinese sentence; empty when none."""
    pointer = snapshots.pointer(session, kind)
    if pointer.edits_of is None or pointer.snapshot_id is None:
        return []
    published, in_force = snapshots.load(session, pointer.edits_of), snapshots.load(session, pointer.snapshot_id)
    try:
        edited = {_key(each): each for each in diff_files(kind, published, in_force).changes}
        changes = diff_files(kind, in_force, files).changes
    except BadDefinition:
        return [UNREADABLE]
    return [sentence(found, "zh") for each in changes if (found := _common(each, edited.get(_key(each)))) is not None]


def _key(change: Change) -> tuple[str, str, str]:
    return change.what, change.within, change.id


def _common(change: Change, edit: Change | None) -> Change | None:
    """The part of a change that concerns what was edited."""
    if edit is None:
        return None
    if "changed" not in (change.change, edit.change) or change.change != edit.change:
        return change
    if change.what == "examples":
        touched = _named(edit.details)
        return change if touched & _named(change.details) else None
    fields = {each.field for each in edit.details}
    details = tuple(each for each in change.details if each.field in fields)
    return replace(change, details=details) if details else None


def _named(details: Iterable[Detail]) -> set[str]:
    """The examples that are named by a change of examples."""
    return {name for each in details if each.field in _NAMES for name in each.after or ()}

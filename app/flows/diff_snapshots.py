"""The difference between two sets of files: loaded, compared as packs or wordlists, told in words.

files, files ─ load_packs ─ diff_packs / diff_wordlist_files ─ summary, sentences, plain list
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import snapshots
from app.events.kind import load_kinds
from app.rules.diff import diff_packs
from app.rules.pack import load_packs
from app.text.diff_files import diff_wordlist_files
from app.values.change import Change, Language, hard_rules, sentence, summary
from app.values.pause import Pause, no_pause


@dataclass(frozen=True, slots=True)
class Diff:
    """All changes in order; ``hard_rules`` are those that block, hold or move money and are touched."""

    changes: tuple[Change, ...]

    @property
    def hard_rules(self) -> tuple[str, ...]:
        """What a second person has to look at."""
        return hard_rules(self.changes)

    def summary(self, language: Language = "zh") -> str:
        """One sentence over everything."""
        return summary(self.changes, language)

    def counts(self) -> dict[str, int]:
        """How many changes of which sort, as ``rule.changed``."""
        return dict(Counter(f"{each.what}.{each.change}" for each in self.changes))

    def page(self, *, first: int = 0, limit: int = 200) -> list[dict[str, Any]]:
        """A page of changes as plain data with a sentence in each language."""
        return [
            asdict(each) | {"zh": sentence(each, "zh"), "en": sentence(each, "en")}
            for each in self.changes[first : first + limit]
        ]


def diff_files(kind: str, before: Mapping[str, str], after: Mapping[str, str], *, pause: Pause = no_pause) -> Diff:
    """What changes from one set of files to the other; an empty set has nothing in it.

    ``pause`` is called again and again while they are read. Raises BadDefinition when this program cannot read one.
    """
    if kind == "wordlists":
        return Diff(tuple(diff_wordlist_files(before, after, pause=pause)))
    kinds = load_kinds()
    old, new = (load_packs(files, kinds=kinds, pause=pause) if files else () for files in (before, after))
    return Diff(tuple(diff_packs(old, new)))


def diff_stored(session: Session, kind: str, before_id: str | None, after_id: str) -> Diff:
    """The same for stored snapshots; without ``before_id`` everything is new."""
    before = snapshots.load(session, before_id) if before_id else {}
    return diff_files(kind, before, snapshots.load(session, after_id))

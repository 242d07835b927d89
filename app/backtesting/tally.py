"""The counts of a backtest: added to content by content, merged page by page, kept as JSON in between.

Merging in any order and in any portions gives the same tally. Samples are therefore not the first ones seen but those
whose id has the smallest hash: a fair choice, and the same one every time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from app.backtesting.judgement import Judgement, difference, is_shadow

CHANGED_MAX = 100  # samples for each pair of different decisions
SAME_MAX = 20  # samples for each decision that stands although rules or words changed
_NAMED_MAX = 20
_OF_OFFICERS = frozenset({"decided", "upheld"})
_COUNTERS = ("decisions", "rules", "words", "officers")
Sample = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Counters by tuples of text.

    ``decisions`` (before, after) · ``rules`` (rule, side, measure), measures ``fired``, ``would_fire`` (shadow),
    ``decided`` and ``upheld`` (by an officer) · ``words`` (wordlist, word, side), word empty for the whole list ·
    ``officers`` (before, after, the officer's outcome). All count contents. ``samples`` by (before, after), each with
    its rank, lowest first.
    """

    looked_at: int = 0
    unreadable: int = 0
    decisions: Counter[tuple[str, ...]] = field(default_factory=Counter)
    rules: Counter[tuple[str, ...]] = field(default_factory=Counter)
    words: Counter[tuple[str, ...]] = field(default_factory=Counter)
    officers: Counter[tuple[str, ...]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[tuple[int, Sample]]] = field(default_factory=dict)

    def add(self, thing_id: str, shop_id: str, before: Judgement, after: Judgement, *, outcome: str | None) -> None:
        """Count one thing judged twice. ``outcome`` is the officer's, where one decided."""
        self.looked_at += 1
        self.decisions[before.decision, after.decision] += 1
        if outcome is not None:
            self.officers[before.decision, after.decision, outcome] += 1
        for side, judgement in (("before", before), ("after", after)):
            self._count(side, judgement, outcome)
        if before != after:
            cell, drawn = (before.decision, after.decision), rank(thing_id)
            if self._has_room(cell, drawn):
                sample = _sample(thing_id, shop_id, before, after) | {"outcome": outcome}
                self._keep(cell, [(drawn, sample)])

    def merge(self, other: Tally) -> None:
        """Take in another tally of other things."""
        self.looked_at += other.looked_at
        self.unreadable += other.unreadable
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for cell, samples in other.samples.items():
            self._keep(cell, samples)

    def without_officers(self) -> Tally:
        """The same without anything that officers decided."""
        rules = Counter({key: count for key, count in self.rules.items() if key[2] not in _OF_OFFICERS})
        samples = {
            cell: [(drawn, sample | {"outcome": None}) for drawn, sample in kept] for cell, kept in self.samples.items()
        }
        return replace(self, rules=rules, officers=Counter(), samples=samples)

    def as_plain(self) -> dict[str, Any]:
        """As JSON, in an order that does not depend on the order of counting."""
        counters = {name: [[*key, count] for key, count in sorted(getattr(self, name).items())] for name in _COUNTERS}
        return {"looked_at": self.looked_at, "unreadable": self.unreadable, **counters, "samples": self.all_samples()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What ``as_plain`` gave; nothing gives an empty tally."""
        tally = cls(looked_at=plain.get("looked_at", 0), unreadable=plain.get("unreadable", 0))
        for name in _COUNTERS:
            getattr(tally, name).update({tuple(key): count for *key, count in plain.get(name, ())})
        for sample in plain.get("samples", ()):
            drawn = (rank(sample["screening_id"]), sample)
            tally.samples.setdefault((sample["before"], sample["after"]), []).append(drawn)
        return tally

    def all_samples(self) -> list[Sample]:
        """The samples, by decision before and after, in the order drawn."""
        return [sample for _, kept in sorted(self.samples.items(), key=lambda each: each[0]) for _, sample in kept]

    def _count(self, side: str, judgement: Judgement, outcome: str | None) -> None:
        for rule, verdict in judgement.rules.items():
            self.rules[rule, side, "would_fire" if is_shadow(verdict) else "fired"] += 1
            if outcome is not None:
                self.rules[rule, side, "decided"] += 1
                self.rules[rule, side, "upheld"] += outcome != "pass"
        for wordlist in {wordlist for wordlist, _ in judgement.words}:
            self.words[wordlist, "", side] += 1
        for wordlist, word in judgement.words:
            self.words[wordlist, word, side] += 1

    def _has_room(self, cell: tuple[str, str], drawn: int) -> bool:
        kept = self.samples.get(cell, [])
        return len(kept) < _most(cell) or drawn < kept[-1][0]

    def _keep(self, cell: tuple[str, str], samples: list[tuple[int, Sample]]) -> None:
        together = sorted([*self.samples.get(cell, ()), *samples], key=lambda each: each[0])
        self.samples[cell] = together[: _most(cell)]


def rank(thing_id: str) -> int:
    """A number below 2⁶⁴ that depends on the id alone and is as good as drawn by lot."""
    return int.from_bytes(hashlib.blake2b(thing_id.encode(), digest_size=8).digest())


def _most(cell: tuple[str, str]) -> int:
    return SAME_MAX if cell[0] == cell[1] else CHANGED_MAX


def _sample(thing_id: str, shop_id: str, before: Judgement, after: Judgement) -> Sample:
    changed = difference(before, after)
    rules, words, doubts = (list(each.items())[:_NAMED_MAX] for each in (changed.rules, changed.words, changed.doubts))
    return {
        "screening_id": thing_id,
        "shop_id": shop_id,
        "before": before.decision,
        "after": after.decision,
        "rules": [{"rule": rule, "before": old, "after": new} for rule, (old, new) in rules],
        "words": [
            {"wordlist": wordlist, "word": word, "before": old, "after": new} for (wordlist, word), (old, new) in words
        ],
        "doubts": [{"doubt": doubt, "before": old, "after": new} for doubt, (old, new) in doubts],
    }

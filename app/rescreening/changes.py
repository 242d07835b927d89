"""The counts of a re-screening: added to content by content, merged piece by piece, kept as JSON in between.

Merging in any order and in any pieces gives the same counts. Samples are those whose key has the smallest hash: a fair
choice, and the same one every time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

UNKNOWN = "unknown"
"""What was decided before, where nobody says."""
UNREADABLE = "unreadable"
VERDICTS = frozenset({"pass", "label", "review", "block"})
"""What may have been decided, where it is known."""
SAMPLES_MAX = 40  # for each pair of decisions
PROBLEMS_MAX = 50
DIMENSIONS = ("rule", "wordlist", "word", "category", "shop_category", "shop", "kind")
_STOPPED = frozenset({"review", "block"})
Sample = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """One content judged again. ``words`` are (wordlist, word, category of words)."""

    key: str
    shop_id: str
    kind: str
    shop_category: str
    before: str
    after: str
    rules: tuple[str, ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether the decision is another one; where none is known, whether a person or a block would come of it."""
        return self.after in _STOPPED if self.before == UNKNOWN else self.before != self.after


@dataclass(slots=True)
class Changes:
    """``verdicts`` counts (before, after); ``by`` counts (name, before, after) for each of DIMENSIONS."""

    looked_at: int = 0
    unreadable: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    by: dict[str, Counter[tuple[str, str, str]]] = field(
        default_factory=lambda: {name: Counter() for name in DIMENSIONS}
    )
    samples: dict[tuple[str, str], list[tuple[int, Sample]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add_unchanged(self, about: Mapping[tuple[str, str, str, str], int], *, after: str) -> None:
        """Count contents in which nothing was found, by shop, kind, shop category and the decision that stays."""
        for (shop_id, kind, shop_category, before), count in about.items():
            self.looked_at += count
            self.verdicts[before, after] += count
            for name, value in (("shop", shop_id), ("kind", kind), ("shop_category", shop_category)):
                self.by[name][value, before, after] += count

    def add(self, seen: Seen) -> bool:
        """Count one content; True where its sample would be kept (give it to ``keep``)."""
        self.looked_at += 1
        before, after, by = seen.before, seen.after, self.by
        self.verdicts[before, after] += 1
        by["shop"][seen.shop_id, before, after] += 1
        by["kind"][seen.kind, before, after] += 1
        by["shop_category"][seen.shop_category, before, after] += 1
        for rule in seen.rules:
            by["rule"][rule, before, after] += 1
        if seen.words:
            for wordlist in {wordlist for wordlist, _, _ in seen.words}:
                by["wordlist"][wordlist, before, after] += 1
            for category in {category for _, _, category in seen.words}:
                by["category"][category, before, after] += 1
            for wordlist, word in {(wordlist, word) for wordlist, word, _ in seen.words}:
                by["word"][f"{wordlist}/{word}", before, after] += 1
        if not seen.is_changed:
            return False
        kept = self.samples.get((before, after), [])
        return len(kept) < SAMPLES_MAX or rank(seen.key) < kept[-1][0]

    def keep(self, seen: Seen, shown: str) -> None:
        """Keep a changed content as a sample; ``shown`` is some of its text with personal data starred."""
        sample = {
            "content_id": seen.key,
            "shop_id": seen.shop_id,
            "kind": seen.kind,
            "before": seen.before,
            "after": seen.after,
            "rules": list(seen.rules),
            "words": sorted({f"{wordlist}/{word}" for wordlist, word, _ in seen.words}),
            "text": shown,
        }
        self._keep((seen.before, seen.after), [(rank(seen.key), sample)])

    def cannot_read(self, problem: str) -> None:
        """Count something that could not be judged."""
        self.unreadable += 1
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(problem)

    def merge(self, other: Changes) -> None:
        """Take in the counts of other contents."""
        self.looked_at += other.looked_at
        self.unreadable += other.unreadable
        self.verdicts.update(other.verdicts)
        for name, counts in other.by.items():
            self.by[name].update(counts)
        for cell, samples in other.samples.items():
            self._keep(cell, samples)
        self.problems = sorted([*self.problems, *other.problems])[:PROBLEMS_MAX]

    @property
    def changed(self) -> int:
        """How many decisions would be another one."""
        return sum(count for (before, after), count in self.verdicts.items() if _is_changed(before, after))

    def as_plain(self) -> dict[str, Any]:
        """As JSON, in an order that does not depend on the order of counting."""
        return {
            "looked_at": self.looked_at,
            "unreadable": self.unreadable,
            "verdicts": [[*cell, count] for cell, count in sorted(self.verdicts.items())],
            "by": {name: [[*key, count] for key, count in sorted(self.by[name].items())] for name in DIMENSIONS},
            "samples": [sample for _, kept in sorted(self.samples.items()) for _, sample in kept],
            "problems": self.problems,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What ``as_plain`` gave."""
        changes = cls(looked_at=plain["looked_at"], unreadable=plain["unreadable"], problems=list(plain["problems"]))
        changes.verdicts.update({(before, after): count for before, after, count in plain["verdicts"]})
        for name, rows in plain["by"].items():
            changes.by[name].update({(each, before, after): count for each, before, after, count in rows})
        for sample in plain["samples"]:
            cell = (sample["before"], sample["after"])
            changes._keep(cell, [(rank(sample["content_id"]), sample)])
        return changes

    def _keep(self, cell: tuple[str, str], samples: list[tuple[int, Sample]]) -> None:
        together = [*self.samples.get(cell, ()), *samples]
        self.samples[cell] = sorted(together, key=lambda each: (each[0], each[1]["shop_id"]))[:SAMPLES_MAX]


def _is_changed(before: str, after: str) -> bool:
    return after in _STOPPED if before == UNKNOWN else before != after


def rank(key: str) -> int:
    """A number below 2⁶⁴ that depends on the key alone and is as good as drawn by lot."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest())

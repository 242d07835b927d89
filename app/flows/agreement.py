"""How far two judges agree: their decisions against ours, counted. Pure arithmetic.

``label`` publishes, so it counts as pass. A review is neither yes nor no, so there are three readings: as half way
between (a pass against a review is half an agreement), as a pass (what is not blocked is published), and as a block
(what is not passed is held). Cohen's κ is what is agreed beyond chance; on the half reading it is weighted the same
way (Cohen 1968, linear weights).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from app.values.deciding import Verdict

CLASSES = (Verdict.PASS, Verdict.REVIEW, Verdict.BLOCK)
READINGS: Mapping[str, Mapping[Verdict, float]] = {
    "review counts as half": {Verdict.PASS: 0.0, Verdict.REVIEW: 0.5, Verdict.BLOCK: 1.0},
    "review counts as pass": {Verdict.PASS: 0.0, Verdict.REVIEW: 0.0, Verdict.BLOCK: 1.0},
    "review counts as block": {Verdict.PASS: 0.0, Verdict.REVIEW: 1.0, Verdict.BLOCK: 1.0},
}
Cells = Mapping[tuple[Verdict, Verdict], int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sample shows of a hit, personal data starred."""

    text: str
    word: str
    category: str
    hidden_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: ``theirs`` (None: skipped) and ``ours`` are of CLASSES, ``given`` is our decision as answered.

    ``causes`` are the rules and words that asked for a person or a block. ``shown`` and ``hits`` are for samples.
    """

    row: int
    theirs: Verdict | None
    ours: Verdict
    given: Verdict
    category: str
    causes: tuple[str, ...]
    id: str = ""
    shown: str = ""
    hits: tuple[Seen, ...] = ()


@dataclass
class Cause:
    """A rule or word: in how many of its rows we were harder than they, and in how many not."""

    harder: int = 0
    agreed: int = 0


@dataclass
class Agreement:
    """The tally of a file. ``samples`` has some rows of each kind of disagreement, drawn evenly by ``chance``."""

    wanted: int
    chance: Random
    skipped: int = 0
    cells: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    by_category: dict[str, Counter[tuple[Verdict, Verdict]]] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    samples: dict[tuple[Verdict, Verdict], list[Compared]] = field(default_factory=dict)

    def add(self, rows: Iterable[Compared]) -> None:
        """Count rows in."""
        for row in rows:
            if row.theirs is None:
                self.skipped += 1
                continue
            pair = row.theirs, row.ours
            self.cells[pair] += 1
            self.by_category.setdefault(row.category, Counter())[pair] += 1
            for name in row.causes:
                cause = self.causes.setdefault(name, Cause())
                if row.ours.hardness > row.theirs.hardness:
                    cause.harder += 1
                else:
                    cause.agreed += 1
            if row.theirs is not row.ours:
                self._sample(pair, row)

    def worst_causes(self, most: int) -> Sequence[tuple[str, Cause]]:
        """The rules and words by how often we were harder because of them, most first."""
        named = [(name, cause) for name, cause in self.causes.items() if cause.harder]
        return sorted(named, key=lambda item: (-item[1].harder, item[1].agreed, item[0]))[:most]

    def _sample(self, pair: tuple[Verdict, Verdict], row: Compared) -> None:
        """Keep each row of a pair with the same chance, whatever their number (reservoir sampling)."""
        kept = self.samples.setdefault(pair, [])
        if len(kept) < self.wanted:
            kept.append(row)
            return
        place = self.chance.randrange(self.cells[pair])
        if place < self.wanted:
            kept[place] = row


def agreement(cells: Cells, reading: Mapping[Verdict, float]) -> float:
    """The share of agreement, 0 to 1; a pair counts 1 minus the distance of its two places in the reading."""
    total = sum(cells.values())
    return sum(times * _alike(pair, reading) for pair, times in cells.items()) / total if total else 1.0


def kappa(cells: Cells, reading: Mapping[Verdict, float]) -> float | None:
    """Cohen's κ under a reading; None where both judges always say the same one thing, so that chance explains all."""
    total = sum(cells.values())
    theirs, ours = Counter[Verdict](), Counter[Verdict]()
    for (their, our), times in cells.items():
        theirs[their] += times
        ours[our] += times
    by_chance = sum(
        theirs[their] * ours[our] * _alike((their, our), reading) for their in theirs for our in ours
    ) / max(1, total * total)  # fmt: skip
    if total == 0 or by_chance > 1 - 1e-12:
        return None
    return (agreement(cells, reading) - by_chance) / (1 - by_chance)


def harder_and_milder(cells: Cells) -> tuple[int, int]:
    """In how many rows we were harder than they, and in how many milder."""
    harder = sum(times for (theirs, ours), times in cells.items() if ours.hardness > theirs.hardness)
    milder = sum(times for (theirs, ours), times in cells.items() if ours.hardness < theirs.hardness)
    return harder, milder


def _alike(pair: tuple[Verdict, Verdict], reading: Mapping[Verdict, float]) -> float:
    return 1.0 - abs(reading[pair[0]] - reading[pair[1]])

"""Which rows of the catalogue are covered: by which rules, in what state, with how many examples, and by whose word.

The catalogue (``catalogue.yaml`` beside this module) is every row of the strategy the product was specified from. A row
is covered by the rules that carry its id, or by a guard: code that acts before any rule could. What a row rests on is
read from the checked conditions, not claimed: facts the service works out, a platform says, the words of a text that
the rule itself reads, evidence that a second person verified, or what the caller says. The last two can only be
declared; they are counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.rules.definition import Pack, Rule, Status
from app.rules.tree import FactRef, Matches, walk
from app.values.evidence import FACT
from app.values.facts import EventKind, FactType, Origin

FILE = Path(__file__).resolve().parent / "catalogue.yaml"
MISSING, GUARDED, SELF_DECLARED = "missing", "guard", "self-declared"
READ, EVIDENCED = "read", "evidence"
_LIFE = (Status.LIVE, Status.SHADOW, Status.DRAFT, Status.RETIRED)


@dataclass(frozen=True, slots=True)
class Guard:
    """Code that acts before any rule could, and the test that holds it; paths from the project's root."""

    code: str
    test: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the catalogue."""

    id: str
    section: str
    what: str
    event: str
    then: str
    origin: str
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """A row with what covers it. ``facts`` counts the facts of its conditions by who says them."""

    row: Row
    rules: tuple[Rule, ...]
    examples: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    is_checklist: bool = False
    reads: bool = False
    asks_evidence: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether nothing that is in use covers it."""
        return self.row.guard is None and not any(rule.status in (Status.LIVE, Status.SHADOW) for rule in self.rules)

    @property
    def state(self) -> str:
        """The best state of its rules; ``guard`` where code alone covers it, ``missing`` where nothing does."""
        if not self.rules:
            return GUARDED if self.row.guard else MISSING
        return min((rule.status for rule in self.rules), key=_LIFE.index).value

    @property
    def input(self) -> str:
        """On whose word it rests: the strongest that stands in its conditions."""
        if not self.rules:
            return GUARDED if self.row.guard else MISSING
        for origin in (Origin.COMPUTED, Origin.PLATFORM):
            if self.facts.get(origin.value):
                return origin.value
        return READ if self.reads else EVIDENCED if self.asks_evidence else SELF_DECLARED


@cache
def catalogue() -> tuple[Row, ...]:
    """Every row, in order."""
    said: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["rows"]
    return tuple(
        Row(name, **{key: value for key, value in each.items() if key != "guard"}, guard=_guard(each.get("guard")))
        for name, each in said.items()
    )


def coverage(packs: Sequence[Pack], kinds: Mapping[str, EventKind]) -> tuple[Covered, ...]:
    """Every row of the catalogue with what covers it; facts of kinds that the service tells itself are its own."""
    by_row: dict[str, list[Rule]] = {}
    for rule in (rule for pack in packs for rule in pack.rules):
        by_row.setdefault(rule.catalogue_id, []).append(rule)
    sides = Counter((example.rule, example.side) for pack in packs for example in pack.examples)
    return tuple(_covered(row, by_row.get(row.id, []), sides, kinds) for row in catalogue())


def beyond(packs: Sequence[Pack]) -> list[str]:
    """The ids of rules that stand for no row of the catalogue."""
    known = {row.id for row in catalogue()}
    return sorted(rule.id for pack in packs for rule in pack.rules if rule.catalogue_id not in known)


def totals(rows: Iterable[Covered]) -> dict[str, int]:
    """How many rows there are, are missing, and rest on whose word."""
    rows = tuple(rows)
    inputs = Counter(each.input for each in rows)
    return {"rows": len(rows), "missing": sum(each.is_missing for each in rows), **dict(sorted(inputs.items()))}


def _covered(
    row: Row, rules: Sequence[Rule], sides: Mapping[tuple[str, str], int], kinds: Mapping[str, EventKind]
) -> Covered:
    facts = {fact.name: fact for rule in rules for each in rule.by_kind.values() for fact in each.condition.facts}
    asks_evidence = facts.pop(FACT, None) is not None
    origins = Counter(fact.origin.value for fact in facts.values())
    if any(kinds[name].by_service for rule in rules for name in rule.on):
        origins = Counter({Origin.COMPUTED.value: origins.total()})
    counted = {side: sum(sides[rule.id, side] for rule in rules) for side in ("fires", "quiet", "unknown")}
    flags = not origins.get(Origin.COMPUTED.value) and all(
        fact.origin is Origin.SENT and fact.type is FactType.BOOL for fact in facts.values()
    )
    is_checklist = bool(facts) and flags
    return Covered(row, tuple(rules), counted, dict(origins), is_checklist, any(map(_reads, rules)), asks_evidence)


def _reads(rule: Rule) -> bool:
    """Whether it looks for words in a text that was sent, instead of believing what is said of it."""
    nodes = (node for each in rule.by_kind.values() for node in walk(each.condition.root))
    return any(isinstance(node, Matches) and isinstance(node.text, FactRef) for node in nodes)


def _guard(said: Mapping[str, str] | None) -> Guard | None:
    return Guard(said["code"], said["test"]) if said else None

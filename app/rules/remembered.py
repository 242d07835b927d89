"""Answers remembered: rules that look at the same things of an event give the same answer, so it is worked out once.

Most uploads are alike to the rules: nothing found, nothing claimed, and the text itself is only asked whether some
patterns stand in it, which one union of them denies for nearly all. What is looked at (every fact a condition reads,
with its type, and which patterns stand in which text) is the key, a few short records, such as what a text claims,
included. What is deeper is not remembered, nor is anything of a kind whose rules look at the clock. Bounded; forgetting
all is cheaper than choosing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from app.rules.compile import Answer
from app.rules.reading import found
from app.rules.tree import FactRef, IsNone, Matches, Node, Now, OverriddenRef, children
from app.values.pause import Pause, no_pause, paused

MOST = 2_048
_MOST_PATTERNS = 64
_MEMORY = 64 << 20
_PLAIN = frozenset({str, int, bool})
_LONGEST = 64
"""Texts among the keys; what is longer is no name or kind."""
_MOST_ITEMS = 8
_KNOWN = _PLAIN | {list, type(None)}
_TOO_MUCH = ("too much",)
"""In the place of a list that is no part of a key."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the rules of a kind look at: facts read whole, texts asked for patterns; ``is_possible``: no clock."""

    is_possible: bool
    read: tuple[str, ...]
    patterns: Mapping[str, tuple[str, ...]]


def looks(roots: Iterable[Node]) -> Looks:
    """What these conditions look at."""
    read: set[str] = set()
    asked: set[str] = set()
    patterns: dict[str, dict[str, None]] = {}
    is_possible = all(_look(root, read, asked, patterns) for root in roots)
    read |= asked - patterns.keys()  # an absent text is told apart from one without any pattern
    return Looks(is_possible, tuple(sorted(read)), {name: tuple(each) for name, each in patterns.items()})


class Remembered:
    """The answers of one event kind's rules by what they look at. Shared by threads."""

    def __init__(self, looked_at: Looks, pause: Pause = no_pause) -> None:
        self._read = looked_at.read
        self._told = frozenset(looked_at.read)
        self._patterns = looked_at.patterns
        wanted = [(name, patterns) for name, patterns in looked_at.patterns.items() if name not in self._told]
        self._matched = tuple(
            (name, tuple(_program(each) for each in paused(patterns, pause)), _union(patterns))
            for name, patterns in paused(wanted, pause)
        )
        self._is_possible = looked_at.is_possible and all(union is not None for *_, union in self._matched)
        self._answers: dict[tuple[str, Hashable], Answer] = {}

    def key(self, facts: Mapping[str, object]) -> Hashable | None:
        """What the rules look at of these facts; None where that cannot be said in plain values."""
        if not self._is_possible:
            return None
        values: list[Any] = list(map(facts.get, self._read))
        kinds = tuple(map(type, values))
        if list in kinds:
            values = [_items(value) if kind is list else value for kind, value in zip(kinds, values, strict=True)]
        if not _KNOWN.issuperset(kinds) or _TOO_MUCH in values:
            return None
        if any(len(value) > _LONGEST for value in values if value.__class__ is str):
            return None
        seen: list[Hashable] = [kinds, *values]
        for name, programs, union in self._matched:
            text: Any = facts.get(name)
            if text is not None and text.__class__ is not str:
                return None
            if text is not None and found(union, text):
                seen.append(tuple([found(each, text) for each in programs]))
            else:
                seen.append(text is None)
        return tuple(seen)

    def reads(self, *names: str) -> bool:
        """Whether the answer depends on more of these facts than which patterns stand in them, or may do so."""
        return not self._is_possible or not self._told.isdisjoint(names)

    def patterns_in(self, name: str) -> tuple[str, ...]:
        """The patterns that are looked for in a fact that is text."""
        return self._patterns.get(name, ())

    def answer(self, key: Hashable, *, by: str) -> Answer | None:
        """What that evaluator answered to the same before."""
        return self._answers.get((by, key))

    def keep(self, key: Hashable, answer: Answer, *, by: str) -> None:
        """Remember an answer that nothing spoilt."""
        if len(self._answers) >= MOST:
            self._answers = {}
        self._answers[by, key] = answer


def _items(values: list[Any]) -> Hashable:
    """A short list of plain values or of records of them; `_TOO_MUCH` where it is more than that."""
    if len(values) > _MOST_ITEMS:
        return _TOO_MUCH
    seen: list[Hashable] = []
    for value in values:
        parts = value.items() if value.__class__ is dict else (("", value),)
        for name, part in parts:
            kind = part.__class__
            if part is not None and (kind not in _PLAIN or (kind is str and len(part) > _LONGEST)):
                return _TOO_MUCH
            seen += (name, kind, part)
        seen.append(value.__class__)
    return tuple(seen)


def _look(node: Node, read: set[str], asked: set[str], patterns: dict[str, dict[str, None]]) -> bool:
    """Note what a condition reads, what it only asks the presence of, and its patterns; False: it has a clock."""
    if isinstance(node, Now):
        return False
    if isinstance(node, Matches) and isinstance(node.text, FactRef):
        patterns.setdefault(node.text.fact.name, {})[node.pattern] = None
        return True
    if isinstance(node, FactRef):
        read.add(node.fact.name)
    elif isinstance(node, OverriddenRef):
        read.add(node.key)
    elif isinstance(node, IsNone):
        asked.add(node.of.fact.name)
        return True
    return all(_look(each, read, asked, patterns) for each in children(node))


def _union(patterns: Sequence[str]) -> Any | None:
    if len(patterns) > _MOST_PATTERNS:
        return None
    try:
        return _program("|".join(f"(?:{pattern})" for pattern in patterns))
    except re2.error:  # all of them together are too much for RE2
        return None


def _program(pattern: str) -> Any:
    """Without captures, which searching by states alone does not need."""
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)

"""How often rules were evaluated and fired, kept in memory by minute until somebody writes it down.

Counting must cost a request nothing but an increment, so evaluations are counted once for all rules of an event kind
and only taken apart when the counts are fetched.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.values.deciding import Firing

_MINUTE_S = 60
_MOST_MINUTES = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """One rule in one minute; ``unknown`` are the firings for want of a fact."""

    rule: str
    minute_at: datetime
    evaluated: int
    fired: int
    unknown: int


class RuleCounts:
    """The counts of one process since they were last fetched. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._evaluated: dict[tuple[Sequence[str], int], int] = {}
        self._fired: dict[tuple[str, int], list[int]] = {}

    def note(self, rules: tuple[str, ...], firings: Iterable[Firing], *, now: datetime) -> None:
        """One evaluation of these rules, with what came of it; shadows count, for they are watched before they act."""
        minute = int(now.timestamp()) // _MINUTE_S
        with self._lock:
            self._evaluated[rules, minute] = self._evaluated.get((rules, minute), 0) + 1
            for firing in firings:
                found = self._fired.setdefault((firing.rule, minute), [0, 0])
                found[bool(firing.missing)] += 1

    def fetch(self) -> list[Count]:
        """Everything counted since the last time, by rule and minute; from now on it is the caller's."""
        with self._lock:
            evaluated, self._evaluated = self._evaluated, {}
            fired, self._fired = self._fired, {}
        sums: dict[tuple[str, int], int] = {}
        for (rules, minute), count in evaluated.items():
            for rule in rules:
                sums[rule, minute] = sums.get((rule, minute), 0) + count
        return [
            Count(rule, datetime.fromtimestamp(minute * _MINUTE_S, UTC), count, *fired.get((rule, minute), (0, 0)))
            for (rule, minute), count in sorted(sums.items())
        ]

    def give_back(self, counts: Iterable[Count]) -> None:
        """What could not be written down; it is forgotten only when there is too much of it."""
        with self._lock:
            if len(self._evaluated) > _MOST_MINUTES:
                return
            for each in counts:
                minute = int(each.minute_at.timestamp()) // _MINUTE_S
                key = ((each.rule,), minute)
                self._evaluated[key] = self._evaluated.get(key, 0) + each.evaluated
                found = self._fired.setdefault((each.rule, minute), [0, 0])
                found[0] += each.fired
                found[1] += each.unknown

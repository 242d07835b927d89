"""A set of patterns with their owners: which word a pattern is a spelling of, and by which trick.

A list of 64,000 words has half a million spellings, so an owner is a number in an array and not an object.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from app.text.many import Many, many_of
from app.text.spellings import Trick

_TRICK_BITS = 4
_TRICKS = tuple(Trick)


class Engine(Protocol):
    """Finds fixed strings in a text; both implementations are held to the same tests."""

    name: str

    def matches(self, text: str) -> Iterable[tuple[int, int]]:
        """Pairs (end, number of the pattern), by end, longest first; empty and false when there are none."""
        ...


class Owners(NamedTuple):
    """Of each pattern its length, an owner, and those it may have besides."""

    lengths: Sequence[int]
    first: Sequence[int]
    more: Many


class Spelled:
    """Patterns being gathered."""

    def __init__(self) -> None:
        self.patterns: dict[str, int] = {}
        self._owners = array("I")
        self._more: dict[int, list[int]] = {}

    def add(self, pattern: str, target: int, trick: Trick) -> None:
        """Note that the pattern is a spelling of the target's word."""
        owner = target << _TRICK_BITS | trick
        number = self.patterns.setdefault(pattern, len(self.patterns))
        if number == len(self._owners):
            self._owners.append(owner)
        elif self._owners[number] != owner and owner not in self._more.get(number, ()):
            self._more.setdefault(number, []).append(owner)

    def made_findable(self, build: Callable[[list[str]], Engine]) -> Lookup:
        """The finished lookup."""
        lengths = array("H", map(len, self.patterns))
        owners = Owners(lengths, self._owners, many_of(self._more, count=len(lengths)))
        return Lookup(build(list(self.patterns)), owners)


class Lookup:
    """Immutable. `find` is the engine's own and is asked first: most texts hold nothing."""

    def __init__(self, engine: Engine, owners: Owners) -> None:
        self.engine, self.owners = engine, owners
        self.find = engine.matches

    def owned(self, finds: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int, Trick]]:
        """Each find as (start, end, target, trick), once for every word it may be."""
        lengths = self.owners.lengths
        for end, number in finds:
            start = end - lengths[number]
            for owner, trick in owners_of(self.owners, number):
                yield start, end, owner, trick


def owners_of(owners: Owners, number: int) -> list[tuple[int, Trick]]:
    """The targets a pattern belongs to, each with its trick."""
    packed = (owners.first[number], *owners.more.of(number))
    return [(owner >> _TRICK_BITS, _TRICKS[owner & 15]) for owner in packed]

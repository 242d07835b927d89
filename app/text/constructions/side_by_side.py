"""Which letters may stand side by side in what a pattern matches, told part by part and never by listing matches.

A pattern of a few groups matches millions of texts, but of two neighbouring letters there are only some hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

_NONE: frozenset[str] = frozenset()


class Row(NamedTuple):
    """Of what a part matches: the letters it may begin and end with, the pairs in it, and whether it may be empty."""

    first: frozenset[str]
    last: frozenset[str]
    pairs: frozenset[str]
    may_be_empty: bool


NO_LETTER = Row(_NONE, _NONE, _NONE, may_be_empty=True)
ONE_LETTER = Row(_NONE, _NONE, _NONE, may_be_empty=False)
"""A letter of which nothing is known."""


def letter_of(letters: str) -> Row:
    """One of these letters."""
    some = frozenset(letters)
    return Row(some, some, _NONE, may_be_empty=False)


def any_word(words: Sequence[str]) -> Row:
    """One of these words, letter by letter."""
    some = [word for word in words if word]
    pairs = frozenset([word[at : at + 2] for word in some for at in range(len(word) - 1)])
    first, last = frozenset([word[0] for word in some]), frozenset([word[-1] for word in some])
    return Row(first, last, pairs, may_be_empty=not all(words))


def either(rows: Iterable[Row]) -> Row:
    """One of several parts."""
    some = list(rows)
    return Row(
        _NONE.union(*(row.first for row in some)),
        _NONE.union(*(row.last for row in some)),
        _NONE.union(*(row.pairs for row in some)),
        may_be_empty=any(row.may_be_empty for row in some),
    )


def in_a_row(rows: Iterable[Row]) -> Row:
    """Parts one after another."""
    some = list(rows)
    if len(some) <= 1:
        return some[0] if some else NO_LETTER
    first, last, pairs, may_be_empty = _NONE, _NONE, set[str](), True
    for row in some:
        pairs |= row.pairs
        pairs.update(_meeting(last, row.first))
        first = first | row.first if may_be_empty else first
        last = last | row.last if row.may_be_empty else row.last
        may_be_empty = may_be_empty and row.may_be_empty
    return Row(first, last, frozenset(pairs), may_be_empty=may_be_empty)


def repeated(row: Row, *, is_optional: bool) -> Row:
    """A part once or more, or also not at all."""
    pairs = row.pairs.union(_meeting(row.last, row.first))
    return Row(row.first, row.last, pairs, may_be_empty=is_optional or row.may_be_empty)


def _meeting(last: frozenset[str], first: frozenset[str]) -> Iterable[str]:
    return map("".join, product(last, first))

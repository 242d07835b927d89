"""The matcher sees through the tricks sellers use: a sample of `bench/evasion.py`, held to its bars row by row.

The bars are for all words; a sample may lie two standard errors below.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

import pytest

from bench.evasion import BARS, measure
from bench.tricks.rows import ROWS
from bench.tricks.tally import Tally

HIDING = [row.name for row in ROWS if row.name != "as written"]
NAMED_LEAST = 0.99


@cache
def tallies() -> dict[str, Tally]:
    return measure(fast=True)


@pytest.mark.parametrize("row", [row.name for row in ROWS if BARS[row.name]])
def test_a_hidden_word_is_found(row: str) -> None:
    tally = tallies()[row]
    error = sqrt(BARS[row] * (1 - BARS[row]) / max(tally.total, 1))

    assert tally.total >= 30 or not tally.is_applicable
    assert tally.share >= BARS[row] - 2 * error, f"{tally.found} of {tally.total}, missed: {tally.misses[:10]}"


@pytest.mark.parametrize("row", HIDING)
def test_a_find_says_which_trick_hid_it(row: str) -> None:
    tally = tallies()[row]

    assert tally.named >= NAMED_LEAST * tally.own, f"{tally.named} of {tally.own} name a trick: {tally.names}"


def test_a_hit_shows_what_stands_at_its_place() -> None:
    assert {name: tally.wrong_offsets for name, tally in tallies().items() if tally.wrong_offsets} == {}


def test_disguises_are_too_much_for_plain_matching() -> None:
    peer = sum(tallies()[row].peer for row in HIDING)

    assert peer <= 0.05 * sum(tallies()[row].total for row in HIDING)

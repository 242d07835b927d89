"""The sieve lets through every place where a pattern begins, so what is found with it is what is found without."""

from __future__ import annotations

import random

import numpy as np
import pytest

from app.text.engine_daachorse import DaachorseEngine, build_daachorse
from app.text.sieve import SHORTEST, sieve_of

ALPHABET = [chr(code) for code in range(0x4E00, 0x4E00 + 900)]
CHANCE = random.Random(7)
PATTERNS = sorted({"".join(CHANCE.choices(ALPHABET, k=CHANCE.choice((3, 3, 4, 5, 9)))) for _ in range(25_000)})


@pytest.fixture(scope="module")
def engine() -> DaachorseEngine:
    return build_daachorse(PATTERNS)


def without_sieve(engine: DaachorseEngine) -> DaachorseEngine:
    return DaachorseEngine(engine.automaton, engine.suffixes, engine.reach, None)


def text_with(some: list[str], *, length: int) -> str:
    chance = random.Random(length)
    pieces = ["".join(chance.choices(ALPHABET, k=length // (len(some) + 1))) for _ in range(len(some) + 1)]
    return "".join(piece + word for piece, word in zip(pieces, [*some, ""], strict=True))


@pytest.mark.parametrize("length", [SHORTEST, 5_000, 70_000])
def test_a_long_text_holds_the_same_words_with_and_without_it(engine, length):
    nested = [pattern[:-1] for pattern in PATTERNS if len(pattern) == 9][:5]
    text = text_with([*PATTERNS[::2_000], *nested, PATTERNS[3][:2]], length=length)

    found = list(engine.matches(text))

    assert engine.sieve is not None
    assert len(found) >= len(PATTERNS[::2_000])
    assert found == list(without_sieve(engine).matches(text))


def test_words_at_both_ends_overlapping_and_within_each_other_are_found():
    head, tail = PATTERNS[0], PATTERNS[-1]
    within = [*PATTERNS, head + tail, head[1:] + tail[0], tail[:3]]
    nested = build_daachorse(list(dict.fromkeys(within)))
    text = head + tail + text_with([head + tail], length=4_000) + head + tail

    assert nested.sieve is not None
    assert list(nested.matches(text)) == list(without_sieve(nested).matches(text))
    assert {len(head), len(text)} <= {end for end, _ in nested.matches(text)}


def test_only_places_where_a_pattern_may_begin_are_left_and_none_is_missing(engine):
    text = text_with(PATTERNS[::500], length=20_000)
    heads = {pattern[:3] for pattern in PATTERNS}
    true = [at for at in range(len(text)) if text[at : at + 3] in heads]

    left = engine.sieve.places(text)

    assert set(true) <= set(left)
    assert left == sorted(left)
    assert len(left) < len(true) + len(text) // 100


def test_a_text_full_of_words_is_walked_through_instead(engine):
    text = "".join(PATTERNS[:2_000])

    assert len(engine.sieve.places(text)) * 32 > len(text)
    assert list(engine.matches(text)) == list(without_sieve(engine).matches(text))


def test_few_patterns_or_one_too_short_have_none():
    assert sieve_of(PATTERNS[:100]) is None
    assert sieve_of([*PATTERNS, "一二"]) is None


def test_its_tables_keep_their_size_within_bounds():
    sieve = sieve_of(PATTERNS)

    assert sieve is not None
    assert len(sieve.coarse) == 1 << 19
    assert len(sieve.fine) == 1 << 18
    assert 0 < np.count_nonzero(sieve.coarse) <= len({pattern[:3] for pattern in PATTERNS})

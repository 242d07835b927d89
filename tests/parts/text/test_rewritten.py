"""A text written otherwise keeps the way back to where everything stood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.folding_table import WALL
from app.text.rewritten import closed_up, joined, pairs_from, pairs_in, without_letters_between

TEXTS = st.text(st.sampled_from("加微信亻言aB18。 "), max_size=30)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("加a微8信", "加微信"),
        ("加abc微", "加微"),
        ("加abcd微", "加abcd微"),
        ("a加微1", "a加微1"),
        ("加微信", "加微信"),
        ("加。1微", "加。1微"),
        ("加1。微2信", "加1。微信"),
    ],
)
def test_few_letters_between_chinese_characters_are_left_out(text, closed) -> None:
    assert without_letters_between(text).text == closed_up(text) == closed


def test_of_overlapping_parts_the_first_is_joined() -> None:
    rewritten = joined("我亻言品", [(2, 4, "諙"), (1, 3, "信")], around=9)

    assert rewritten.text == f"我信品{WALL}"
    assert (rewritten.place(0, 2), rewritten.place(1, 2)) == ((0, 3), (1, 3))
    assert (rewritten.is_touched(0, 1), rewritten.is_touched(0, 2)) == (False, True)


@pytest.mark.parametrize(
    ("text", "start", "places"),
    [
        ("加加微微信", 0, [(0, 2), (2, 4)]),
        ("加加微微信", 2, []),
        ("加加加微微", 0, []),
        ("加加加微微", 1, [(1, 3), (3, 5)]),
        ("妈妈", 0, []),
    ],
)
def test_only_several_pairs_on_end_are_a_disguise(text, start, places) -> None:
    assert [pair[:2] for pair in pairs_from(text, start, most=9)] == places


@settings(deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 28), st.integers(2, 4)), max_size=5))
def test_what_was_not_rewritten_stands_at_its_place(text, spans) -> None:
    parts = [(at, at + length, "信") for at, length in spans if at + length <= len(text)]
    pairs = pairs_in(text, 0, len(text))
    for rewritten in (
        without_letters_between(text),
        joined(text, parts, around=2),
        joined(text, pairs, around=len(text)),
    ):
        assert len(rewritten.text) == len(rewritten.starts) == len(rewritten.ends)
        for at, char in enumerate(rewritten.text):
            start, end = rewritten.place(at, at + 1)
            assert rewritten.is_touched(at, at + 1) or text[start:end] == char or char == WALL
        assert all(one < other for one, other in zip(rewritten.starts, rewritten.starts[1:], strict=False))

"""Sharing loses no fen and makes none, and the platform's word is held against the request line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.money.split import ONE, Difference, Line, differences, sharable_fen, share

FEN = st.integers(0, 10**12)
RATIOS = st.lists(st.integers(0, ONE), max_size=6).filter(lambda ratios: sum(ratios) <= ONE)


@given(total_fen=FEN, ratios=RATIOS)
def test_sharing_loses_no_fen_and_gives_nobody_more_than_the_ratio(total_fen, ratios):
    named = {str(number): ratio for number, ratio in enumerate(ratios)}
    shared = share(total_fen, named)

    assert sum(shared.amounts_fen.values()) + shared.rest_fen == total_fen
    assert shared.rest_fen >= 0
    assert all(amount * ONE <= total_fen * named[name] for name, amount in shared.amounts_fen.items())


@pytest.mark.parametrize(("total_fen", "ratios"), [(100, {"a": 6000, "b": 4001}), (100, {"a": -1}), (-1, {})])
def test_more_than_the_whole_cannot_be_shared(total_fen, ratios):
    with pytest.raises(InvalidInput):
        share(total_fen, ratios)


@given(paid=FEN, fee=FEN, shared=FEN, ratio=st.none() | st.integers(0, ONE))
def test_what_can_be_shared_never_exceeds_money_or_ratio(paid, fee, shared, ratio):
    left = sharable_fen(paid_fen=paid, fee_fen=fee, shared_fen=shared, max_ratio_bp=ratio)

    assert left >= 0
    assert left == 0 or left + shared + fee <= paid
    assert left == 0 or ratio is None or left + shared <= paid * ratio // ONE


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([("P1", "split", "a", 100), ("P1", "split", "b", 50)], []),
        ([("P1", "split", "b", 50), ("P1", "split", "a", 60), ("P1", "split", "a", 40)], []),
        ([("P1", "split", "a", 99), ("P1", "split", "b", 50)], [Difference("P1", "split", "a", 100, 99)]),
        ([("P1", "split", "a", 100)], [Difference("P1", "split", "b", 50, None)]),
        (
            [("P1", "split", "a", 100), ("P1", "split", "b", 50), ("P1", "return", "a", 1)],
            [Difference("P1", "return", "a", None, 1)],
        ),
    ],
)
def test_lines_that_differ_are_named_with_both_sides(told, found):
    asked = [Line("P1", "split", "a", 100), Line("P1", "split", "b", 50)]

    assert differences(asked, [Line(*each) for each in told]) == found

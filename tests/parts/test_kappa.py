"""Cohen's κ with its interval against published figures, and the share of agreement with Wilson's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review.kappa import agreed, kappa_of, wilson

OUTCOMES = ("pass", "label", "return", "block")
# Couples' ratings of Agresti (1990, table 2.10), as the R package vcd works κ and its error out.
COUPLES = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))
CELLS = st.dictionaries(st.tuples(st.sampled_from(OUTCOMES), st.sampled_from(OUTCOMES)), st.integers(0, 40))


def test_kappa_and_its_error_are_the_published_ones():
    cells = {(str(i), str(j)): COUPLES[i][j] for i in range(4) for j in range(4)}

    kappa, error = kappa_of(cells)

    assert kappa == pytest.approx(0.1293, abs=5e-5)
    assert error == pytest.approx(0.0686, abs=5e-5)


def test_wilsons_interval_is_the_published_one():
    low, high = wilson(81, 263)  # Newcombe (1998), method 3

    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_who_always_agrees_on_two_outcomes_has_kappa_one():
    found = agreed({("pass", "pass"): 7, ("block", "block"): 3})

    assert (found.kappa_bp, found.agreed_bp, found.agreed_high_bp) == (10_000, 10_000, 10_000)
    assert found.agreed_low_bp < 10_000


def test_few_pairs_that_agree_are_not_said_to_be_certain():
    few, many = (
        agreed({("pass", "pass"): 2, ("block", "block"): 1}),
        agreed({("pass", "pass"): 200, ("block", "block"): 100}),
    )

    assert few.kappa_low_bp == pytest.approx((wilson(3, 3)[0] - 5 / 9) / (4 / 9) * 10_000, abs=1)
    assert few.kappa_low_bp < 0
    assert 9_600 < many.kappa_low_bp < 10_000


def test_who_always_says_one_thing_has_no_kappa():
    assert agreed({("pass", "pass"): 7}).kappa_bp is None


def test_no_pairs_say_nothing():
    assert agreed({}).agreed_bp is None


@given(CELLS)
def test_kappa_never_exceeds_agreement_and_lies_in_its_interval(cells):
    found = agreed(cells)

    if found.kappa_bp is not None:
        assert found.kappa_bp <= found.agreed_bp
        assert -10_000 <= found.kappa_low_bp <= found.kappa_bp <= found.kappa_high_bp <= 10_000

"""Ranking is fair: equals are equal, borders belong to the better tier, and who has too little is not ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suppliers.ranking import Figures, Terms, rank, tier_of

TERMS = Terms(90, 20, 5, 6_000, 4_000, 2_000, 8_000)


def supplier(name, met=20, due=20, sales=1_000, orders=20, oversold=0):
    return Figures(name, orders, due, met, oversold, sales)


def test_ten_suppliers_are_two_six_and_two():
    ranked = rank([supplier(f"s-{number}", met=20 - number, sales=1_000 - number) for number in range(10)], TERMS)

    assert [each.figures.supplier_id for each in ranked] == [f"s-{number}" for number in range(10)]
    assert [each.tier for each in ranked] == ["strategic"] * 2 + ["distributor"] * 6 + ["local"] * 2
    assert [each.rank_bp for each in ranked] == [1_000 * place for place in range(1, 11)]


def test_equals_share_the_better_place_and_the_next_one_keeps_its_own():
    ranked = rank(
        [supplier("a"), supplier("b"), supplier("c", met=10), supplier("d", met=9), supplier("e", met=8)], TERMS
    )

    assert [(each.figures.supplier_id, each.place, each.tier) for each in ranked[:3]] == [
        ("a", 1, "strategic"),
        ("b", 1, "strategic"),
        ("c", 3, "distributor"),
    ]


def test_goods_that_ran_out_count_as_missed():
    assert supplier("a", met=18, due=18, oversold=2).fulfilment_bp == 9_000


def test_who_has_too_few_orders_or_no_deadline_is_not_ranked_and_takes_no_place():
    pool = [supplier(f"s-{number}") for number in range(5)]

    ranked = rank([*pool, supplier("few", orders=19), supplier("open", due=0, met=0)], TERMS)

    assert {each.figures.supplier_id: (each.tier, each.why) for each in ranked[5:]} == {
        "few": (None, "too_few_orders"),
        "open": (None, "no_deadlines"),
    }
    assert ranked[0].pool_count == 5


def test_a_shop_with_four_suppliers_has_no_tiers():
    ranked = rank([supplier(f"s-{number}") for number in range(4)], TERMS)

    assert {(each.tier, each.why) for each in ranked} == {(None, "too_few_suppliers")}


@pytest.mark.parametrize(
    ("rank_bp", "tier"), [(2_000, "strategic"), (2_001, "distributor"), (8_000, "distributor"), (8_001, "local")]
)
def test_a_border_belongs_to_the_better_tier(rank_bp, tier):
    assert tier_of(rank_bp, TERMS) == tier


def test_one_giant_does_not_push_the_others_sales_to_nothing():
    ranked = rank(
        [supplier(f"s-{number}", sales=1_000 + number) for number in range(4)] + [supplier("giant", sales=10**12)],
        TERMS,
    )

    assert {each.figures.supplier_id: each.sales_place_bp for each in ranked} == {
        "giant": 10_000,
        "s-3": 8_000,
        "s-2": 6_000,
        "s-1": 4_000,
        "s-0": 2_000,
    }


FIGURES = st.builds(
    Figures,
    st.uuids().map(str),
    st.integers(15, 40),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 5),
    st.integers(0, 10**9),
).map(lambda each: replace(each, met_count=min(each.met_count, each.due_count)))


@given(st.lists(FIGURES, max_size=30), st.randoms())
def test_the_order_given_changes_nothing_and_a_better_score_is_never_placed_behind(figures, chance):
    ranked = rank(figures, TERMS)
    shuffled = list(figures)
    chance.shuffle(shuffled)

    assert rank(shuffled, TERMS) == ranked
    placed = [each for each in ranked if each.place is not None]
    for one in placed:
        for other in placed:
            assert (one.score_bp > other.score_bp) == (one.place < other.place)

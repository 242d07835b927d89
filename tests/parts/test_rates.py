"""A rate gives its burst at once and then so many a minute, neither more nor less."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.values.rates import Rate
from tests.service import START

RATE = Rate(per_minute=60, burst_s=10)


def test_a_fresh_key_has_its_whole_burst_and_not_one_more():
    spent = None
    for _ in range(10):
        assert RATE.left(spent, now=START) >= 1
        spent = RATE.taken(spent, 1, now=START)

    assert RATE.left(spent, now=START) == 0
    assert RATE.wait(spent, 1, now=START) == timedelta(seconds=1)
    assert RATE.left(spent, now=START + timedelta(milliseconds=999)) == 0
    assert RATE.left(spent, now=START + timedelta(seconds=1)) == 1


def test_a_debt_is_waited_for_in_full():
    spent = RATE.taken(None, 70, now=START)

    assert RATE.left(spent, now=START + timedelta(seconds=60)) == 0
    assert RATE.left(spent, now=START + timedelta(seconds=61)) == 1
    assert RATE.left(spent, now=START + timedelta(seconds=70)) == RATE.burst


def test_a_slow_rate_still_lets_one_through():
    rate = Rate(per_minute=1, burst_s=1)

    assert rate.burst == 1
    spent = rate.taken(None, 1, now=START)
    assert rate.left(spent, now=START + timedelta(seconds=59)) == 0
    assert rate.left(spent, now=START + timedelta(seconds=60)) == 1


@given(
    st.integers(1, 100_000),
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 5_000_000), st.integers(1, 40)), min_size=1, max_size=60),
)
def test_no_stretch_of_time_sees_more_than_the_burst_and_what_was_earned(per_minute, burst_s, asked):
    rate, now, spent, taken = Rate(per_minute, burst_s), START, None, 0
    for pause_us, units in asked:
        now += timedelta(microseconds=pause_us)
        if rate.left(spent, now=now) >= units:
            spent, taken = rate.taken(spent, units, now=now), taken + units

    earned = (now - START) // timedelta(microseconds=1) * per_minute / 60_000_000
    assert taken <= rate.burst + earned + 1e-6

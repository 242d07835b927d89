"""What was told is remembered for the last so many keys, and no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.flows.recent import Recent

HALF = 4


@given(st.lists(st.dictionaries(st.integers(0, 30), st.integers(), max_size=3), max_size=30))
def test_the_last_that_were_kept_are_known_as_they_were_told_last_and_the_memory_is_bounded(batches):
    recent = Recent(HALF)
    told = {}
    for batch in batches:
        recent.keep(batch)
        for key, value in batch.items():
            told.pop(key, None)
            told[key] = value

        known = recent.among(range(31))

        assert known.items() <= told.items()
        assert set(list(told)[-HALF:]) <= set(known)
        assert len(recent) <= 2 * (HALF + 3)


def test_what_is_asked_about_again_and_again_is_not_forgotten():
    recent = Recent(HALF)
    recent.keep({"often": None})
    for number in range(100):
        recent.keep(recent.among(["often"]) | {number: number})

    assert recent.among(["often", 0, 99]) == {"often": None, 99: 99}

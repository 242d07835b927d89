"""Agreement and κ are what the books say, and samples are drawn evenly."""

from __future__ import annotations

import itertools
from collections import Counter
from random import Random

import pytest

from app.flows.agreement import CLASSES, READINGS, Agreement, Compared, agreement, harder_and_milder, kappa
from app.values.deciding import Verdict

PASS, REVIEW, BLOCK = CLASSES
HALF, AS_PASS, AS_BLOCK = READINGS.values()


def row(number, theirs, ours, *causes, category=""):
    return Compared(number, theirs, ours, ours, category, causes)


def test_two_readers_of_fifty_proposals_agree_as_cohens_formula_says() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement 0.7, by chance 0.5, κ 0.4."""
    cells = {(PASS, PASS): 20, (PASS, BLOCK): 5, (BLOCK, PASS): 10, (BLOCK, BLOCK): 15}

    for reading in READINGS.values():
        assert agreement(cells, reading) == pytest.approx(0.7)
        assert kappa(cells, reading) == pytest.approx(0.4)


def test_a_review_counts_as_each_reading_says() -> None:
    cells = {(PASS, REVIEW): 1, (BLOCK, REVIEW): 2, (REVIEW, REVIEW): 1}

    assert agreement(cells, HALF) == pytest.approx((0.5 + 2 * 0.5 + 1) / 4)
    assert agreement(cells, AS_PASS) == pytest.approx(2 / 4)
    assert agreement(cells, AS_BLOCK) == pytest.approx(3 / 4)


def test_the_half_reading_is_the_linearly_weighted_kappa() -> None:
    cells = {(PASS, PASS): 8, (PASS, REVIEW): 2, (REVIEW, BLOCK): 3, (BLOCK, BLOCK): 4, (BLOCK, PASS): 1}
    total = sum(cells.values())
    theirs, ours = Counter(), Counter()
    for (their, our), times in cells.items():
        theirs[their] += times
        ours[our] += times
    apart = sum(times * abs(CLASSES.index(a) - CLASSES.index(b)) for (a, b), times in cells.items()) / total
    by_chance = (
        sum(
            theirs[a] * ours[b] * abs(CLASSES.index(a) - CLASSES.index(b))
            for a, b in itertools.product(CLASSES, CLASSES)
        )
        / total**2
    )

    assert kappa(cells, HALF) == pytest.approx(1 - apart / by_chance)


@pytest.mark.parametrize("cells", [{}, {(PASS, PASS): 9}, {(BLOCK, BLOCK): 1}])
def test_where_all_is_one_thing_there_is_no_kappa(cells) -> None:
    assert kappa(cells, HALF) is None
    assert agreement(cells, HALF) == 1


def test_a_cause_is_counted_where_we_were_harder_and_where_we_were_not() -> None:
    found = Agreement(2, Random(1))

    found.add(
        [
            row(1, PASS, BLOCK, "word a", "rule r"),
            row(2, PASS, REVIEW, "word a"),
            row(3, BLOCK, BLOCK, "rule r"),
            row(4, BLOCK, REVIEW, "word b"),
            row(5, None, BLOCK, "word a"),
        ]
    )

    causes = [(name, cause.harder, cause.agreed) for name, cause in found.worst_causes(9)]
    assert causes == [("word a", 2, 0), ("rule r", 1, 1)]
    assert (found.skipped, sum(found.cells.values())) == (1, 4)
    assert harder_and_milder(found.cells) == (2, 1)


def test_each_row_of_a_disagreement_is_as_likely_to_be_shown() -> None:
    shown = Counter()
    for seed in range(600):
        found = Agreement(3, Random(seed))
        found.add(row(number, PASS, BLOCK) for number in range(12))
        assert len(found.samples[PASS, BLOCK]) == 3
        shown.update(each.row for each in found.samples[PASS, BLOCK])

    assert all(100 <= shown[number] <= 200 for number in range(12)), shown
    assert {Verdict.PASS, Verdict.REVIEW, Verdict.BLOCK} == set(CLASSES)

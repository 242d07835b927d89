"""Scores come from finished work by the weights, and a border belongs to the better grade."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.providers.rating import Rated, Terms, Work, grade_of, rate
from tests.service import START

TERMS = Terms(90, 30, 30, 4_000, 4_000, 2_000, 85, 70, 60, 15, 10, 90)


def test_the_score_weighs_service_fulfilment_and_innovation():
    rated = rate(Work("p", 30, 2_700, 30, 24, 10, 505, START), TERMS)

    assert (rated.service_score, rated.fulfilment_score, rated.innovation_score) == (90, 80, 50)
    assert rated.score == 78  # 0.4 x 90 + 0.4 x 80 + 0.2 x 50
    assert rated.grade == "B"


@pytest.mark.parametrize(
    "work",
    [
        Work("p", 0, 0, 30, 30, 9, 900, START),
        Work("p", 30, 900, 0, 0, 9, 900, START),
        Work("p", 30, 900, 30, 9, 0, 0, START),
    ],
)
def test_without_one_dimension_there_is_no_score(work):
    rated = rate(work, TERMS)

    assert (rated.score, rated.grade) == (None, None)
    assert rated.lacks(TERMS, now=START)
    assert "未知" in rated.told(None)


@pytest.mark.parametrize(
    ("score", "grade"), [(100, "A"), (85, "A"), (84, "B"), (70, "B"), (69, "C"), (60, "C"), (59, "D"), (0, "D")]
)
def test_a_border_belongs_to_the_better_grade(score, grade):
    assert grade_of(score, TERMS) == grade


def test_the_sample_is_the_smaller_of_judged_and_promised_work():
    assert rate(Work("p", 40, 4_000, 12, 12, 1, 90, START), TERMS).sample_count == 12


@pytest.mark.parametrize(("count", "age", "lacks"), [(30, 30, False), (29, 0, True), (30, 31, True)])
def test_thirty_pieces_of_work_within_thirty_days_are_enough(count, age, lacks):
    rated = Rated("p", 90, 90, 90, count, START - timedelta(days=age), 90, "A")

    assert rated.lacks(TERMS, now=START) is lacks


def test_a_provider_is_told_how_its_grade_changed():
    told = Rated("p", 82, 70, 60, 31, START, 72, "B").told("A")

    assert told == "服务 82 分、履约 70 分、创新 60 分，按权重合计 72 分，等级由 A 变为 B；依据 31 份服务单"

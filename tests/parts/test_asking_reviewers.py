"""Several reviewers are asked at once, each in its own time, and one that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.review.asking import Breakers, ask_together
from app.review.backend import Abstained
from app.values.deciding import Opinion, Verdict

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class Named:
    name: str
    timeout_s: float = 5.0
    title: str = ""
    version: str = "1"
    is_quick: bool = False
    is_advice: bool = False


def passes(reviewer):
    return Opinion(reviewer.name, Verdict.PASS, 9_000)


def test_all_are_asked_at_the_same_time_and_answer_in_order():
    together = threading.Barrier(3, timeout=5)

    def ask(reviewer):
        together.wait()  # breaks unless all three are being asked
        return passes(reviewer)

    asked = ask_together([Named("a"), Named("b"), Named("c")], ask, breakers=Breakers(), now=NOW)

    assert [each.said.reviewer for each in asked] == ["a", "b", "c"]


def test_one_that_hangs_costs_its_own_time_and_nobodys_opinion():
    ends = threading.Event()

    def ask(reviewer):
        if reviewer.name == "slow":
            ends.wait(5)
        return passes(reviewer)

    asked = ask_together([Named("slow", timeout_s=0.05), Named("quick")], ask, breakers=Breakers(), now=NOW)
    ends.set()

    assert asked[0].said == Abstained("timeout", is_failure=True)
    assert asked[1].said.verdict is Verdict.PASS
    assert asked[0].took_ms < 4_500


def test_a_reviewers_bug_is_an_abstention():
    def ask(reviewer):
        return passes(reviewer) if reviewer.name == "good" else reviewer.no_such_thing

    asked = ask_together([Named("bad"), Named("good")], ask, breakers=Breakers(), now=NOW)

    assert asked[0].said == Abstained("failed", is_failure=True)
    assert isinstance(asked[1].said, Opinion)


def test_after_five_failures_a_reviewer_rests_then_is_tried_once_and_rests_longer():
    breakers, calls = Breakers(), []

    def ask(reviewer):
        calls.append(reviewer.name)
        return Abstained("refused", is_failure=True)

    def at(seconds):
        [asked] = ask_together([Named("a")], ask, breakers=breakers, now=NOW + timedelta(seconds=seconds))
        return asked.said.why

    assert [at(second) for second in range(6)] == ["refused"] * 5 + ["resting"]
    assert (at(63), at(70), at(64 + 119), at(64 + 121)) == ("resting", "refused", "resting", "resting")
    assert at(70 + 121) == "refused"
    assert len(calls) == 7
    assert breakers.open(now=NOW + timedelta(seconds=200)) == ("a",)


@pytest.mark.parametrize("said", [Opinion("a", Verdict.BLOCK, 1), Abstained("unsure")])
def test_an_answer_of_any_kind_ends_a_row_of_failures(said):
    breakers = Breakers()
    for _ in range(4):
        breakers.note("a", failed=True, now=NOW)
    ask_together([Named("a")], lambda _: said, breakers=breakers, now=NOW)
    breakers.note("a", failed=True, now=NOW)

    assert breakers.may_ask("a", now=NOW)

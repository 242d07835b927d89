"""Rests in the middle of long work: as long as was worked, and never more in all than was allowed."""

from __future__ import annotations

import sys
import time

import pytest

from app.values.pause import Rests, no_pause, paused, yielding


def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_rests_are_as_long_as_the_work_before_them_and_end_with_the_allowance():
    slept = []
    rests = Rests(10.0, sleep=slept.append)

    work(0.01)
    rests()
    assert slept[0] >= 0.01
    rests.left_s = 0.005
    for _ in range(3):
        work(0.01)
        rests()

    assert slept[1:] == [0.005]


def test_rests_many_times_as_long_become_shorter_as_the_allowance_is_used_up_but_never_than_the_work():
    slept = {share: [] for share in (1.0, 0.5, 0.01)}

    for share, told in slept.items():
        for _ in range(5):
            rests = Rests(100.0, times=20.0, sleep=told.append)
            rests.left_s = 100.0 * share
            work(0.01)
            rests()

    shortest = [min(told) for told in slept.values()]
    assert all(rest >= wanted for rest, wanted in zip(shortest, (0.2, 0.1, 0.01), strict=True))
    assert shortest == sorted(shortest, reverse=True)
    assert shortest[-1] < 0.1


def test_no_rest_begins_when_the_work_has_taken_long_enough():
    slept = []
    rests = Rests(0.0001, sleep=slept.append)

    work(0.01)
    rests()

    assert slept == []


def test_short_work_is_gathered_until_a_rest_is_worth_it():
    slept = []
    rests = Rests(1.0, sleep=slept.append)

    rests()
    rests()

    assert slept == []


def test_items_come_as_they_are_with_a_pause_before_each():
    told = []

    assert list(paused([1, 2, 3], lambda: told.append(1))) == [1, 2, 3]
    assert len(told) == 3
    assert list(paused([], no_pause)) == []


def test_threads_take_turns_sooner_until_the_last_of_several_builders_is_done():
    usual = sys.getswitchinterval()
    seen = []

    with yielding:
        with yielding:
            seen.append(sys.getswitchinterval())
        seen.append(sys.getswitchinterval())

    assert all(0 < each < usual / 5 for each in seen)
    assert sys.getswitchinterval() == usual


def test_a_builder_that_fails_leaves_threads_taking_turns_as_usual():
    usual = sys.getswitchinterval()

    with pytest.raises(ValueError, match="no"), yielding:
        raise ValueError("no")

    assert sys.getswitchinterval() == usual

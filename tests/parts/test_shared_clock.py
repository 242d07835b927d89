"""The time all go by: no machine's clock moves it, and where clocks disagree or leap that is a doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app.shared_clock import SharedClock, steady_ns

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """Real time passes by ``wait``; the database's clock and this machine's may be wrong by anything."""

    def __init__(self):
        self.passed = self.database_off = self.machine_off = self.way_there = timedelta(0)
        self.is_away = False
        self.asked = 0
        self.clock = SharedClock(
            self.ask,
            differs_max=timedelta(seconds=30),
            stands_for=timedelta(minutes=15),
            wall=lambda: NOON + self.passed + self.machine_off,
            steady=lambda: self.passed // timedelta(microseconds=1) * 1_000,
        )

    def ask(self):
        self.asked += 1
        if self.is_away:
            raise OperationalError("SELECT", {}, Exception("away"))
        self.passed += self.way_there / 2
        there = NOON + self.passed + self.database_off
        self.passed += self.way_there / 2
        return there

    def wait(self, **span):
        self.passed += timedelta(**span)
        self.clock.look()
        return self.clock() - NOON - self.passed

    @property
    def doubt(self):
        return self.clock.doubt()


@pytest.fixture
def world():
    made = World()
    assert made.clock() == NOON
    return made


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, -DAY])
def test_a_machines_clock_that_leaps_moves_nothing_and_is_a_doubt_until_it_is_back(world, jump):
    world.machine_off = jump

    assert world.clock() == NOON, "not even before anybody has looked"
    assert world.wait(seconds=10) == timedelta(0)
    where = "ahead of" if jump > timedelta(0) else "behind"
    assert world.doubt == f"this machine's clock is {abs(jump).total_seconds():.0f} s {where} the database's"
    assert world.wait(days=2) == timedelta(0)
    assert world.doubt
    world.machine_off = timedelta(0)
    assert world.wait(seconds=10) == timedelta(0)
    assert world.doubt is None


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, -DAY])
def test_a_leap_of_both_clocks_is_followed_and_believed_after_it_has_stood(world, jump):
    world.machine_off = world.database_off = jump

    assert world.wait(seconds=10) == jump
    assert world.doubt.startswith(f"the clock leapt {abs(jump).total_seconds():.0f} s")
    assert world.wait(minutes=14) == jump
    assert world.doubt
    assert world.wait(minutes=1) == jump
    assert world.doubt is None


def test_a_database_whose_clock_leaps_is_a_doubt_for_as_long_as_machines_disagree(world):
    world.database_off = DAY

    assert world.wait(seconds=10) == DAY, "all processes go by one clock"
    world.wait(hours=2)
    assert "behind the database's" in world.doubt


@pytest.mark.parametrize(("seconds", "is_doubted"), [(30, False), (30.001, True), (-30, False), (-30.001, True)])
def test_clocks_may_differ_by_the_limit_and_no_more(world, seconds, is_doubted):
    world.machine_off = timedelta(seconds=seconds)
    world.wait(seconds=10)

    assert (world.doubt is not None) is is_doubted


def test_small_differences_of_the_way_there_do_not_make_time_tremble(world):
    times = []
    for way_ms in (0, 80, 10, 150, 1):
        world.way_there = timedelta(milliseconds=way_ms)
        world.passed += timedelta(seconds=5)
        world.clock.look()
        times.append(world.clock() - world.passed)

    assert set(times) == {NOON}


def test_an_answer_that_took_long_tells_nothing(world):
    world.way_there, world.database_off = timedelta(seconds=90), HOUR

    world.wait(seconds=10)

    assert world.doubt is None
    assert world.clock() == NOON + world.passed


def test_it_asks_once_in_five_seconds_and_a_database_that_is_away_costs_no_time(world):
    world.is_away = True
    world.passed += timedelta(seconds=6)
    with pytest.raises(OperationalError):
        world.clock.look()
    world.clock.look()
    world.clock.look()

    assert world.asked == 2
    assert world.clock() == NOON + world.passed


def test_as_long_as_the_database_was_never_reached_it_is_the_machines_time():
    world = World()
    world.is_away, world.machine_off = True, HOUR

    assert world.clock() == NOON + HOUR
    world.is_away = False
    world.passed += timedelta(seconds=6)
    assert world.clock() == NOON + world.passed


def test_the_steady_clock_goes_on():
    began = steady_ns()

    assert 0 <= steady_ns() - began < 60 * 10**9

"""Counting evaluations and firings in memory: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from app.rules.counts import Count, RuleCounts
from app.values.deciding import Firing, Verdict

AT = datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)
MINUTE = AT.replace(second=0)
RULES = ("A-01", "B-02")


def firing(rule, *missing):
    return Firing(rule, "p", Verdict.BLOCK, "", (), missing=missing)


def test_every_rule_of_an_evaluation_is_counted_and_those_that_fired_too():
    counts = RuleCounts()
    counts.note(RULES, [firing("A-01")], now=AT)
    counts.note(RULES, [firing("A-01"), firing("B-02", "category")], now=AT)
    counts.note(RULES, [], now=AT + timedelta(minutes=1))

    assert counts.fetch() == [
        Count("A-01", MINUTE, 2, 2, 0),
        Count("A-01", MINUTE + timedelta(minutes=1), 1, 0, 0),
        Count("B-02", MINUTE, 2, 0, 1),
        Count("B-02", MINUTE + timedelta(minutes=1), 1, 0, 0),
    ]
    assert counts.fetch() == []


def test_what_could_not_be_written_is_counted_on():
    counts = RuleCounts()
    counts.note(RULES, [firing("A-01")], now=AT)
    taken = counts.fetch()
    counts.note(RULES, [firing("A-01")], now=AT)

    counts.give_back(taken)

    assert counts.fetch() == [Count("A-01", MINUTE, 2, 2, 0), Count("B-02", MINUTE, 2, 0, 0)]


def test_threads_that_count_at_once_lose_nothing():
    counts, fetched = RuleCounts(), []

    def count():
        for _ in range(2000):
            counts.note(RULES, [firing("B-02")], now=AT)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        fetched += counts.fetch()
    fetched += counts.fetch()

    assert sum(each.evaluated for each in fetched if each.rule == "A-01") == 8000
    assert sum(each.fired for each in fetched) == 8000

"""A probe answers in time whatever it looks at does, and looks once at a time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.web.probe import Probe


def test_what_is_seen_is_told_and_each_look_is_a_new_one():
    seen = iter(range(3))
    probe = Probe(lambda: next(seen), within_s=5)

    assert [probe.ask(), probe.ask()] == [0, 1]


def test_a_look_that_hangs_is_told_as_nothing_and_holds_one_thread_for_all_who_ask():
    goes_on, looks = threading.Event(), []

    def look():
        looks.append(threading.current_thread())
        assert goes_on.wait(10)
        return "there"

    probe = Probe(look, within_s=0.02)
    with ThreadPoolExecutor(8) as many:
        assert list(many.map(lambda _: probe.ask(), range(16))) == [None] * 16
    assert len(looks) == 1

    goes_on.set()
    looks[0].join(10)
    assert probe.ask() == "there"
    assert len(looks) == 2


def test_whoever_comes_during_a_look_shares_it():
    goes_on, looks = threading.Event(), []

    def look():
        looks.append(1)
        assert goes_on.wait(10)
        return len(looks)

    probe = Probe(look, within_s=10)
    with ThreadPoolExecutor(4) as many:
        asked = [many.submit(probe.ask) for _ in range(4)]
        while not looks:
            time.sleep(0.001)
        time.sleep(0.01)
        goes_on.set()
        assert {each.result(10) for each in asked} <= {1, 2}
    assert len(looks) <= 2


def test_what_a_look_raises_reaches_who_asked():
    def look():
        raise KeyError("on purpose")

    with pytest.raises(KeyError, match="on purpose"):
        Probe(look, within_s=5).ask()

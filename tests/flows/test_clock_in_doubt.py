"""While it is not known what time it is the worker does what can be done at any time, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app import feeds, queue
from app.jobs.schedule import RECURRING, SEAL_AUDIT
from app.jobs.work import AT_ANY_TIME, WORK
from app.jobs.worker import Worker
from app.models import Feed, QueueRow
from app.shared_clock import SharedClock
from tests.service import START, make_service

HOUR = timedelta(hours=1)


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


@pytest.fixture
def machine(service):
    """A machine whose clock may be off by ``ahead``, and time that passes by the database's clock."""

    class Machine:
        ahead = timedelta(0)

        def __init__(self):
            clock = SharedClock(
                service.clock,
                differs_max=timedelta(seconds=30),
                stands_for=timedelta(minutes=15),
                wall=lambda: service.clock.at + self.ahead,
                steady=lambda: (service.clock.at - START) // timedelta(microseconds=1) * 1_000,
            )
            clock.look()
            self.worker = Worker(replace(service.parts, now=clock, shared_clock=clock))

        def leap(self, ahead):
            self.ahead = ahead
            service.clock.advance(seconds=10)

    return Machine()


@pytest.fixture
def done(monkeypatch):
    """What was worked, in order."""
    kinds = []

    def work(parts, claim, now):
        kinds.append(claim.kind)
        parts.db.write(lambda session: queue.finish(session, claim, now=now))

    for kind in WORK:
        monkeypatch.setitem(WORK, kind, work)
    return kinds


def add(service, kind):
    now = service.clock()
    return service.parts.db.write(lambda s: queue.add(s, kind=kind, payload={}, due_at=now - HOUR, now=now))


def work_off(worker):
    for _ in range(100):
        if not worker.work_due():
            return


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_only_what_can_be_done_at_any_time_is_done_until_the_clocks_agree(service, machine, done, ahead):
    for kind in WORK:
        add(service, kind)
    machine.leap(ahead)

    work_off(machine.worker)
    assert set(done) == AT_ANY_TIME
    assert not {"due_deadlines", "pay_claim", "settle_claims", "prune_records"} & AT_ANY_TIME

    machine.leap(timedelta(0))
    work_off(machine.worker)
    assert set(done) == set(WORK)
    assert done.count(SEAL_AUDIT) >= 2, "what recurs is scheduled again"
    assert len(done) == len(WORK) + len(RECURRING)


def test_a_lease_is_not_over_while_it_is_in_doubt_what_time_it_is(service, machine, done):
    row_id = add(service, "deliver_webhook")
    db = service.parts.db
    db.write(lambda session: queue.claim(session, worker="another", now=service.clock()))
    machine.leap(HOUR)
    service.clock.advance(minutes=2)

    work_off(machine.worker)
    assert done == []

    machine.leap(timedelta(0))
    work_off(machine.worker)
    assert done[0] == "deliver_webhook"
    with db.read() as session:
        assert session.get(QueueRow, row_id).attempts == 2


@pytest.fixture
def feed(database):
    def heard(at):
        news = feeds.Heard("shop-1", "shop:shop-1", 1, at, tells_orders=True)
        database.write(lambda session: feeds.note(session, news, now=at))
        with database.read() as session:
            return session.get(Feed, ("shop-1", "shop:shop-1"))

    return heard


def test_what_was_heard_in_the_future_says_nothing_of_a_feeds_silence(feed):
    row = feed(START + timedelta(days=1))  # a clock was a day ahead, and was set right

    assert not feeds.fresh(row, START)
    assert not feeds.fresh(row, START + timedelta(hours=20))
    row = feed(START + HOUR)
    assert row.last_received_at == START + HOUR
    assert not feeds.fresh(row, START + HOUR + timedelta(minutes=29)), "what piled up has to come first"
    assert feeds.fresh(row, START + HOUR + timedelta(minutes=30))


def test_machines_whose_clocks_differ_by_a_minute_keep_a_feed_fresh(feed):
    row = feed(START + timedelta(minutes=1))

    assert feeds.fresh(row, START)

"""Claimable rows: claimed by exactly one worker, never lost by a crash, tried a bounded number of times."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from kill.children import child_at
from sqlalchemy import select

from app import queue
from app.models import QueueRow

MINUTE = timedelta(minutes=1)


def add(database, now, *, kind="deliver", due_in=timedelta(0), **options):
    payload = options.pop("payload", {"n": 1})
    return database.write(
        lambda session: queue.add(session, kind=kind, payload=payload, due_at=now + due_in, now=now, **options)
    )


def claim(database, now, *, worker="w1", **options):
    return database.write(lambda session: queue.claim(session, worker=worker, now=now, **options))


def row(database, row_id):
    with database.read() as session:
        return session.get(QueueRow, row_id)


def test_a_row_is_claimed_when_due_and_not_before(database, now):
    row_id = add(database, now, due_in=MINUTE)

    assert claim(database, now + MINUTE - timedelta(microseconds=1)) == []
    assert [found.id for found in claim(database, now + MINUTE)] == [row_id]


def test_what_was_meant_at_once_by_a_clock_ahead_is_due_when_the_clock_is_right_again(database, now):
    ahead = now + timedelta(days=1)
    at_once = add(database, ahead)
    later = add(database, ahead, due_in=MINUTE)
    recurring = add(database, ahead, kind="seal")
    tried = add(database, now, kind="other")
    [claimed] = claim(database, now)
    database.write(lambda session: queue.retry(session, claimed, error="x", due_at=now + MINUTE, now=now))
    assert claim(database, now) == []

    assert database.write(lambda session: queue.bring_back(session, but=["seal"], now=now)) == 1

    assert [found.id for found in claim(database, now)] == [at_once]
    assert [row(database, each).due_at for each in (later, recurring, tried)] == [ahead + MINUTE, ahead, now + MINUTE]


def test_a_claim_carries_what_was_added(database, now):
    payload = {"case": "c-1", "金额": 5, "nested": {"list": [1, None, True]}}
    row_id = add(database, now, payload=payload, max_attempts=3)

    (found,) = claim(database, now, worker="w7", lease=MINUTE)

    assert found == queue.Claim(row_id, "deliver", payload, 1, 3, "w7", now + MINUTE)


def test_rows_are_claimed_in_the_order_they_are_due_and_at_most_as_many_as_asked(database, now):
    due = {minutes: add(database, now, due_in=-minutes * MINUTE) for minutes in (3, 9, 1, 7, 5)}

    first = [found.id for found in claim(database, now, limit=2)]
    rest = [found.id for found in claim(database, now)]

    assert first == [due[9], due[7]]
    assert rest == [due[5], due[3], due[1]]


def test_a_leased_row_is_not_claimed_again_until_the_lease_runs_out(database, now):
    add(database, now)
    claim(database, now, worker="w1", lease=MINUTE)

    assert claim(database, now + MINUTE - timedelta(seconds=1), worker="w2") == []
    (again,) = claim(database, now + MINUTE, worker="w2")
    assert (again.attempt, again.leased_by) == (2, "w2")


def test_workers_racing_claim_each_row_exactly_once(database, now):
    ids = {add(database, now) for _ in range(60)}
    together = threading.Barrier(6)

    def work(number):
        together.wait(10)
        mine = []
        while batch := claim(database, now, worker=f"w{number}", limit=4):
            mine += [found.id for found in batch]
        return mine

    with ThreadPoolExecutor(6) as workers:
        claimed = Counter(row_id for mine in workers.map(work, range(6)) for row_id in mine)

    assert set(claimed) <= ids
    left = {found.id for found in claim(database, now, limit=100)}  # rows a rival held locked while the others gave up
    assert set(claimed) | left == ids
    assert not set(claimed) & left
    assert set(claimed.values()) == {1}


def test_a_slot_is_added_once_however_many_add_it_at_once(database, now):
    together = threading.Barrier(8)

    def add_it(_):
        together.wait(10)
        return add(database, now, kind="prune", slot_key="prune:2026-11-23T10")

    with ThreadPoolExecutor(8) as schedulers:
        ids = list(schedulers.map(add_it, range(8)))

    assert len([row_id for row_id in ids if row_id is not None]) == 1
    assert len(claim(database, now)) == 1


def test_a_slot_stays_taken_after_its_work_is_done(database, now):
    add(database, now, slot_key="prune:10")
    (found,) = claim(database, now)
    assert database.write(lambda session: queue.finish(session, found, now=now))

    assert add(database, now, slot_key="prune:10") is None
    assert add(database, now, slot_key="prune:11") is not None


def test_rows_without_a_slot_never_collide(database, now):
    assert len({add(database, now) for _ in range(3)} - {None}) == 3


def test_an_added_row_vanishes_with_the_transaction_of_its_cause(database, now):
    def fail_after_adding(session):
        queue.add(session, kind="deliver", payload={}, due_at=now, now=now, slot_key="once")
        raise KeyError("the cause failed")

    with pytest.raises(KeyError):
        database.write(fail_after_adding)

    assert claim(database, now) == []
    assert add(database, now, slot_key="once") is not None


def test_finishing_closes_the_row_for_good(database, now):
    row_id = add(database, now)
    (found,) = claim(database, now)

    assert database.write(lambda session: queue.finish(session, found, now=now + MINUTE))

    assert claim(database, now + timedelta(days=1)) == []
    closed = row(database, row_id)
    assert (closed.state, closed.finished_at, closed.leased_by) == ("done", now + MINUTE, None)


@pytest.mark.parametrize(
    "leave",
    [
        lambda session, claim, now: queue.finish(session, claim, now=now),
        lambda session, claim, now: queue.retry(session, claim, error="x", due_at=now, now=now),
        lambda session, claim, now: queue.fail(session, claim, error="x", now=now),
    ],
    ids=["finish", "retry", "fail"],
)
@pytest.mark.parametrize("thief", ["w2", "w1"], ids=["another worker", "a later attempt of the same worker"])
def test_leaving_a_row_whose_lease_was_lost_is_false_and_changes_nothing(database, now, leave, thief):
    row_id = add(database, now)
    (lost,) = claim(database, now, worker="w1", lease=MINUTE)
    (held,) = claim(database, now + MINUTE, worker=thief, lease=MINUTE)

    assert database.write(lambda session: leave(session, lost, now + MINUTE)) is False

    found = row(database, row_id)
    assert (found.state, found.leased_by, found.attempts, found.last_error) == ("running", thief, 2, None)
    assert database.write(lambda session: queue.finish(session, held, now=now + MINUTE)) is True


def test_a_finished_row_cannot_be_finished_twice(database, now):
    add(database, now)
    (found,) = claim(database, now)

    first, second = (database.write(lambda session: queue.finish(session, found, now=now)) for _ in range(2))

    assert (first, second) == (True, False)


def test_a_retried_row_comes_back_when_it_said(database, now):
    row_id = add(database, now)
    (found,) = claim(database, now)
    later = now + 5 * MINUTE

    assert database.write(lambda session: queue.retry(session, found, error="timeout", due_at=later, now=now))

    assert claim(database, later - timedelta(seconds=1)) == []
    (again,) = claim(database, later)
    assert (again.id, again.attempt) == (row_id, 2)
    assert row(database, row_id).last_error == "timeout"


def test_the_last_allowed_attempt_that_is_retried_fails_instead(database, now):
    row_id = add(database, now, max_attempts=2)
    for _ in range(2):
        (found,) = claim(database, now)
        database.write(lambda session, found=found: queue.retry(session, found, error="no", due_at=now, now=now))

    closed = row(database, row_id)
    assert (closed.state, closed.last_error, closed.finished_at) == ("failed", "no", now)
    assert claim(database, now + timedelta(days=1)) == []


def test_a_row_whose_workers_die_on_every_attempt_becomes_failed(database, now):
    row_id = add(database, now, max_attempts=2)
    for number in range(2):
        assert len(claim(database, now + number * MINUTE, lease=MINUTE)) == 1

    assert claim(database, now + 2 * MINUTE) == []
    closed = row(database, row_id)
    assert (closed.state, closed.attempts, closed.last_error) == ("failed", 2, "the worker died on every attempt")


def test_an_error_longer_than_the_column_is_cut_not_refused(database, now):
    row_id = add(database, now)
    (found,) = claim(database, now)

    database.write(lambda session: queue.fail(session, found, error="长" * 5000, now=now))

    assert row(database, row_id).last_error == "长" * 2000


def test_backlog_counts_due_rows_that_nobody_has_closed(database, now):
    add(database, now, due_in=MINUTE)
    for _ in range(3):
        add(database, now)
    done, running = claim(database, now, limit=2)
    database.write(lambda session: queue.finish(session, done, now=now))

    with database.read() as session:
        assert queue.backlog(session, now=now) == 2
        assert queue.backlog(session, now=now + MINUTE) == 3
    assert running.attempt == 1


def test_a_row_claimed_by_a_killed_process_is_claimed_again_after_its_lease(database, now):
    row_id = add(database, now)

    with child_at("claim_row", database.url, now.isoformat()) as (child, claimed_id):
        child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL

    assert claimed_id == row_id
    assert claim(database, now + queue.LEASE - timedelta(seconds=1)) == []
    (again,) = claim(database, now + queue.LEASE)
    assert (again.id, again.attempt) == (row_id, 2)
    with database.read() as session:
        assert session.scalars(select(QueueRow.state)).all() == ["running"]


def test_a_claim_that_was_never_committed_leaves_the_row_waiting(database, now):
    row_id = add(database, now)

    with child_at("claim_uncommitted", database.url, now.isoformat()) as (child, claimed_id):
        child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL

    assert claimed_id == row_id
    for _ in range(100):  # PostgreSQL needs a moment to notice that its client is gone
        if found := claim(database, now):
            break
        time.sleep(0.02)
    assert [(again.id, again.attempt) for again in found] == [(row_id, 1)]

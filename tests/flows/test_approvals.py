"""Approvals: whoever asked never decides, and a request is decided exactly once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import approvals
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Approval

HOUR = timedelta(hours=1)


def ask(database, now, **options):
    options = {
        "action": "rules.activate",
        "object_id": "sha256:1",
        "payload": {"n": 1},
        "reason": "new law",
        "by": "officer:lin",
    } | options
    return database.write(lambda session: approvals.ask(session, now=now, **options).id)


def decide(database, approval_id, now, *, approve=True, by="officer:mei", reason="checked"):
    return database.write(
        lambda session: approvals.decide(session, approval_id, approve=approve, reason=reason, by=by, now=now)
    )


def find(database, approval_id):
    with database.read() as session:
        return session.get(Approval, approval_id)


@pytest.mark.parametrize(("approve", "state"), [(True, "approved"), (False, "refused")])
def test_a_second_person_decides(database, now, approve, state):
    approval_id = ask(database, now)

    returned = decide(database, approval_id, now + HOUR, approve=approve)

    for found in (returned, find(database, approval_id)):
        assert (found.state, found.decided_by, found.decided_at) == (state, "officer:mei", now + HOUR)
        assert (found.requested_by, found.payload, found.decision_reason) == ("officer:lin", {"n": 1}, "checked")


@pytest.mark.parametrize("approve", [True, False])
def test_the_asker_never_decides(database, now, approve):
    approval_id = ask(database, now)

    with pytest.raises(Forbidden):
        decide(database, approval_id, now, approve=approve, by="officer:lin")

    assert find(database, approval_id).state == "waiting"


@pytest.mark.parametrize("reason", ["", " ", "\n\t　"])
def test_asking_without_a_reason_is_refused(database, now, reason):
    with pytest.raises(InvalidInput):
        ask(database, now, reason=reason)

    with database.read() as session:
        assert approvals.waiting(session) == []


def test_a_decided_request_is_not_decided_again_and_says_by_whom_it_was(database, now):
    approval_id = ask(database, now)
    decide(database, approval_id, now, approve=False)

    with pytest.raises(Conflict, match="already refused by officer:mei"):
        decide(database, approval_id, now, approve=True, by="officer:wu")

    assert find(database, approval_id).state == "refused"


def test_a_request_decided_by_many_at_once_is_decided_by_one(database, now):
    approval_id = ask(database, now)
    together = threading.Barrier(8)

    def try_it(number):
        together.wait(10)
        try:
            return decide(database, approval_id, now, approve=number % 2 == 0, by=f"officer:{number}").decided_by
        except Conflict as lost:
            return lost.detail

    with ThreadPoolExecutor(8) as deciders:
        answers = Counter(deciders.map(try_it, range(8)))

    found = find(database, approval_id)
    assert answers == {found.decided_by: 1, f"already {found.state} by {found.decided_by}": 7}


def test_an_expired_request_is_refused_from_the_instant_it_expires(database, now):
    approval_id, other_id = (ask(database, now, expires_at=now + HOUR) for _ in range(2))

    assert decide(database, other_id, now + HOUR - timedelta(seconds=1)).state == "approved"
    with pytest.raises(Conflict, match="expired"):
        decide(database, approval_id, now + HOUR)

    assert find(database, approval_id).state == "waiting"


def test_deciding_what_was_never_asked_is_not_found(database, now):
    with pytest.raises(NotFound):
        decide(database, "nothing", now)


def test_waiting_lists_the_undecided_oldest_first(database, now):
    late, early, decided = (ask(database, now + hours * HOUR) for hours in (3, 1, 2))
    decide(database, decided, now)

    with database.read() as session:
        assert [approval.id for approval in approvals.waiting(session)] == [early, late]

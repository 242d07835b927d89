"""The worker does the vault's chores by itself: it goes on with a rotation, and prunes at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from factories import make_case, make_content, make_screening
from kill.rotation import keyring
from sqlalchemy import func, select

from app.flows.keep_person import keep_person
from app.flows.rotate_keys import begin_rotation, go_on_rotating
from app.jobs.schedule import PRUNE_RECORDS, ROTATE_KEYS, schedule_due
from app.jobs.work import WORK
from app.jobs.worker import Worker
from app.metrics import VAULT_KEYS_LEFT
from app.models import AuditRow, DataKey, QueueRow, Screening
from app.values.access import Caller
from app.vault.people import People
from tests.service import START, make_service

BY = Caller("k", "key:k", frozenset(), None)


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


def keep_many(parts, number=6):
    for each in range(number):
        keep_person(parts, f"buyer:{each}", {"phone": f"1380013{each:04d}"}, shop_id=None, caller=BY, now=START)


def work_off(service, kind):
    """Work the row of one kind, as the worker does when it has claimed it."""
    worker = Worker(service.parts)
    for _ in range(40):
        if not worker.work_due():
            break
    with service.parts.db.read() as session:
        return session.scalars(select(QueueRow.state).where(QueueRow.kind == kind)).all()


def test_the_worker_goes_on_with_a_rotation_somebody_began(service):
    keep_many(service.parts)
    service.clock.advance(days=1)
    left = begin_rotation(service.parts, persons=True, by="cli", now=service.clock())
    assert left.to_renew == 7

    assert set(work_off(service, ROTATE_KEYS)) == {"done"}

    with service.parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(DataKey).where(DataKey.generation == 1)) == 7
        alive = select(DataKey.generation).where(DataKey.wrapped.is_not(None))
        assert set(session.scalars(alive)) == {2}
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "vault.rotate"))
    assert row.details == {"persons": True, "to_renew": 7, "to_rewrap": 0}


def test_a_rotation_stops_when_its_time_is_over_and_the_gauge_says_what_is_left(service):
    old = replace(service.parts, people=People(keyring(1)))
    keep_many(old)
    parts = replace(service.parts, people=People(keyring(1, 2)))
    ticks = count()

    left = go_on_rotating(parts, seconds=0.5, now=START, clock=lambda: next(ticks))
    assert left.to_rewrap == 7

    assert go_on_rotating(parts, seconds=60, now=START).total == 0
    assert VAULT_KEYS_LEFT.labels("kek")._value.get() == 0


def test_old_records_are_pruned_once_a_night_at_two_in_china(service):
    parts = service.parts

    def work(session):
        make_case(session, make_screening(session, make_content(session), created_at=START), state="decided")

    parts.db.write(work)
    service.clock.advance(days=1_100)

    assert set(work_off(service, PRUNE_RECORDS)) == {"done"}

    with parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Screening)) == 0
    night = START.replace(hour=18, minute=0) + timedelta(days=2_000)
    slots = []
    for hours in (-1, 0, 1, 23, 24):
        schedule_due(parts, now=night + timedelta(hours=hours))
        slots.append(parts.scheduled[PRUNE_RECORDS])
    assert slots == [slots[0], slots[0] + 1, slots[0] + 1, slots[0] + 1, slots[0] + 2]


def test_every_chore_has_its_work():
    assert {PRUNE_RECORDS, ROTATE_KEYS} <= set(WORK)

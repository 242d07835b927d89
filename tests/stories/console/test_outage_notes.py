"""Every page says what is in the way that officers would take for their own: a clock, a disk, a silent shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import queue
from app.flows.watch_feeds import check_feeds
from app.shared_clock import SharedClock
from tests.applications import application
from tests.console import Page, officer_of, put_officer, sign_in, token
from tests.english import chinese
from tests.service import START, Service, make_service, shipped_judge

PAGE = "/console/rules"
OFF = timedelta(minutes=3)


class Machine:
    """A machine whose clock, and the database's, a test sets."""

    def __init__(self):
        self.passed, self.off, self.database_off = timedelta(0), timedelta(0), timedelta(0)
        self.clock = SharedClock(
            lambda: START + self.passed + self.database_off,
            differs_max=timedelta(seconds=30),
            stands_for=timedelta(minutes=15),
            wall=lambda: START + self.passed + self.off,
            steady=lambda: self.passed // timedelta(microseconds=1) * 1_000,
        )

    def wait(self, span=timedelta(minutes=1)):
        self.passed += span
        self.clock.look()


@pytest.fixture
def machine(sqlite_service):
    """With a service that goes by it."""
    made = Machine()
    made.wait()
    parts = replace(sqlite_service.parts, shared_clock=made.clock)
    return made, Service(parts, sqlite_service.clock, application(parts))


def notes(officer, path=PAGE):
    page = officer.get(path)
    assert page.status_code == 200
    return [part.partition("</p>")[0] for part in page.text.split(' stale" role="')[1:]]


@pytest.mark.parametrize(("off", "said"), [(OFF, "比数据库快 3 分"), (-OFF, "比数据库慢 3 分")])
def test_a_clock_that_differs_is_told_with_what_waits_until_it_is_right(machine, off, said):
    world, service = machine
    officer = officer_of(service)
    assert notes(officer) == []

    world.off = off
    world.wait()
    [told] = notes(officer)
    assert said in told
    assert "时限判定、付款与清理暂缓" in told
    assert told.startswith('alert"')
    assert len(notes(officer, "/console/cases")) == 1

    world.off = timedelta(0)
    world.wait()
    assert notes(officer) == []


def test_a_clock_that_leapt_is_told_with_how_long_it_is_not_believed(machine):
    world, service = machine
    officer = officer_of(service)

    world.off = world.database_off = timedelta(hours=2)
    world.wait()
    [told] = notes(officer)
    assert "时钟跳变了 2 小时" in told
    assert "15 分" in told

    world.wait(timedelta(minutes=16))
    assert notes(officer) == []


def test_it_is_told_in_english_too(machine):
    world, service = machine
    officer = officer_of(service)
    officer.post("/console/language", data={"language": "en", "csrf_token": token(officer, "/console/account")})

    world.off = OFF
    world.wait()

    [told] = notes(officer)
    assert "Deadlines, payments and pruning wait" in told
    assert chinese(officer.get(PAGE).text) == []


def test_a_full_disk_is_told_for_as_long_as_it_is_fresh(sqlite_service):
    officer, db = officer_of(sqlite_service), sqlite_service.parts.db
    assert notes(officer) == []

    def fill(session):
        session.execute(text("PRAGMA max_page_count = 1"))
        queue.add(session, kind="large", payload={"of": "x" * 100_000}, due_at=START + timedelta(days=1), now=START)

    with pytest.raises(DBAPIError, match="full"):
        db.write(fill)

    [told] = notes(officer)
    assert "数据库所在磁盘已满" in told


def test_a_silent_shop_is_told_to_whom_it_belongs(database, tmp_path):
    service = make_service(database, tmp_path, shipped_judge(tmp_path))
    client = service.client("events")
    for shop in ("shop-1", "shop-2"):
        event = {"id": f"e-{shop}", "kind": "order.paid", "subject": "o-1", "shop_id": shop, "data": {"paid_fen": 1}}
        answer = client.post("/v1/events", json=event | {"occurred_at": START.isoformat()})
        assert answer.get_json()["results"][0]["status"] == "accepted"
    put_officer(service)
    put_officer(service, username="mei", shop_ids=["shop-9"])
    everywhere, elsewhere = sign_in(service)[0], sign_in(service, "mei")[0]
    assert notes(everywhere) == notes(elsewhere) == []

    service.clock.advance(hours=3)
    assert check_feeds(service.parts, now=service.clock()) == ["shop-1", "shop-2"]

    [told] = notes(everywhere)
    assert told.startswith('status"')
    assert "有关时限与付款暂缓：shop-1、shop-2" in Page(f"<p>{told}").text
    assert notes(elsewhere) == []

    client.post("/v1/feeds/shop-1/beat")
    client.post("/v1/feeds/shop-2/beat")
    service.clock.advance(minutes=31)
    client.post("/v1/feeds/shop-1/beat")
    client.post("/v1/feeds/shop-2/beat")
    check_feeds(service.parts, now=service.clock())
    assert notes(everywhere) == []

"""Each source of a shop has a watermark of its own: no silence hides behind another's noise, and none spreads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.events.stored import SentEvent
from app.flows.due_deadlines import due_deadlines
from app.flows.take_event import take_events
from app.flows.watch_feeds import beat, check_feeds, is_fresh, unheard_shops
from app.models import AuditRow, Case, Claim, Deadline, Feed
from tests.service import START

PUSH, OWN, PAY = "channels:main", "shop:shop-1", "wechatpay:main"
SOLD = {"order.paid": {"paid_fen": 19900, "stock_type": "spot"}, "payment.succeeded": {"paid_fen": 1}}


def tell(service, source, kind="order.paid", shop_id="shop-1", subject=None):
    at = service.clock()
    facts = SOLD[kind] | ({"paid_at": at} if kind == "payment.succeeded" else {})
    name = f"{kind}-{source}-{shop_id}-{at:%d%H%M}"
    event = SentEvent(name, kind, source, shop_id, subject or name, at, facts)
    [told] = take_events(service.parts, [event], actor="test", now=at)
    assert told.status == "accepted", told.problems


def hours(service, count, *alive, shop_id="shop-1"):
    """Let time pass in which only those sources say that they live."""
    for _ in range(count * 2):
        service.clock.advance(minutes=30)
        for source in alive:
            beat(service.parts, shop_id, source=source, now=service.clock())


def fresh(service, shop_id="shop-1"):
    with service.parts.db.read() as session:
        return is_fresh(session, service.parts.live.current, shop_id, now=service.clock())


def late(service):
    while due_deadlines(service.parts, now=service.clock()):
        pass
    passed = select(Deadline.shop_id).where(Deadline.name == "dispatch", Deadline.state == "passed")
    with service.parts.db.read() as session:
        return sorted(session.scalars(passed))


def test_a_push_that_fell_silent_is_not_hidden_by_a_shops_own_system_that_goes_on(service):
    for source in (PUSH, OWN):
        tell(service, source)
    hours(service, 45, PUSH, OWN)
    hours(service, 6, OWN)  # the push is down across the deadline

    assert not fresh(service)
    assert late(service) == []
    hours(service, 1, PUSH, OWN)
    assert fresh(service)
    assert late(service) == ["shop-1"] * 2


def test_six_hours_without_one_shops_feed_pay_nothing_for_that_shop_only(service):
    for shop_id in ("shop-1", "shop-2"):
        tell(service, PUSH, shop_id=shop_id, subject=f"order-{shop_id}")
    for hour in range(52):
        service.clock.advance(hours=1)
        for shop_id in ("shop-1", "shop-2") if hour < 46 else ("shop-2",):
            beat(service.parts, shop_id, now=service.clock())

    assert late(service) == ["shop-2"]
    assert check_feeds(service.parts, now=service.clock()) == ["shop-1"]
    with service.parts.db.read() as session:
        assert set(session.scalars(select(Claim.shop_id))) <= {"shop-2"}


def test_a_source_that_only_tells_of_payments_is_silent_for_honest_reasons(sqlite_service):
    service = sqlite_service
    tell(service, PAY, "payment.succeeded")
    tell(service, PUSH)
    hours(service, 5, PUSH)

    assert fresh(service)
    assert check_feeds(service.parts, now=service.clock()) == []


def test_where_no_source_tells_of_orders_any_sign_of_life_counts(sqlite_service):
    service = sqlite_service
    tell(service, PAY, "payment.succeeded")
    assert fresh(service)

    service.clock.advance(minutes=61)

    assert not fresh(service)


def test_a_person_is_told_which_source_fell_silent_and_when_it_is_back(sqlite_service):
    service = sqlite_service
    for source in (PUSH, OWN):
        tell(service, source)
    hours(service, 2, OWN)

    silent = [check_feeds(service.parts, now=service.clock()) for _ in range(2)]
    hours(service, 1, PUSH, OWN)
    check_feeds(service.parts, now=service.clock())

    assert silent == [["shop-1"], []]
    with service.parts.db.read() as session:
        [told] = session.scalars(select(Case.summary).where(Case.category == "feed"))
        rows = session.execute(select(AuditRow.action, AuditRow.details).where(AuditRow.object_type == "feed")).all()
    assert f"来源 {PUSH}" in told
    assert [(row.action, row.details["source"]) for row in rows] == [("feed.stale", PUSH), ("feed.fresh", PUSH)]


def test_a_beat_without_a_source_speaks_for_the_whole_shop(sqlite_service):
    service, client = sqlite_service, sqlite_service.client("events")
    for source in (PUSH, OWN):
        tell(service, source)
    service.clock.advance(minutes=59)

    answer = client.post("/v1/feeds/shop-1/beat")
    named = client.post(f"/v1/feeds/shop-1/beat?source={PUSH}")

    assert answer.status_code == 200
    assert named.get_json()["source"] == PUSH
    listed = client.get("/v1/feeds").get_json()["items"]
    assert [(each["source"], each["fresh"], each["tells_orders"]) for each in listed] == [
        (PUSH, True, True),
        (OWN, True, True),
    ]
    assert {each["last_received_at"] for each in listed} == {service.clock().isoformat()}


def test_a_source_that_was_switched_off_is_retired_with_a_reason(sqlite_service):
    service, admin = sqlite_service, sqlite_service.client("admin", "events")
    for source in (PUSH, OWN):
        tell(service, source)
    hours(service, 3, PUSH)
    said = {"source": OWN, "reason": "改用平台推送"}

    assert not fresh(service)
    assert service.client("events").post("/v1/feeds/shop-1/retire", json=said).status_code == 403
    assert service.client("admin", shops=["shop-2"]).post("/v1/feeds/shop-1/retire", json=said).status_code == 403
    left = admin.post("/v1/feeds/shop-1/retire", json=said).get_json()["items"]
    assert [each["source"] for each in left] == [PUSH]
    assert fresh(service)
    assert admin.post("/v1/feeds/shop-1/retire", json=said).status_code == 404
    with service.parts.db.read() as session:
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "feed.retire"))
    assert (row.reason, row.details["source"]) == ("改用平台推送", OWN)


def test_what_was_noted_before_sources_were_told_apart_goes_on_in_the_first_that_is_heard(service):
    began = service.clock() - timedelta(hours=3)
    old = {"shop_id": "shop-1", "source": "", "tells_orders": True, "last_received_at": began, "event_count": 7}
    service.parts.db.write(lambda session: session.execute(insert(Feed), [old | {"last_happened_at": began}]))

    tell(service, PUSH)
    tell(service, OWN)

    with service.parts.db.read() as session:
        rows = {row.source: (row.event_count, row.fresh_since) for row in session.scalars(select(Feed))}
    assert rows == {PUSH: (8, START), OWN: (1, None)}, "three silent hours still have to settle"
    assert not fresh(service)


@pytest.mark.parametrize("count", [3000])
def test_looking_at_the_feeds_of_very_many_shops_takes_one_statement(sqlite_service, count):
    service, now = sqlite_service, sqlite_service.clock()
    same = {"last_received_at": now, "last_happened_at": now, "event_count": 1, "tells_orders": True}
    rows = [same | {"shop_id": f"s-{n}", "source": PUSH} for n in range(count)]
    rows[7]["last_received_at"] = now - timedelta(minutes=61)
    service.parts.db.write(lambda session: session.execute(insert(Feed), rows))

    with service.parts.db.read() as session:
        unheard = unheard_shops(session, service.parts.live.current, now=now)

    assert unheard == {"s-7"}

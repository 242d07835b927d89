"""``weiheng demo traffic``: a made-up platform that a running service takes whole, and that makes every page alive."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app.cli import main
from app.events.kind import load_kinds
from app.events.stored import SentEvent, check_event
from app.models import Case, Claim, Deadline, Event, Order, Refund, Split
from app.traffic.order_life import make_life
from app.traffic.stream import EVENTS, make_stream, shop_ids
from tests.serving import serve

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def stream(**more):
    return list(make_stream(**{"seed": 7, "start": AT, "rate": 50, "seconds": 20, "shops": 3} | more))


def events_of(requests):
    return [event for asked in requests if asked.path == EVENTS for event in asked.body["events"]]


@pytest.fixture
def address(sqlite_service):
    """The service behind a real socket, at the present: traffic tells of now."""
    sqlite_service.clock.at = datetime.now(UTC)
    with serve(sqlite_service.app) as address:
        yield address


def send(address, key, *options):
    return CliRunner().invoke(main, ["demo", "traffic", "--url", address, *options], env={"WEIHENG_API_KEY": key})


def counted(service):
    with service.parts.db.read() as session:
        tables = (Event, Order, Split, Refund, Claim, Case, Deadline)
        return {table.__name__: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_the_same_seed_and_start_make_the_same_stream_and_another_seed_another():
    assert stream() == stream()
    assert stream() != stream(seed=8)


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_every_event_of_a_stream_fits_its_kind_and_none_lies_in_the_future(seed):
    kinds = load_kinds()
    for asked in stream(seed=seed, seconds=40):
        now = AT + timedelta(seconds=asked.second)
        for event in asked.body.get("events", ()):
            at = datetime.fromisoformat(event["occurred_at"])
            sent = SentEvent(event["id"], event["kind"], "s", event["shop_id"], event["subject"], at, event["data"])
            checked, problems = check_event(kinds, sent, now=now)
            assert checked is not None, problems
            assert at <= now


def test_a_stream_keeps_its_rate_its_shops_and_tells_of_everything_that_goes_wrong():
    requests = stream(rate=200, seconds=30, shops=4)
    told = events_of(requests)

    assert sum(asked.items for asked in requests) == pytest.approx(200 * 30, rel=0.02)
    assert {asked.body.get("shop_id", "shop-7") for asked in requests} <= set(shop_ids(4))
    assert {event["shop_id"] for event in told} == set(shop_ids(4))
    assert {event["kind"] for event in told} >= {
        "order.paid",
        "order.deliver",
        "order.cancel",
        "order.extension",
        "logistics.event",
        "aftersale.update",
        "refund.finished",
        "split.request",
        "split.result",
        "complaint.update",
        "ticket.update",
        "claim.submit",
        "coldchain.reading",
    }
    assert len(told) > len({event["id"] for event in told}), "some is told twice"


def test_no_two_orders_of_a_stream_share_a_payment_and_some_are_late():
    lives = [make_life(random.Random(f"{n}"), f"o{n:08}", "shop-7", paid_at=AT) for n in range(400)]
    payments = [life.steps[0].data["transaction_id"] for life in lives]
    sent = [step.hour for life in lives for step in life.steps if step.kind == "order.deliver"]

    assert len(set(payments)) == len(payments)
    assert 10 < sum(hour > 48 for hour in sent) < 120
    assert all(life.steps == sorted(life.steps, key=lambda step: step.hour) for life in lives)


def test_traffic_reaches_a_running_service_and_sent_again_changes_nothing(sqlite_service, address):
    start = sqlite_service.clock.at.replace(microsecond=0).isoformat()
    again = ("--rate", "1000", "--seconds", "1", "--shops", "2", "--start", start)
    key = sqlite_service.key()

    first = send(address, key, *again)
    sqlite_service.clock.advance(minutes=5)  # what the stream tells a few seconds later has come
    after_first = counted(sqlite_service)
    second = send(address, key, *again)

    assert first.exit_code == 0, first.output
    assert "answers" in first.output
    assert " invalid" not in first.output
    assert after_first["Order"] > 50
    assert all(after_first[name] for name in ("Split", "Refund", "Claim", "Case", "Deadline"))
    assert second.exit_code == 0, second.output
    assert counted(sqlite_service) == after_first


def test_traffic_says_clearly_that_nobody_answers_or_that_the_key_is_not_taken(sqlite_service, address):
    wrong_key = send(address, "wh_nobody", "--seconds", "1")
    nobody = send("http://127.0.0.1:9", sqlite_service.key(), "--seconds", "1")

    assert wrong_key.exit_code == nobody.exit_code == 1
    assert "the key is not taken (401)" in wrong_key.output
    assert "is `weiheng serve` running there?" in nobody.output


def test_what_the_service_refuses_is_shown_and_ends_with_exit_code_1(sqlite_service, address):
    bound = sqlite_service.key("events", "screen", "money", shops=["shop-7"])

    done = send(address, bound, "--rate", "400", "--seconds", "1", "--shops", "2")

    assert done.exit_code == 1
    assert "refused" in done.output
    assert "shop-8" in done.output


def test_traffic_without_a_key_says_which_one_it_needs(monkeypatch, tmp_path):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["demo", "traffic"])

    assert done.exit_code == 1
    assert "WEIHENG_API_KEY" in done.output

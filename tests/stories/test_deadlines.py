"""Deadlines: planned from facts, judged when they pass by the facts of that moment, taken back by what is told late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from app.flows.due_deadlines import due_deadlines
from app.flows.tell_days import tell_days
from app.flows.watch_feeds import beat, check_feeds
from app.models import Case, Claim, Deadline, Effect, Event
from app.money.ledger import MAX_FEN
from tests.service import START, make_service

NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE UPDATE ON deadline EXECUTE FUNCTION no_room();
"""


class Shop:
    """A shop whose events are sent at the clock's time unless said otherwise."""

    def __init__(self, service):
        self.service, self.client, self.count = service, service.client("events"), 0

    def tell(self, kind, subject, data=None, *, hours=0.0, shop_id="shop-1"):
        self.count += 1
        at = (START + timedelta(hours=hours)).isoformat()
        event = {"id": f"e-{self.count}", "kind": kind, "subject": subject, "shop_id": shop_id, "occurred_at": at}
        answer = self.client.post("/v1/events", json=event | {"data": data or {}})
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["results"][0]

    def paid(self, subject="order-1", **data):
        return self.tell("order.paid", subject, {"paid_fen": 19900, "stock_type": "spot"} | data)

    def at(self, hours):
        """Move the clock there, with a feed that lives, and judge what is due."""
        while self.service.clock() < START + timedelta(hours=hours):
            step = min(timedelta(minutes=55), START + timedelta(hours=hours) - self.service.clock())
            self.service.clock.at += step
            beat(self.service.parts, "shop-1", now=self.service.clock())
        while due_deadlines(self.service.parts, now=self.service.clock()):
            pass

    def deadlines(self):
        with self.service.parts.db.read() as session:
            return {row.name: row for row in session.scalars(select(Deadline))}

    def effects(self, rule="S8-40", state="open"):
        with self.service.parts.db.read() as session:
            wanted = select(Effect).where(Effect.rule == rule, Effect.state == state, Effect.verb != "notify")
            return list(session.scalars(wanted))


@pytest.fixture
def shop(sqlite_service):
    return Shop(sqlite_service)


@pytest.fixture
def any_shop(service):
    return Shop(service)


def test_spot_goods_have_forty_eight_hours_and_the_answer_says_so(any_shop):
    told = any_shop.paid()

    dispatch = next(each for each in told["deadlines"] if each["name"] == "dispatch")
    assert dispatch["due_at"] == (START + timedelta(hours=48)).isoformat()


def test_an_order_that_was_not_sent_in_time_is_judged_once(any_shop):
    any_shop.paid()
    any_shop.at(47.9)
    assert any_shop.effects() == []

    any_shop.at(49)
    any_shop.at(60)

    [effect] = any_shop.effects()
    assert effect.happened_at == START + timedelta(hours=48)
    assert effect.data["amount_fen"] == 995
    assert any_shop.deadlines()["dispatch"].state == "passed"


@pytest.mark.parametrize(
    ("facts", "hours"),
    [
        ({}, 48),
        ({"promise_hours": 24}, 24),
        ({"promise_hours": 72}, 48),
        ({"delivery_deadline_at": (START + timedelta(hours=30)).isoformat()}, 30),
        ({"delivery_deadline_at": (START + timedelta(hours=90)).isoformat(), "promise_hours": 72}, 72),
        ({"stock_type": "presale", "predicted_delivery_at": (START + timedelta(days=9)).isoformat()}, 9 * 24),
    ],
    ids=["spot", "shown 24 h", "shown 72 h", "platform", "platform but 72 h shown", "presale"],
)
def test_the_deadline_follows_what_was_promised(shop, facts, hours):
    shop.paid(**facts)

    assert shop.deadlines()["dispatch"].due_at == START + timedelta(hours=hours)


def test_a_presale_without_a_date_has_no_deadline_yet(shop):
    shop.paid(stock_type="presale")

    assert "dispatch" not in shop.deadlines()


def test_an_agreed_extension_moves_the_deadline_and_a_refused_one_does_not(shop):
    until = {"extended_to_at": (START + timedelta(hours=96)).isoformat()}
    shop.paid()
    shop.tell("order.extension", "order-1", {"answer": "refused", "extension_id": "x-1"} | until)
    assert shop.deadlines()["dispatch"].due_at == START + timedelta(hours=48)

    shop.tell("order.extension", "order-1", {"answer": "agreed", "extension_id": "x-2"} | until)

    assert shop.deadlines()["dispatch"].due_at == START + timedelta(hours=96)
    shop.at(60)
    assert shop.effects() == []


@pytest.mark.parametrize("kind", ["order.cancel", "order.deliver"])
def test_what_was_cancelled_or_sent_before_is_not_late(shop, kind):
    shop.paid()
    shop.at(20)
    shop.tell(kind, "order-1", {"cancel_type": "buyer"} if kind == "order.cancel" else {"waybill_id": "SF1"}, hours=20)

    shop.at(60)

    assert shop.effects() == []
    assert shop.deadlines()["dispatch"].state in {"met", "cancelled"}


def test_a_part_that_was_sent_does_not_meet_the_deadline_of_the_whole(shop):
    shop.paid()
    shop.at(20)
    shop.tell("order.deliver", "order-1", {"waybill_id": "SF1", "finish_delivery": False}, hours=20)

    shop.at(49)

    assert len(shop.effects()) == 1


def test_a_dispatch_told_late_that_happened_before_takes_the_claim_back(any_shop):
    any_shop.paid()
    any_shop.at(49)
    [effect] = any_shop.effects()

    any_shop.tell("order.deliver", "order-1", {"waybill_id": "SF1"}, hours=40)

    assert any_shop.effects() == []
    assert [row.id for row in any_shop.effects(state="withdrawn")] == [effect.id]
    assert any_shop.deadlines()["dispatch"].state == "met"


def test_a_dispatch_after_the_deadline_changes_nothing(shop):
    shop.paid()
    shop.at(49)

    shop.tell("order.deliver", "order-1", {"waybill_id": "SF1"}, hours=48.5)
    shop.tell("order.cancel", "order-1", {"cancel_type": "buyer"}, hours=48.7)

    assert len(shop.effects()) == 1


def test_a_silent_feed_makes_nobody_late_and_is_told_to_a_person(any_shop):
    any_shop.paid()
    any_shop.at(44)
    for _ in range(6):  # six hours without a word but our own
        any_shop.service.clock.advance(hours=1)
        tell_days(any_shop.service.parts, now=any_shop.service.clock())

    assert due_deadlines(any_shop.service.parts, now=any_shop.service.clock()) < len(any_shop.deadlines())
    assert check_feeds(any_shop.service.parts, now=any_shop.service.clock()) == ["shop-1"]

    assert any_shop.effects() == []
    assert any_shop.deadlines()["dispatch"].state == "waiting"
    with any_shop.service.parts.db.read() as session:
        assert [case.subject_type for case in session.scalars(select(Case))] == ["feed"]


def test_late_pushes_after_an_outage_clear_what_waited(shop):
    shop.paid("order-1")
    shop.paid("order-2")
    shop.at(44)
    shop.service.clock.at = START + timedelta(hours=50)
    shop.tell("order.deliver", "order-1", {"waybill_id": "SF1"}, hours=45)
    assert shop.effects() == []

    shop.at(51)

    assert [effect.subject for effect in shop.effects()] == ["order-2"]


def test_a_parcel_without_a_trace_and_a_refund_without_money_are_judged_too(shop):
    shop.paid()
    shop.tell("order.deliver", "order-1", {"waybill_id": "SF1"}, hours=0)
    shop.tell("aftersale.update", "as-1", {"order_id": "order-1", "status": "return_received", "amount_fen": 19900})

    shop.at(7 * 24 + 1)

    assert [effect.subject for effect in shop.effects("S3-25")] == ["SF1"]
    assert [effect.data["amount_fen"] for effect in shop.effects("S3-36")] == [19]


def test_a_complaint_is_alarmed_by_the_shops_own_time_and_asked_about_by_the_platforms(shop):
    shop.tell("complaint.update", "c-1", {"status": "pending"})
    shop.at(13)
    with shop.service.parts.db.read() as session:
        told = [row.rule for row in session.scalars(select(Effect))]
    assert told == ["S8-49"]

    shop.at(49)

    assert [effect.verb for effect in shop.effects("S8-49b")] == ["open_case"]


def test_frozen_money_warns_three_days_before_it_is_set_free(shop):
    shop.paid(transaction_id="42", profit_sharing=True)

    assert shop.deadlines()["unfreeze_soon"].due_at == START + timedelta(days=27)
    shop.tell("split.unfreeze", "42", {"amount_fen": 1}, hours=0)
    assert shop.deadlines()["unfreeze_soon"].state == "met"


def test_a_deadline_that_cannot_be_judged_keeps_no_other_waiting(postgres_database, judge, tmp_path):
    shop = Shop(make_service(postgres_database, tmp_path, judge))
    shop.paid("order-1")
    shop.paid("order-2")
    with shop.service.parts.db.read() as session:
        kept = session.scalars(select(Event).where(Event.subject == "order-1")).one().facts
    harmed = update(Event).where(Event.subject == "order-1").values(facts=kept | {"paid_at": "no instant"})
    shop.service.parts.db.write(lambda session: session.execute(harmed) and None)

    shop.at(49)

    assert [effect.subject for effect in shop.effects()] == ["order-2"]
    with shop.service.parts.db.read() as session:
        doubts = session.scalars(select(Case.subject).where(Case.category == "deadline"))
        assert set(doubts) == {"order-1"}


def test_an_amount_beyond_all_bounds_waits_for_a_person(any_shop):
    any_shop.paid()
    facts = {"order_id": "order-1", "type": "damaged", "status": "upheld", "damaged_bp": 10_000, "freight_fen": 1}
    told = any_shop.tell("guarantee.update", "g-1", facts | {"product_fen": MAX_FEN})

    with any_shop.service.parts.db.read() as session:
        claim = session.get(Claim, told["claims"][0])
        assert (claim.amount_fen, claim.state, claim.waits_for) == (0, "opened", ["amount"])


def test_while_the_databases_disk_is_full_nobody_is_asked_about_a_deadline_and_it_is_judged_afterwards(
    postgres_database, judge, tmp_path
):
    shop = Shop(make_service(postgres_database, tmp_path, judge))
    shop.paid()
    with shop.service.parts.db.read() as session:
        before = session.scalar(select(func.count()).select_from(Case))
    with postgres_database.engine.begin() as connection:
        connection.execute(text(NO_ROOM))
    try:
        with pytest.raises(OperationalError, match="no room"):
            shop.at(49)
    finally:
        with postgres_database.engine.begin() as connection:
            connection.execute(text("DROP FUNCTION no_room() CASCADE"))

    with shop.service.parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == before
    assert shop.deadlines()["dispatch"].state == "waiting"
    shop.at(49)
    assert shop.deadlines()["dispatch"].state == "passed"

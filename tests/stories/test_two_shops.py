"""One order told for two shops: it is noticed at the door, money of both waits, and a person says which shop has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.events.stored import SentEvent
from app.flows.choose_telling import Choice, choose_telling
from app.flows.decide_claim import approve_claim
from app.flows.due_deadlines import due_deadlines
from app.flows.open_claims import open_for_buyer
from app.flows.settle_claims import settle_claims
from app.flows.take_event import take_event
from app.flows.watch_feeds import beat
from app.models import AuditRow, Case, Claim, Deadline, Effect, Order, Parcel, Refund, Split
from tests.money import CAI, LIN, Fund
from tests.service import START
from tests.stories.test_told_twice import REQUEST
from tests.tellings import another, rules, tell, things

PAID = {"paid_fen": 40_000, "transaction_id": "T-1", "buyer_ref": "b-1", "stock_type": "spot"}
PLATFORM_NUMBER = "3705115058471208928"
NOT_COMPARED = {"id", "version", "updated_at", "payments", "created_at", "settled_at", "moved", "org_id"}


def orders(service, order_id="o-1"):
    with service.parts.db.read() as session:
        return {row.shop_id: row for row in session.scalars(select(Order).where(Order.subject == order_id))}


def contested(service, order_id="o-1"):
    return {shop: row.contested_count for shop, row in orders(service, order_id).items()}


def cases(service):
    with service.parts.db.read() as session:
        found = session.scalars(select(Case).where(Case.natural_key.contains("|S8-16k|")).order_by(Case.id))
        return [(row.shop_id, row.state) for row in found]


def choose_shop(client, shop, asked="shop-1", order_id="o-1", **more):
    thing = things(client, order_id, shop_id=asked)["shop"]
    seen = [each["telling"] for each in thing["tellings"]]
    body = {"thing": "shop", "telling": shop, "seen": seen, "reason": "与支付平台账单一致"}
    return client.post(f"/v1/orders/{order_id}/tellings?shop_id={asked}", json=body | more)


def columns(table):
    return [column.key for column in table.__table__.columns if column.key not in NOT_COMPARED]


def rows(service, shop):
    """All that rests on the orders of a shop, without numbers of its own and what is noted of who told what."""
    with service.parts.db.read() as session:
        found = [
            (
                table.__tablename__,
                {name: getattr(row, name) for name in columns(table)},
            )
            for table in (Order, Parcel, Refund, Split, Deadline)
            for row in session.scalars(select(table).where(table.shop_id == shop))
            if table is not Deadline or row.state != "cancelled"
        ]
        standing = session.scalars(select(Effect).where(Effect.shop_id == shop, Effect.state == "open"))
        found += [("effect", (row.rule, row.verb, row.subject)) for row in standing]
    return sorted(found, key=str)


def nothing(shop, order_id="o-1"):
    """The rows of a shop that has lost its only order."""
    own = {"shop_id": shop, "order_id": order_id, "subject": order_id, "belongs_elsewhere": True}
    return [("orders", dict.fromkeys(columns(Order)) | own)]


def live_an_order(client, shop, prefix):
    """An order of a shop with a parcel, a refund and a split."""
    told = [
        ("order.paid", "o-1", PAID, -65),
        ("order.deliver", "o-1", {"waybill_id": "SF1"}, -60),
        ("aftersale.update", "A-1", {"order_id": "o-1", "status": "opened", "amount_fen": 900}, -40),
        ("refund.finished", "R-1", {"order_id": "o-1", "result": "success", "amount_fen": 900}, -30),
        ("split.request", "S-1", REQUEST | {"unsplit_fen": 40_000}, -20),
    ]
    for number, (kind, subject, data, hours) in enumerate(told):
        tell(client, f"{prefix}-{number}", kind, subject, data, hours=hours, shop=shop)


def test_an_order_of_two_shops_is_one_case_and_money_of_both_waits(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)

    second = tell(client, "p-2", "order.paid", "o-1", PAID, hours=-64, shop="shop-2")

    assert "S8-16k" in rules(second)
    assert second["decision"] == "review"
    assert len(second["cases"]) == 1
    assert cases(service) == [("shop-2", "open")]
    assert contested(service) == {"shop-1": 1, "shop-2": 1}
    for number, shop in enumerate(("shop-1", "shop-2")):
        split = REQUEST | {"unsplit_fen": 40_000}
        assert "S8-13d" in rules(tell(client, f"s-{number}", "split.request", f"S-{number}", split, shop=shop))
    tell(client, "d-2", "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-40, shop="shop-2")
    assert cases(service) == [("shop-2", "open")]


@pytest.mark.parametrize("counts", ["shop-1", "shop-2"])
def test_all_is_as_if_the_other_shop_had_never_told_of_it(service, counts):
    client, lost = service.client(), "shop-2" if counts == "shop-1" else "shop-1"
    live_an_order(client, counts, "a")
    alone = rows(service, counts)
    live_an_order(client, lost, "b")
    assert contested(service) == {"shop-1": 1, "shop-2": 1}

    answer = choose_shop(client, counts)

    assert answer.status_code == 200, answer.get_json()
    assert rows(service, counts) == alone
    assert rows(service, lost) == nothing(lost)
    assert {state for _, state in cases(service)} == {"superseded"}
    assert client.get("/v1/orders/o-1").get_json()["shop_id"] == counts
    listed = client.get("/v1/orders").get_json()["items"]
    assert [each["shop_id"] for each in listed] == [counts]
    with service.parts.db.read() as session:
        said = session.scalars(select(AuditRow).where(AuditRow.action == "order.settle_shop")).all()
    assert {row.shop_id: row.details["is_here"] for row in said} == {counts: True, lost: False}


def test_the_choice_can_be_turned_round_when_the_other_shop_tells_again(service):
    client = service.client()
    live_an_order(client, "shop-2", "b")
    alone = rows(service, "shop-2")
    live_an_order(client, "shop-1", "a")
    first = rows(service, "shop-1")
    assert choose_shop(client, "shop-1").status_code == 200
    assert rows(service, "shop-2") == nothing("shop-2")
    assert choose_shop(client, "shop-2").status_code == 409

    again = tell(client, "again", "order.confirm", "o-1", {}, hours=-10, shop="shop-2")

    assert "S8-16k" in rules(again)
    assert contested(service) == {"shop-1": 1, "shop-2": 1}
    tell(client, "more", "order.urge", "o-1", {}, hours=-9, shop="shop-2")
    tell(client, "here", "order.confirm", "o-1", {}, hours=-9)
    assert contested(service) == {"shop-1": 1, "shop-2": 1}
    assert [state for _, state in cases(service)] == ["superseded", "open"]
    assert choose_shop(client, "shop-2").status_code == 200
    assert rows(service, "shop-1") == nothing("shop-1")
    there = [each for each in rows(service, "shop-2") if each[0] != "orders"]
    assert there == [each for each in alone if each[0] != "orders"]
    assert orders(service)["shop-2"].confirmed_at is not None
    assert first != nothing("shop-1")


@pytest.mark.parametrize(
    ("one", "other", "hours", "same"),
    [
        ({"transaction_id": "T-1"}, {"transaction_id": "T-1", "paid_fen": 9}, -1, ["transaction_id"]),
        ({"transaction_id": "T-1"}, {"transaction_id": "T-2"}, -65, None),
        ({}, {}, -65, ["paid_fen"]),
        ({}, {"transaction_id": "T-2"}, -65, ["paid_fen"]),
        ({}, {}, -64.5, None),
        ({}, {}, -50, None),
        ({}, {"paid_fen": 9}, -65, None),
        ({"buyer_ref": "b-1"}, {"buyer_ref": "b-1"}, -64.5, ["buyer_ref"]),
        ({"buyer_ref": "b-1"}, {"buyer_ref": "b-1"}, -50, None),
        ({"buyer_ref": "b-1"}, {"buyer_ref": "b-1", "paid_fen": 9}, -64.5, None),
        ({"out_trade_no": "N-1"}, {"out_trade_no": "N-1"}, -50, ["out_trade_no"]),
        ({"out_trade_no": "N-1"}, {"out_trade_no": "N-1", "paid_fen": 9}, -50, None),
        ({"out_trade_no": "N-1"}, {"out_trade_no": "N-2"}, -50, None),
    ],
)
def test_equal_numbers_alone_are_no_doubt_it_takes_something_that_both_shops_told(service, one, other, hours, same):
    client, base = service.client(), {"paid_fen": 40_000}
    tell(client, "p-1", "order.paid", "1001", base | one, hours=-65)

    answer = tell(client, "p-2", "order.paid", "1001", base | other, hours=hours, shop="shop-2")

    assert ("S8-16k" in rules(answer)) is (same is not None)
    found = things(client, "1001", shop_id="shop-1").get("shop")
    assert (found and found["tellings"][0]["facts"]["same_facts"]) == same


def test_a_parcel_told_for_the_wrong_shop_is_noticed_and_a_number_of_the_platform_is_enough(service):
    client = service.client()
    for order_id in ("o-1", PLATFORM_NUMBER):
        tell(client, f"p-{order_id}", "order.paid", order_id, PAID | {"transaction_id": f"T-{order_id}"}, hours=-65)
    tell(client, "d-1", "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-60)

    parcel = tell(client, "d-2", "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-60, shop="shop-2")
    number = tell(client, "d-3", "order.deliver", PLATFORM_NUMBER, {"waybill_id": "SF9"}, hours=-60, shop="shop-2")
    quiet = tell(client, "d-4", "order.deliver", "o-1", {"waybill_id": "SF2"}, hours=-60, shop="shop-3")

    assert ("S8-16k" in rules(parcel), "S8-16k" in rules(number), "S8-16k" in rules(quiet)) == (True, True, False)


def test_a_doubt_is_taken_back_when_the_payments_turn_out_to_be_two(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "1001", {"paid_fen": 40_000}, hours=-65)
    tell(client, "p-2", "order.paid", "1001", {"paid_fen": 40_000}, hours=-65, shop="shop-2")
    assert contested(service, "1001") == {"shop-1": 1, "shop-2": 1}

    for number, shop in enumerate(("shop-1", "shop-2")):
        notice = {"paid_fen": 40_000, "transaction_id": f"T-{number}"}
        tell(client, f"n-{number}", "order.paid", "1001", notice, hours=-65, shop=shop)

    assert contested(service, "1001") == {"shop-1": None, "shop-2": None}
    assert [state for _, state in cases(service)] == ["superseded"]
    assert things(client, "1001", shop_id="shop-1") == {}


def test_both_told_in_one_request_are_noticed(service):
    at = (START - timedelta(hours=50)).isoformat()
    events = [
        {"id": f"p-{shop}", "kind": "order.paid", "subject": "o-1", "shop_id": shop, "occurred_at": at, "data": PAID}
        for shop in ("shop-1", "shop-2", "shop-3")
    ]

    results = service.client().post("/v1/events", json={"events": events}).get_json()["results"]

    assert [bool(rules(each)) for each in results] == [False, False, True]
    assert contested(service) == {"shop-1": 1, "shop-2": 1, "shop-3": 1}
    assert cases(service) == [("shop-3", "open")]


def test_a_third_shop_that_tells_of_it_later_is_one_doubt_with_the_others(service):
    client = service.client()
    for number in (1, 2, 3):
        tell(client, f"p-{number}", "order.paid", "o-1", PAID, hours=-65, shop=f"shop-{number}")

    assert contested(service) == {"shop-1": 1, "shop-2": 1, "shop-3": 1}
    assert cases(service) == [("shop-2", "superseded"), ("shop-3", "open")]
    assert choose_shop(client, "shop-2").status_code == 200
    assert contested(service) == {"shop-1": None, "shop-2": None, "shop-3": None}
    assert [shop for shop, row in orders(service).items() if not row.belongs_elsewhere] == ["shop-2"]


def test_who_may_see_one_of_the_shops_sees_nothing_of_the_other_and_does_not_choose(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 39_999}, hours=-64, shop="shop-2")
    own = service.app.test_client()
    own.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(shops=['shop-1'], name='own')}"

    shown = own.get("/v1/orders/o-1/tellings").get_json()
    whole = own.get("/v1/orders/o-1").get_json()
    answer = choose_shop(own, "shop-1")

    assert [each["telling"] for each in shown["items"][0]["tellings"]] == ["shop-1", "-"]
    assert "shop-2" not in str(shown)
    assert "39999" not in str(shown)
    assert "shop-2" not in str(whole)
    assert answer.status_code == 403
    assert contested(service) == {"shop-1": 1, "shop-2": 1}


def test_much_money_takes_two_persons_and_nothing_is_weighed_unseen(service):
    client, second = service.client(), another(service)
    tell(client, "p-1", "order.paid", "o-1", PAID | {"paid_fen": 90_000}, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 90_000}, hours=-64, shop="shop-2")

    assert choose_shop(client, "shop-1", seen=["shop-1"]).status_code == 409
    assert choose_shop(client, "shop-9").status_code == 422
    assert choose_shop(client, "shop-1").get_json()["items"][0]["first"]["telling"] == "shop-1"
    assert choose_shop(client, "shop-1").get_json()["type"] == "urn:weiheng:problem:same_person"
    assert contested(service) == {"shop-1": 1, "shop-2": 1}
    assert choose_shop(second, "shop-1", asked="shop-2").status_code == 200
    assert contested(service) == {"shop-1": None, "shop-2": None}


def lapse(service):
    for shop in ("shop-1", "shop-2"):
        beat(service.parts, shop, now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass


def claims(service):
    with service.parts.db.read() as session:
        found = session.scalars(select(Claim).where(Claim.cause == "late_dispatch").order_by(Claim.shop_id))
        return [each.shop_id for each in found if each.state not in {"voided", "rejected"}]


def test_deadlines_that_ran_twice_leave_one_claim(service):
    client = service.client()
    service.clock.advance(hours=3)
    for shop in ("shop-1", "shop-2"):
        tell(client, f"p-{shop}", "order.paid", "o-1", PAID, hours=-65, shop=shop)
    lapse(service)
    assert claims(service) == ["shop-1", "shop-2"]

    assert choose_shop(client, "shop-2").status_code == 200

    assert claims(service) == ["shop-2"]
    tell(client, "again", "order.urge", "o-1", {}, hours=-1)
    assert choose_shop(client, "shop-1").status_code == 200
    lapse(service)
    assert claims(service) == ["shop-1"]


def take(fund, number, shop, facts):
    sent = SentEvent(f"p-{shop}-{number}", "order.paid", "channels:main", shop, "o-1", START, facts)
    assert take_event(fund.parts, sent, actor="test", now=fund.clock()).status == "accepted"


def pay(fund):
    fund.clock.advance(hours=25)
    for shop in ("shop-1", "shop-2"):
        fund.feed(shop)
    settle_claims(fund.parts, now=fund.clock())
    fund.work()


def test_the_fund_pays_one_purchase_once_and_only_for_the_shop_that_has_it(database, judge, tmp_path):
    fund = Fund(database, tmp_path, judge=judge)
    paid = {"paid_fen": 20_000, "transaction_id": "4200001"}
    take(fund, 1, "shop-1", paid)
    ruled = fund.open(order_id="o-1")
    about = {"order_id": "o-1", "cause": "false_advertising", "paid_fen": 20_000, "amount_fen": 500}
    asked = open_for_buyer(
        fund.parts, shop_id="shop-2", **about, reason="与宣传不符", caller=CAI, now=fund.clock()
    ).claim
    for claim in (ruled, asked):
        approve_claim(fund.parts, claim.id, reason="属实", caller=LIN, now=fund.clock())
    take(fund, 1, "shop-2", paid)

    pay(fund)

    assert fund.channel.paid == {}
    assert {tuple(fund.claim(each).waits_for) for each in (ruled, asked)} == {("contested",)}
    choose_telling(
        fund.parts, "o-1", Choice("shop", "shop-1", "账单为准"), shop_id="shop-1", caller=LIN, now=fund.clock()
    )
    pay(fund)
    assert fund.claim(ruled).state == "recovering"
    assert (fund.claim(asked).state, fund.claim(asked).needs_person) == ("assessed", True)
    approve_claim(fund.parts, asked.id, reason="仍属实", caller=LIN, now=fund.clock())
    pay(fund)
    assert fund.claim(asked).waits_for == ["contested"]
    assert len(fund.channel.paid) == 1
    assert fund.findings() == []

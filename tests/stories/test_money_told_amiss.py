"""Money told amiss: another order's payment, a guarantee under two numbers, too large an after-sale or unfreezing."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import select

from app.errors import Conflict, InvalidInput
from app.events.stored import SentEvent
from app.flows.decide_claim import approve_claim
from app.flows.open_claims import open_for_buyer
from app.flows.take_event import take_event
from app.models import Case, Effect
from tests.money import CAI, LIN, Fund
from tests.partners import tell
from tests.service import START
from tests.tellings import rules

RECEIVER = {"type": "MERCHANT_ID", "account": "1900000109", "relation": "SERVICE_PROVIDER", "name_encrypted": True}
REQUEST = {"receivers": [RECEIVER | {"amount_fen": 900}], "unsplit_fen": 40_000, "max_ratio_bp": 3000}
GOT = {"type": "MERCHANT_ID", "account": "1900000109", "amount_fen": 900, "result": "SUCCESS", "fail_reason": ""}
NAMING = {
    "split.request": ("S-1", REQUEST),
    "split.result": ("S-1", {"state": "finished", "receivers": [GOT]}),
    "split.return": ("S-1", {"out_return_no": "B-1", "amount_fen": 9, "result": "processing"}),
    "refund.finished": ("R-1", {"result": "success", "amount_fen": 900}),
    "split.unfreeze": ("T-1", {"amount_fen": 900}),
}
"""What names a payment, by kind: its subject and what it says."""


def pay(client, order_id, transaction, shop="shop-1", hours=-65):
    facts = {"paid_fen": 40_000, "transaction_id": transaction}
    return tell(client, "order.paid", order_id, f"p-{order_id}", facts, hours=hours, shop=shop)


def name(client, kind, transaction, order_id="o-2", shop="shop-1"):
    subject, data = NAMING[kind]
    facts = data | ({"order_id": order_id} if order_id else {})
    subject = transaction if kind == "split.unfreeze" else subject
    return tell(client, kind, subject, f"e-{kind}", facts | {"transaction_id": transaction}, hours=-40, shop=shop)


def standing(service, rule):
    """The subjects of a rule's open cases, and what it froze."""
    with service.parts.db.read() as session:
        cases = session.scalars(select(Case).where(Case.natural_key.contains(f"|{rule}|"), Case.state == "open")).all()
        frozen = session.scalars(
            select(Effect).where(Effect.rule == rule, Effect.verb == "freeze", Effect.state == "open")
        )
        return [(each.shop_id, each.subject) for each in cases], [each.root for each in frozen]


@pytest.mark.parametrize("kind", NAMING)
@pytest.mark.parametrize("shop", ["shop-1", "shop-2"])
def test_what_names_another_orders_payment_is_held_and_a_person_looks(service, kind, shop):
    client = service.client()
    pay(client, "o-1", "T-1")
    pay(client, "o-2", "T-2", shop=shop)

    told = name(client, kind, "T-1", shop=shop)

    assert (told["decision"], "S8-16l" in rules(told)) == ("hold", True)
    [firing] = [each for each in told["firings"] if each["rule"] == "S8-16l"]
    assert "不是本订单的支付" in firing["reason"]
    assert standing(service, "S8-16l") == (
        [(shop, "T-1" if kind == "split.unfreeze" else NAMING[kind][0])],
        ["order:o-2"],
    )
    more = REQUEST | {"order_id": "o-2", "transaction_id": "T-2"}
    assert "S8-13e" in rules(tell(client, "split.request", "S-9", "later", more, hours=-30, shop=shop))


@pytest.mark.parametrize("kind", NAMING)
def test_its_own_payment_or_none_is_nothing_to_look_at(service, kind):
    client = service.client()
    pay(client, "o-1", "T-1")
    pay(client, "o-2", "T-2")

    own = name(client, kind, "T-2")

    assert "S8-16l" not in rules(own)
    assert standing(service, "S8-16l") == ([], [])


def test_a_split_that_names_no_order_but_another_shops_payment_is_held(service):
    client = service.client()
    pay(client, "o-1", "T-1")

    assert "S8-16l" not in rules(name(client, "split.request", "T-1", order_id=None))
    told = name(client, "split.result", "T-1", order_id=None, shop="shop-2")

    assert "S8-16l" in rules(told)


@pytest.mark.parametrize("turn", list(permutations(["o-1", "o-2", "split"])))
def test_whatever_comes_first_a_split_of_another_orders_payment_is_seen(sqlite_service, turn):
    client = sqlite_service.client()

    for each in turn:
        if each == "split":
            name(client, "split.request", "T-1")
        else:
            pay(client, each, each.replace("o-", "T-"))

    assert standing(sqlite_service, "S8-16l") == ([("shop-1", "S-1")], ["order:o-2"])


def guarantee(client, number, status="opened", order_id="o-1", hours=-30.0, **more):
    said = {"order_id": order_id, "type": "damaged", "status": status, "product_fen": 20_000}
    said |= {"identify_fee_fen": 0, "damaged_bp": 5_000, "freight_fen": 0}
    return tell(client, "guarantee.update", number, f"{number}-{status}-{hours}", said | more, hours=hours)


def test_a_guarantee_under_two_numbers_is_one_case_and_one_claim_that_waits(service):
    client = service.client()
    pay(client, "o-1", "T-1")
    assert not rules(guarantee(client, "G-1"))
    guarantee(client, "G-1", "upheld", hours=-29)

    told = guarantee(client, "G-2", "upheld", hours=-28)

    assert "S8-43d" in rules(told)
    assert standing(service, "S8-43d") == ([("shop-1", "G-2")], ["order:o-1"])
    assert [each["amount_fen"] for each in client.get("/v1/claims").get_json()["items"]] == [10_000]


@pytest.mark.parametrize(
    ("second", "seen"),
    [
        ({"product_fen": 20_000}, True),
        ({"product_fen": 19_000}, False),
        ({"product_fen": 20_001}, True),
        ({"product_fen": 20_000, "type": "fake"}, False),
        ({"product_fen": 20_000, "status": "refused"}, False),
    ],
)
def test_two_guarantees_of_one_order_are_of_two_things_or_told_twice(service, second, seen):
    client = service.client()
    pay(client, "o-1", "T-1")
    guarantee(client, "G-1")

    told = guarantee(client, "G-2", hours=-20, **second)

    assert ("S8-43d" in rules(told)) is seen


def test_a_guarantee_told_of_two_orders_is_seen(service):
    client = service.client()
    pay(client, "o-1", "T-1")
    pay(client, "o-2", "T-2")
    guarantee(client, "G-1", "upheld")

    told = guarantee(client, "G-1", "upheld", order_id="o-2", hours=-20)

    assert "S8-16h" in rules(told)


def after_sale(client, number, fen, status="opened", hours=-30.0, **more):
    said = {"order_id": "o-1", "status": status, "type": "refund", "amount_fen": fen}
    return tell(client, "aftersale.update", number, f"{number}-{status}", said | more, hours=hours)


def test_an_after_sale_of_more_than_was_paid_is_held_and_a_person_looks(service):
    client = service.client()
    pay(client, "o-1", "T-1")

    told = after_sale(client, "A-1", 40_001)

    assert (told["decision"], "S8-16m" in rules(told)) == ("review", True)
    assert standing(service, "S8-16m") == ([("shop-1", "A-1")], ["order:o-1"])
    split = tell(client, "split.request", "S-1", "s-1", REQUEST | {"order_id": "o-1", "transaction_id": "T-1"})
    assert "S8-13e" in rules(split)


@pytest.mark.parametrize(
    ("first", "seen"),
    [
        ({"fen": 20_001}, True),
        ({"fen": 20_000}, False),
        ({"fen": 20_001, "status": "closed"}, False),
        ({"fen": 20_001, "status": "merchant_refused"}, False),
        ({"fen": 20_001, "status": "refunded"}, True),
        ({"fen": 20_001, "type": "exchange"}, False),
    ],
)
def test_after_sales_are_added_up_but_those_that_give_nothing_back(service, first, seen):
    client = service.client()
    pay(client, "o-1", "T-1")
    after_sale(client, "A-1", **first)

    told = after_sale(client, "A-2", 20_000, hours=-20)

    assert ("S8-16m" in rules(told)) is seen


@pytest.mark.parametrize(("fen", "held"), [(39_101, True), (39_100, False)])
@pytest.mark.parametrize("named", [True, False])
def test_no_more_is_set_free_than_is_left(service, fen, held, named):
    client = service.client()
    pay(client, "o-1", "T-1")
    about = {"order_id": "o-1", "transaction_id": "T-1"}
    tell(client, "split.request", "S-1", "s-1", REQUEST | about, hours=-50)
    tell(client, "split.result", "S-1", "g-1", about | NAMING["split.result"][1], hours=-49)

    told = tell(
        client, "split.unfreeze", "T-1", "u-1", {"amount_fen": fen} | ({"order_id": "o-1"} if named else {}), hours=-40
    )

    assert ("S8-15b" in rules(told)) is held
    assert standing(service, "S8-15b") == (([("shop-1", "T-1")], ["order:o-1"]) if held else ([], []))


@pytest.mark.parametrize(("refunded", "back", "most"), [(10_000, 0, 29_100), (900, 900, 39_100), (0, 900, 40_000)])
def test_what_was_refunded_or_came_back_is_counted(service, refunded, back, most):
    client, about = service.client(), {"order_id": "o-1", "transaction_id": "T-1"}
    pay(client, "o-1", "T-1")
    tell(client, "split.request", "S-1", "s-1", REQUEST | about, hours=-50)
    tell(client, "split.result", "S-1", "g-1", about | NAMING["split.result"][1], hours=-49)
    if back:
        said = about | {"out_return_no": "B-1", "amount_fen": back, "result": "success"}
        tell(client, "split.return", "S-1", "b-1", said, hours=-48)
    if refunded:
        tell(client, "refund.finished", "R-1", "r-1", about | {"result": "success", "amount_fen": refunded}, hours=-47)

    for number, fen in enumerate((most, most + 1)):
        told = tell(client, "split.unfreeze", "T-1", f"u-{number}", {"amount_fen": fen}, hours=-40 + number)
        if number == 0:
            assert "S8-15b" not in rules(told)
    again = service.client()
    pay(again, "o-9", "T-9")
    assert "S8-15b" in rules(tell(again, "split.unfreeze", "T-9", "u-9", {"amount_fen": 40_001}, hours=-40))


def test_a_claim_never_pays_more_than_was_paid_but_by_law(database, judge, tmp_path):
    fund = Fund(database, tmp_path, judge=judge)
    facts = {"paid_fen": 20_000, "transaction_id": "4200001"}
    sent = SentEvent("p-1", "order.paid", "channels:main", "shop-1", "o-1", START, facts)
    take_event(fund.parts, sent, actor="test", now=fund.clock())
    about = {"shop_id": "shop-1", "order_id": "o-1", "reason": "坏了", "caller": CAI, "now": fund.clock()}

    with pytest.raises(InvalidInput):
        open_for_buyer(fund.parts, **about, cause="overdue_refund", paid_fen=20_001, amount_fen=20_001)
    asked = open_for_buyer(fund.parts, **about, cause="overdue_refund", paid_fen=20_000, amount_fen=20_001).claim
    with pytest.raises(Conflict, match="赔付上限"):
        approve_claim(fund.parts, asked.id, reason="属实", caller=LIN, now=fund.clock())
    threefold = open_for_buyer(fund.parts, **about, cause="false_advertising", paid_fen=20_000).claim
    assert (threefold.amount_fen, threefold.waits_for) == (60_000, ["consumer", "statutory"])
    approve_claim(fund.parts, threefold.id, reason="属实", caller=LIN, now=fund.clock())
    fund.pay()

    assert list(fund.channel.paid.values()) == [60_000]
    assert "消费者权益保护法" in fund.claim(threefold).basis["references"][0]
    assert fund.findings() == []


@pytest.mark.parametrize("what", ["after_sale", "guarantee"])
def test_claims_of_the_order_wait_while_it_is_looked_at(database, judge, tmp_path, what):
    fund = Fund(database, tmp_path, judge=judge)
    said = {"order_id": "o-1", "type": "refund", "status": "opened", "amount_fen": 20_001}
    kind, subject = "aftersale.update", "A-1"
    events = [("order.paid", "o-1", {"paid_fen": 20_000, "transaction_id": "4200001"})]
    if what == "guarantee":
        kind, said = (
            "guarantee.update",
            {"order_id": "o-1", "type": "damaged", "status": "opened", "product_fen": 20_000},
        )
        events.append((kind, "G-1", said))
        subject = "G-2"
    events.append((kind, subject, said))
    claim = fund.open(order_id="o-1")
    for number, (each, about, facts) in enumerate(events):
        sent = SentEvent(f"e-{number}", each, "channels:main", "shop-1", about, START, facts)
        take_event(fund.parts, sent, actor="test", now=fund.clock())

    fund.pay()

    assert fund.channel.paid == {}
    assert fund.claim(claim).waits_for == ["frozen"]

"""What platforms push becomes events: kept first, worked later, asked about where a push says too little."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app import queue
from app.cli import main
from app.errors import NotFound
from app.events.provider import Received
from app.flows.confirm_order import confirm_order
from app.flows.look_up_platform import fetch_order_again
from app.flows.work_inbound import work_inbound
from app.jobs.schedule import WATCH_INBOX
from app.models import Event, Feed, InboundMessage, Order, PlatformToken, QueueRow
from app.wechat.errors import PlatformBusy
from tests.inbound import SENDERS, pay, push
from tests.peers import answering
from tests.service import START, make_service
from tests.wechat import ORDER_ID, PAYMENT, accounts_text, order_event, pay_notice, signed_headers
from tests.working import work

TRANSACTION = PAYMENT["transaction_id"]
PAID_AT = START - timedelta(seconds=30)
ORDER = {
    "order_id": str(ORDER_ID),
    "openid": "OPENID-OF-A-BUYER",
    "status": 20,
    "create_time": int(START.timestamp()) - 60,
    "update_time": int(START.timestamp()) - 20,
    "order_detail": {
        "product_infos": [
            {
                "sku_cnt": 2,
                "real_price": 15990,
                "delivery_deadline": int(START.timestamp()) + 172800,
                "sku_deliver_info": {"stock_type": 0},
            }
        ],
        "pay_info": {"transaction_id": TRANSACTION, "pay_time": int(PAID_AT.timestamp())},
        "price_info": {"order_price": 15990},
        "ext_info": {"order_scene": 2},
    },
}

BILLS = "/v3/profitsharing/bills"  # asked for once a day, whatever is pushed
CERTIFICATES = "/v3/certificates"  # asked for four times a day
NOTHING = {BILLS: "NO_STATEMENT_EXIST", CERTIFICATES: "RESOURCE_NOT_EXISTS"}


class Platform:
    """A small platform: tokens, orders, after-sales, complaints, and whatever errors a test puts in their way."""

    def __init__(self):
        self.order, self.trouble, self.asked, self.tokens = ORDER, [], [], 0
        self.others, self.now = {}, START

    def __call__(self, _method, path, _headers, body):
        bare, said = path.partition("?")[0], json.loads(body or b"{}")
        self.asked.append((bare, said))
        if bare == "/cgi-bin/stable_token":
            self.tokens += 1
            return self.says({"access_token": f"token-{self.tokens}", "expires_in": 7200})
        if bare in NOTHING and bare not in self.others:
            return self.says({"code": NOTHING[bare]}, 404)
        if self.trouble:
            return self.trouble.pop(0)
        if bare == "/channels/ec/order/get":
            return self.says({"errcode": 0, "order": self.order})
        if bare.startswith("/v3/"):
            answer = json.dumps(self.others[bare]).encode()
            return 200, signed_headers(answer, now=self.now), answer
        return self.says({"errcode": 0} | self.others[bare])

    def says(self, answer, status=200):
        return status, {}, json.dumps(answer).encode()

    def paths(self):
        return [path for path, _ in self.asked]


@contextmanager
def connected(database, judge, folder):
    platform = Platform()
    with answering(platform) as url:
        text = accounts_text(pay_url=url, shop_url=url)
        yield make_service(database, folder, judge, platform_accounts=text), platform


@pytest.fixture
def shop(database, judge, tmp_path):
    with connected(database, judge, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_shop(sqlite_database, judge, tmp_path):
    with connected(sqlite_database, judge, tmp_path) as made:
        yield made


def send(service, name, received, account="main"):
    answer = service.app.test_client().post(
        f"/v1/hooks/{name}/{account}?{urlencode(received.query)}", data=received.body, headers=dict(received.headers)
    )
    assert (answer.status_code, answer.get_data()) == SENDERS[name].success
    return answer


def told(service):
    """The events that platforms told; what the service tells itself of a day is none."""
    return [event for event in rows(service, Event) if event.source != "weiheng"]


def rows(service, model):
    with service.parts.db.read() as session:
        return session.scalars(select(model)).all()


def test_a_payment_notice_and_a_shops_push_of_one_order_become_one_order_in_either_order(shop):
    service, platform = shop
    notice = pay(START, content={"transaction_id": TRANSACTION})
    pushed = push(START, content=order_event("channels_ec_order_pay", now=START, pay_time=int(PAID_AT.timestamp())))

    for received in (("wechatpay", notice), ("channels", pushed)):
        send(service, *received)
        work(service)
    send(service, "channels", push(START, content=order_event("channels_ec_order_wait_shipping", now=START)))
    work(service)

    [order] = rows(service, Order)
    assert (order.order_id, order.transaction_id, order.paid_fen) == (str(ORDER_ID), TRANSACTION, 15990)
    assert (order.paid_at, order.stock_type, order.channel) == (PAID_AT, "spot", "live")
    assert order.delivery_deadline_at == START + timedelta(hours=48)
    assert order.buyer_ref.startswith("wx:")
    kinds = sorted(event.kind for event in told(service))
    assert kinds == ["order.paid", "payment.succeeded"]
    assert {message.state for message in rows(service, InboundMessage)} == {"done"}
    assert platform.tokens == 1


def test_a_delivered_order_has_its_parcels_and_a_number_beyond_2_to_53_is_exact(sqlite_shop):
    service, platform = sqlite_shop
    sent_at = int(START.timestamp()) - 5
    parcels = [{"waybill_id": "SF1", "delivery_id": "SF", "delivery_time": sent_at}]
    platform.order = ORDER | {
        "status": 30,
        "order_detail": ORDER["order_detail"]
        | {"delivery_info": {"delivery_product_info": parcels, "ship_done_time": sent_at}},
    }

    send(
        service, "channels", push(START, content=order_event("channels_ec_order_deliver", now=START, finish_delivery=1))
    )
    work(service)

    [order] = rows(service, Order)
    assert platform.asked[1] == ("/channels/ec/order/get", {"order_id": "3705115058471208928"})
    assert (order.order_id, order.shipped_at) == ("3705115058471208928", START - timedelta(seconds=5))


@pytest.mark.parametrize(
    ("event", "info", "kind", "facts"),
    [
        ("channels_ec_order_cancel", {"cancel_type": 4}, "order.cancel", {"cancel_type": "oversold"}),
        ("channels_ec_order_confirm", {"confirm_type": 1}, "order.confirm", {}),
        ("channels_ec_order_settle", {"settle_time": int(START.timestamp()) - 9}, "order.settle", {}),
        ("channels_ec_order_ext_info_update", {"type": 7}, "order.urge", {}),
        ("channels_ec_order_ext_info_update", {"type": 22}, "order.extension", {"answer": "refused"}),
    ],
)
def test_what_a_push_says_by_itself_is_an_event_without_asking(sqlite_shop, event, info, kind, facts):
    service, platform = sqlite_shop
    send(service, "channels", push(START, content=order_event(event, now=START, **info)))
    work(service)

    [made] = told(service)
    assert (made.kind, made.subject, made.source) == (kind, str(ORDER_ID), "channels:main")
    assert facts.items() <= made.facts.items()
    assert [path for path in platform.paths() if path not in NOTHING] == []


def test_an_agreed_extension_moves_the_deadline_to_what_the_platform_says(sqlite_shop):
    service, _ = sqlite_shop
    send(service, "channels", push(START, content=order_event("channels_ec_order_ext_info_update", now=START, type=21)))
    work(service)

    [order] = rows(service, Order)
    assert order.extended_to_at == START + timedelta(hours=48)


def test_an_xml_push_and_pushes_nobody_knows_are_kept_and_understood_or_ignored(sqlite_shop):
    service, _ = sqlite_shop
    xml = (
        f"<xml><ToUserName><![CDATA[gh_a0b1c2d3e4f5]]></ToUserName><CreateTime>{int(START.timestamp())}</CreateTime>"
        "<Event><![CDATA[add_express_path]]></Event><DeliveryID>SF</DeliveryID><WayBillId>SF9</WayBillId>"
        "<Version>3</Version><Actions><ActionTime>1795428000</ActionTime><ActionType>100001</ActionType></Actions>"
        "<Actions><ActionTime>1795428000</ActionTime><ActionType>300001</ActionType></Actions></xml>"
    )
    send(service, "channels", push(START, content=xml.encode()))
    send(service, "channels", push(START, content=order_event("channels_ec_brand", now=START)))
    work(service)

    assert sorted(event.facts["action"] for event in told(service)) == ["picked_up", "unknown"]
    assert sorted(message.state for message in rows(service, InboundMessage)) == ["done", "ignored"]


def test_a_refund_and_a_complaint_of_the_payment_reach_their_order(sqlite_shop):
    service, platform = sqlite_shop
    complaint = {"complaint_id": "2002", "action_type": "CREATE_COMPLAINT"}
    platform.others["/v3/merchant-service/complaints-v2/2002"] = {
        "complaint_id": "2002",
        "complaint_state": "PENDING",
        "complaint_time": "2026-11-23T17:59:59+08:00",
        "complaint_order_info": [{"transaction_id": TRANSACTION, "out_trade_no": "1"}],
    }
    refund = {
        "mchid": "1900000109",
        "transaction_id": TRANSACTION,
        "refund_id": "5030",
        "out_refund_no": "R1",
        "refund_status": "SUCCESS",
        "success_time": "2026-11-23T17:59:58+08:00",
        "amount": {"total": 15990, "refund": 990},
    }

    def notice(content, **more):
        headers, body = pay_notice(content, now=START, **more)
        return Received(headers, {}, body)

    send(service, "channels", push(START, content=order_event("channels_ec_order_pay", now=START)))
    send(service, "wechatpay", notice(refund, original_type="refund", event_type="REFUND.SUCCESS", notice_id="a"))
    send(
        service, "wechatpay", notice(complaint, original_type="complaint", event_type="COMPLAINT.CREATE", notice_id="b")
    )
    work(service)

    [order] = rows(service, Order)
    found = {event.kind: event for event in told(service)}
    assert order.refunded_fen == 990
    assert set(found) == {"order.paid", "refund.finished", "complaint.update"}
    assert found["complaint.update"].facts["transaction_id"] == TRANSACTION


def test_a_platform_in_trouble_is_asked_again_and_a_refused_token_is_renewed_once(sqlite_shop):
    service, platform = sqlite_shop
    busy, limited = platform.says({"errcode": -1, "errmsg": "system error"}), platform.says({}, 502)
    refused = platform.says({"errcode": 42001, "errmsg": "access_token expired"})
    platform.trouble = [refused, busy, limited]
    send(service, "channels", push(START, content=order_event("channels_ec_order_pay", now=START)))

    for _ in range(3):
        work(service)
        service.clock.advance(seconds=20)

    assert [order.order_id for order in rows(service, Order)] == [str(ORDER_ID)]
    assert platform.tokens == 2
    assert platform.paths().count("/channels/ec/order/get") == 4


def test_a_used_up_quota_waits_until_midnight_in_china(sqlite_shop):
    service, platform = sqlite_shop
    platform.trouble = [platform.says({"errcode": 45009, "errmsg": "reach max api daily quota limit"})]
    send(service, "channels", push(START, content=order_event("channels_ec_order_pay", now=START)))
    work(service)

    with service.parts.db.read() as session:
        [due_at] = session.scalars(select(QueueRow.due_at).where(QueueRow.kind == "look_up_platform"))
    assert due_at == START + timedelta(hours=6, seconds=60)


def test_a_token_is_used_until_five_minutes_before_its_end_and_is_not_readable(sqlite_shop):
    service, platform = sqlite_shop
    for number, minutes in ((1, 0), (2, 114), (3, 1)):
        service.clock.advance(minutes=minutes)
        content = order_event("channels_ec_order_pay", now=service.clock()) | {"FromUserName": str(number)}
        send(service, "channels", push(service.clock(), content=content))
        work(service)

    assert platform.tokens == 2
    [kept] = rows(service, PlatformToken)
    assert b"token-2" not in kept.token


def test_a_dead_letter_is_seen_and_worked_again_after_it_was_mended(sqlite_shop):
    service, platform = sqlite_shop
    client = service.client()
    platform.trouble = [platform.says({"errcode": 10020050, "errmsg": "order not found"})]
    send(service, "channels", push(START, content=order_event("channels_ec_order_pay", now=START)))
    work(service)

    [letter] = client.get("/v1/inbound/dead-letters").get_json()["items"]
    assert (letter["what"], letter["asked"]) == ("order", {"order_id": str(ORDER_ID)})
    assert "10020050" in letter["error"]
    assert rows(service, Order) == []
    assert client.post(f"/v1/inbound/dead-letters/{letter['id']}/retry").get_json()["state"] == "waiting"
    work(service)

    assert client.get("/v1/inbound/dead-letters").get_json()["items"] == []
    assert len(rows(service, Order)) == 1
    assert client.post(f"/v1/inbound/dead-letters/{letter['id']}/retry").status_code == 404
    assert service.client("events").get("/v1/inbound/dead-letters").status_code == 403


def test_the_facts_of_an_order_are_fetched_again_with_its_after_sales_before_money_moves(sqlite_shop):
    service, platform = sqlite_shop
    after_sale = {"after_sale_order_id": "77", "order_id": str(ORDER_ID), "status": "MERCHANT_REFUND_SUCCESS"}
    times = {"create_time": int(START.timestamp()) - 9, "update_time": int(START.timestamp()) - 3}
    platform.order = ORDER | {"aftersale_detail": {"aftersale_order_list": [{"aftersale_order_id": 77}]}}
    refunded = after_sale | times | {"type": "REFUND", "refund_info": {"amount": 15990}}
    platform.others["/channels/ec/aftersale/getaftersaleorder"] = {"after_sale_order": refunded}

    fetched = fetch_order_again(service.parts, shop_id="shop-7", order_id=str(ORDER_ID), now=START)

    assert (fetched.at, fetched.events) == (START, 2)
    assert rows(service, Feed) == []  # what we ask for ourselves is no sign that the shop's pushes arrive
    assert [event.kind for event in told(service)] == ["order.paid", "aftersale.update"]
    facts = confirm_order(service.parts, shop_id="shop-7", order_id=str(ORDER_ID), now=START)
    assert facts.refunded_fen == 15990  # no payment notice said so, only the after-sale
    with pytest.raises(NotFound):
        fetch_order_again(service.parts, shop_id="shop-unknown", order_id="1", now=START)
    platform.trouble = [platform.says({"errcode": -1})]
    with pytest.raises(PlatformBusy):
        fetch_order_again(service.parts, shop_id="shop-7", order_id=str(ORDER_ID), now=START)


def test_old_bodies_are_forgotten_and_that_they_came_is_not(sqlite_shop):
    service, _ = sqlite_shop
    send(service, "wechatpay", pay(START))
    work(service)
    service.clock.advance(days=31)
    work(service, WATCH_INBOX)

    [message] = rows(service, InboundMessage)
    assert (message.body, message.state) == (None, "done")


def test_the_door_answers_while_the_work_of_an_earlier_push_hangs(sqlite_shop):
    service, platform = sqlite_shop
    hangs, goes_on = threading.Event(), threading.Event()
    answer = platform.__call__

    def slow(*request):
        hangs.set()
        goes_on.wait(60)
        return answer(*request)

    with answering(slow) as url:
        account = replace(service.parts.accounts["channels"]["main"], base_url=url)
        parts = replace(service.parts, accounts={**service.parts.accounts, "channels": {"main": account}})
        send(service, "channels", push(START, content=order_event("channels_ec_order_pay", now=START)))
        worker = threading.Thread(target=lambda: work(replace(service, parts=parts)))
        worker.start()
        hangs.wait(60)
        send(service, "wechatpay", pay(START))
        states = sorted(message.state for message in rows(service, InboundMessage))
        goes_on.set()
        worker.join(60)

    assert states == ["done", "waiting"]  # the push's row was worked as far as its question, which hangs
    kinds = sorted(event.kind for event in told(service))
    assert kinds == ["order.paid", "payment.succeeded"]


def test_a_message_whose_worker_died_before_the_end_is_worked_again_and_told_once(shop):
    service, _ = shop
    send(service, "wechatpay", pay(START))
    [claim] = service.parts.db.write(lambda session: queue.claim(session, worker="dies", now=START, limit=1))
    service.clock.advance(minutes=2)
    [again] = service.parts.db.write(lambda session: queue.claim(session, worker="lives", now=service.clock(), limit=1))

    work_inbound(service.parts, claim, now=service.clock())  # takes the event, but has lost its lease
    half = [message.state for message in rows(service, InboundMessage)]
    work_inbound(service.parts, again, now=service.clock())

    assert half == ["waiting"]
    assert [message.state for message in rows(service, InboundMessage)] == ["done"]
    assert len(told(service)) == 1


def test_the_command_names_addresses_and_what_is_missing_and_shows_no_secret(tmp_path, monkeypatch):
    accounts = json.loads(accounts_text())
    del accounts["channels"]["other"]["app_secret"]
    (tmp_path / "accounts.yaml").write_text(json.dumps(accounts), "utf-8")
    monkeypatch.setenv("WEIHENG_PLATFORM_ACCOUNTS_FILE", str(tmp_path / "accounts.yaml"))

    said = CliRunner().invoke(main, ["inbound", "check"])
    shown = CliRunner().invoke(main, ["settings"])

    assert said.exit_code == 1
    assert "/v1/hooks/wechatpay/main\n" in said.output
    assert said.output.count("app_secret") == 1
    assert "s3cr3t" not in said.output + shown.output
    assert "PRIVATE KEY" not in said.output + shown.output

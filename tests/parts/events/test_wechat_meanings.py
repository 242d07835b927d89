"""Whatever a genuine message or answer holds, its meaning is events that fit their kinds, or a reason, or Untrusted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import SettingsError
from app.events.kind import load_kinds
from app.events.provider import Lookup, Message, load_providers, read_accounts
from app.events.stored import check_event
from app.events.wechat import pay_notices, shop_pushes
from app.wechat.errors import Untrusted
from app.wechat.reading import read_json
from tests.inbound import SENDERS
from tests.wechat import accounts_text

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PROVIDERS, KINDS = load_providers(), load_kinds()
ACCOUNTS = read_accounts(accounts_text(), PROVIDERS)
NAMES = [
    "order_info",
    "order_id",
    "type",
    "cancel_type",
    "settle_time",
    "finder_shop_aftersale_status_update",
    "after_sale_order_id",
    "status",
    "finder_shop_complaint",
    "complaint_id",
    "complaint_status",
    "request_data",
    "ticket_id",
    "waybill_info",
    "waybill_id",
    "update_time",
    "Actions",
    "ActionTime",
    "ActionType",
    "WayBillId",
    "transaction_id",
    "out_trade_no",
    "trade_state",
    "amount",
    "total",
    "currency",
    "refund_id",
    "refund_status",
    "refund",
    "out_order_no",
    "receiver",
    "account",
    "success_time",
    "sub_mchid",
    "order",
    "order_detail",
    "pay_info",
    "pay_time",
    "price_info",
    "order_price",
    "product_infos",
    "real_price",
    "sku_id",
    "sku_cnt",
    "delivery_info",
    "delivery_product_info",
    "delivery_time",
    "ship_done_time",
    "openid",
    "create_time",
    "receivers",
    "result",
    "state",
    "complaint_state",
    "complaint_time",
    "after_sale_order",
    "refund_info",
    "history",
    "time",
    "CreateTime",
    "action_type",
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.sampled_from(["", "SUCCESS", "CNY", "1", "3705115058471208928", "2026-11-23T10:00:00+08:00", "PENDING", "\x00"]),
    st.sampled_from([0, 1, 20, 21, 30, 190, 250, 1662480000]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=25,
)
CONTENT = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12)
PUSHES = sorted(shop_pushes._ROUTES)
TYPES = sorted(pay_notices._ROUTES)


def held(meaning):
    """The events fit their kinds as far as the mapping goes; values may be wrong as the message has them."""
    for event in meaning.events:
        assert event.kind in KINDS
        assert len(event.id) <= 200
        _, problems = check_event(KINDS, event, now=NOW)
        assert not [each for each in problems if "unknown" in each.problem or "is missing" in each.problem], problems
    assert meaning.events or meaning.lookups or meaning.ignored


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(PUSHES), content=CONTENT)
def test_any_content_of_a_push_has_a_meaning_that_fits_or_is_not_trusted(kind, content):
    try:
        meaning = PROVIDERS["channels"].meaning(
            ACCOUNTS["channels"]["main"], Message("1", kind, content), received_at=NOW
        )
    except Untrusted:
        return
    held(meaning)


@settings(max_examples=200, deadline=None)
@given(original_type=st.sampled_from([*TYPES, "payscore"]), content=CONTENT)
def test_any_content_of_a_notice_has_a_meaning_that_fits_or_is_not_trusted(original_type, content):
    envelope = {"original_type": original_type, "event_type": "TRANSACTION.SUCCESS"}
    message = Message("1", "x", {"envelope": envelope, "resource": content})
    try:
        meaning = PROVIDERS["wechatpay"].meaning(ACCOUNTS["wechatpay"]["main"], message, received_at=NOW)
    except Untrusted:
        return
    held(meaning)


@settings(max_examples=100, deadline=None)
@given(
    of=st.sampled_from([(name, what) for name, each in PROVIDERS.items() for what in each.lookups]),
    content=CONTENT,
    cause=CONTENT,
)
def test_any_answer_has_a_meaning_that_fits_or_is_not_trusted(of, content, cause):
    name, what = of
    asked = {
        "order_id": "1",
        "complaint_id": "1",
        "out_order_no": "P1",
        "transaction_id": "42",
        "after_sale_order_id": "1",
    }
    lookup = Lookup(what, asked, {"shop_id": "shop-7", "at": NOW.isoformat()} | {"status": cause.get("status")})
    kind = PROVIDERS[name].lookups[what]
    assert kind.asking(asked).path.startswith("/")
    try:
        meaning = kind.meaning(ACCOUNTS[name]["main"], lookup, content, NOW)
    except Untrusted:
        return
    held(meaning)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_a_genuine_message_opened_again_later_is_the_same_whatever_its_age(name):
    received, account = SENDERS[name].genuine(NOW), ACCOUNTS[name]["main"]

    assert PROVIDERS[name].open(account, received, now=None) == PROVIDERS[name].open(account, received, now=NOW)


def test_a_message_of_a_sub_merchant_is_about_its_shop_and_of_an_unknown_one_about_none():
    account = ACCOUNTS["wechatpay"]["main"]

    assert account.shop_of(None) == account.shop_of("1900000110") == "shop-7"
    given = read_json(accounts_text().encode())["wechatpay"]["main"] | {"shops": {"1900000110": "shop-8"}}
    provider = PROVIDERS["wechatpay"].read_account("main", given)
    assert (provider.shop_of("1900000110"), provider.shop_of("1900000111")) == ("shop-8", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "mapping"),
        ("wechat: {}", ""),
        ("douyin: {main: {}}", "no such provider"),
        ("channels: {main: {shop_id: s}}", "channels.main.token"),
        ("channels: {main: {shop_id: s, appid: a, token: abc, encoding_aes_key: short}}", "43 characters"),
        ("channels: {main: {file: /nowhere/at/all}}", "/nowhere"),
        ("channels: {a/b: {shop_id: s}}", "a name of"),
        ("wechatpay: {main: {mchid: '1', shop_id: s, api_v3_key: short, platform_keys: {X: y}}}", "32 bytes"),
        (
            "wechatpay: {main: {mchid: '1', shop_id: s, api_v3_key: {file: /nowhere}, platform_keys: {X: y}}}",
            "/nowhere",
        ),
        ("a: b: c", "no YAML"),
    ],
)
def test_a_wrong_account_is_named_with_its_place_and_without_its_secrets(text, said):
    with pytest.raises(SettingsError) as caught:
        read_accounts(text, PROVIDERS)

    assert said in str(caught.value)
    assert "short" not in str(caught.value)


def test_an_orders_goods_come_with_what_one_piece_really_cost():
    goods = [
        {"sku_id": "2000", "sku_cnt": 3, "real_price": 1_000},
        {"sku_id": "2001", "sku_cnt": 0, "real_price": 1_000},
        {"sku_cnt": 1, "real_price": 1_000},
    ]
    detail = {"pay_info": {"pay_time": 1_736_731_088}, "price_info": {"order_price": 3_000}, "product_infos": goods}
    answer = {"order": {"order_id": "3705115058471208928", "status": 20, "order_detail": detail}}
    account = ACCOUNTS["channels"]["main"]

    meaning = PROVIDERS["channels"].lookups["order"].meaning(account, Lookup("order", {}, {}), answer, NOW)

    [paid] = [each for each in meaning.events if each.kind == "order.paid"]
    assert paid.facts["items"] == [{"sku_id": "2000", "count": 3, "unit_fen": 333}]
    assert check_event(KINDS, paid, now=NOW)[1] == []

"""What 微信小店 is asked after a push, and what its answers mean.

An order's answer is the whole order, so whatever push led to it, it tells everything that has happened so far: paid,
each parcel, cancelled. SentEvent again it is the same events, because their ids are made of what they say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.events.provider import Asking, Lookup, LookupKind, Meaning
from app.events.stored import SentEvent
from app.events.wechat.shop_pushes import event, source
from app.events.wechat.telling import from_rfc3339, from_seconds, needed, needed_number, told
from app.wechat.accounts import ShopAccount
from app.wechat.reading import number, part, parts, text

_SHIPPED, _PARTLY_SHIPPED = frozenset({30, 100}), 21
_UNPAID = 10
_CANCELLED = {190: "oversold", 200: "after_sale", 250: None}
_STOCK = {0: "spot", 1: "presale"}
_SCENES = {2: "live", 3: "video", 4: "share", 5: "window"}
_INSPECTED = {1: "jewellery", 2: "fresh"}
_AFTER_SALE = {
    "USER_CANCELD": "closed", "MERCHANT_PROCESSING": "opened", "MERCHANT_REJECT_REFUND": "merchant_refused",
    "MERCHANT_REJECT_RETURN": "merchant_refused", "MERCHANT_REJECT_EXCHANGE": "merchant_refused",
    "MERCHANT_REJECT_RESHIP": "merchant_refused", "USER_WAIT_RETURN": "waiting_return", "RETURN_CLOSED": "closed",
    "MERCHANT_WAIT_RECEIPT": "returned", "MERCHANT_OVERDUE_REFUND": "overdue_refund",
    "MERCHANT_REFUND_SUCCESS": "refunded", "MERCHANT_RETURN_SUCCESS": "refunded", "PLATFORM_REFUNDING": "refunding",
    "PLATFORM_REFUND_FAIL": "refund_failed", "USER_WAIT_CONFIRM": "opened", "MERCHANT_REFUND_RETRY_FAIL": "closed",
    "MERCHANT_FAIL": "closed", "USER_WAIT_CONFIRM_UPDATE": "opened", "USER_WAIT_HANDLE_MERCHANT_AFTER_SALE": "opened",
    "WAIT_PACKAGE_INTERCEPT": "refunding", "USER_WAIT_RECEIPT": "returned", "MERCHANT_EXCHANGE_SUCCESS": "closed",
}  # fmt: skip
_TYPES = {"REFUND": "refund", "RETURN": "return", "EXCHANGE": "exchange"}
_COMPLAINTS = {100: "pending", 112: "processed", 116: "closed"}


def _order(account: ShopAccount, lookup: Lookup, answer: Mapping[str, Any], now: datetime) -> Meaning:
    order = part(answer, "order")
    order_id = needed(text(order, "order_id"), "order.order_id")
    status = needed_number(number(order, "status"), "order.status")
    if status == _UNPAID:
        return Meaning(ignored="the order is not paid yet")
    events = [_paid(account, order_id, order), *_parcels(account, order_id, order, status)]
    if status in _CANCELLED:
        at = from_seconds(number(order, "update_time")) or now
        events.append(event(account, "order.cancel", order_id, at, cancel_type=_CANCELLED[status]))
    if answered := lookup.cause.get("extension"):
        at = from_rfc3339(lookup.cause.get("at")) or now
        until = _deadline(order)
        events.append(event(account, "order.extension", order_id, at, answer=answered, extended_to_at=until))
    return Meaning(tuple(each for each in events if each is not None), _after_sales(order, lookup))


def _after_sales(order: Mapping[str, Any], lookup: Lookup) -> tuple[Lookup, ...]:
    """Where the whole of an order is wanted: its after-sales, which pushes tell by themselves otherwise."""
    if not lookup.cause.get("whole"):
        return ()
    given = parts(part(order, "aftersale_detail"), "aftersale_order_list")
    found = [number_ for each in given if (number_ := text(each, "aftersale_order_id", "after_sale_order_id"))]
    return tuple(Lookup("after_sale", {"after_sale_order_id": each}, dict(lookup.cause)) for each in found)


def _paid(account: ShopAccount, order_id: str, order: Mapping[str, Any]) -> SentEvent | None:
    detail = part(order, "order_detail")
    paid, price = part(detail, "pay_info"), part(detail, "price_info")
    paid_at = from_seconds(number(paid, "pay_time")) or from_seconds(number(order, "create_time"))
    prices = [number(each, "real_price") for each in parts(detail, "product_infos")]
    paid_fen = number(price, "order_price")
    if paid_fen is None and prices and None not in prices:  # each is the goods' whole price, however many they are
        paid_fen = sum(each or 0 for each in prices)
    if paid_at is None:
        return None
    goods = [part(each, "sku_deliver_info") for each in parts(detail, "product_infos")]
    stocks = {_STOCK.get(number(each, "stock_type") or 0) for each in goods}
    predicted = [from_seconds(number(each, "predict_delivery_time")) for each in goods]
    openid = text(order, "openid")
    return told(
        source=source(account),
        kind="order.paid",
        shop_id=account.shop_id,
        subject=order_id,
        at=paid_at,
        order=number(order, "update_time") or 0,
        facts={
            "paid_at": paid_at,
            "paid_fen": needed_number(paid_fen, "price_info.order_price"),
            "transaction_id": text(paid, "transaction_id"),
            "stock_type": next(iter(stocks)) if len(stocks) == 1 else None,
            "delivery_deadline_at": _deadline(order),
            "predicted_delivery_at": min((at for at in predicted if at is not None), default=None),
            "channel": _SCENES.get(number(part(detail, "ext_info"), "order_scene") or 0),
            "buyer_ref": _reference(account, openid) if openid else None,
            "items": _items(parts(detail, "product_infos")) or None,
            "sku_ids": [sku for each in parts(detail, "product_infos") if (sku := text(each, "sku_id"))] or None,
        },
    )


def _items(goods: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was bought, with what one piece really cost: the whole price of the goods by their number, rounded down."""
    told_of = [(text(each, "sku_id"), number(each, "sku_cnt"), number(each, "real_price")) for each in goods]
    return [
        {"sku_id": sku_id, "count": count, "unit_fen": price // count}
        for sku_id, count, price in told_of
        if sku_id and count is not None and count > 0 and price is not None and price >= 0
    ]


def _parcels(account: ShopAccount, order_id: str, order: Mapping[str, Any], status: int) -> list[SentEvent]:
    """One event a parcel; that everything is sent is said with the last one."""
    sent = part(part(order, "order_detail"), "delivery_info")
    found = [
        (from_seconds(number(each, "delivery_time")), each)
        for each in parts(sent, "delivery_product_info")
        if text(each, "waybill_id")
    ]
    done_at = from_seconds(number(sent, "ship_done_time"))
    dated = sorted(((at or done_at, each) for at, each in found if at or done_at), key=lambda pair: str(pair[0]))
    events = []
    for place, (at, each) in enumerate(dated, start=1):
        assert at is not None, "undated parcels were left out"
        facts = {
            "finish_delivery": place == len(dated) and status != _PARTLY_SHIPPED,
            "waybill_id": text(each, "waybill_id"),
            "delivery_id": text(each, "delivery_id"),
            "quality_inspect_type": _INSPECTED.get(number(sent, "quality_inspect_type") or 0),
        }
        events.append(event(account, "order.deliver", order_id, at, **facts))
    if not events and done_at is not None and status in _SHIPPED:
        events.append(event(account, "order.deliver", order_id, done_at, finish_delivery=True))
    return events


def _after_sale(account: ShopAccount, lookup: Lookup, answer: Mapping[str, Any], now: datetime) -> Meaning:
    given = part(answer, "after_sale_order")
    status = _AFTER_SALE.get(needed(text(given, "status"), "after_sale_order.status"))
    if status is None:
        return Meaning(ignored="an after-sale status that is not known")
    at = from_seconds(number(given, "update_time")) or from_rfc3339(lookup.cause.get("at")) or now
    made = event(
        account,
        "aftersale.update",
        needed(text(given, "after_sale_order_id"), "after_sale_order.after_sale_order_id"),
        at,
        order_id=needed(text(given, "order_id"), "after_sale_order.order_id"),
        status=status,
        type=_TYPES.get(text(given, "type") or ""),
        reason=text(given, "reason"),
        amount_fen=number(part(given, "refund_info"), "amount"),
        opened_at=from_seconds(number(given, "create_time")),
    )
    return Meaning((made,))


def _complaint(account: ShopAccount, lookup: Lookup, answer: Mapping[str, Any], now: datetime) -> Meaning:
    given = part(answer, "complaint_order") or answer
    times = [from_seconds(number(each, "time")) for each in parts(given, "history")]
    status = number(given, "status", "complaint_status")
    if status is None:
        status = number(lookup.cause, "status")
    made = event(
        account,
        "complaint.update",
        lookup.asked["complaint_id"],
        from_rfc3339(lookup.cause.get("at")) or now,
        order_id=text(given, "order_id"),
        status=_COMPLAINTS.get(needed_number(status, "status"), "processing"),
        channel="shop",
        opened_at=min((at for at in times if at is not None), default=None),
    )
    return Meaning((made,))


def _deadline(order: Mapping[str, Any]) -> datetime | None:
    """The first deadline of any of the goods; 0 or none where the platform says none."""
    goods = parts(part(order, "order_detail"), "product_infos")
    found = [from_seconds(number(each, "delivery_deadline")) for each in goods]
    return min((at for at in found if at is not None), default=None)


def _reference(account: ShopAccount, openid: str) -> str:
    """An opaque reference of the buyer: an openid is random, so its hash leads back to nobody."""
    return "wx:" + hashlib.sha256(f"{account.appid}\n{openid}".encode()).hexdigest()[:32]


LOOKUPS: Mapping[str, LookupKind] = {
    "order": LookupKind(lambda asked: Asking("/channels/ec/order/get", dict(asked)), _order),
    "after_sale": LookupKind(
        lambda asked: Asking("/channels/ec/aftersale/getaftersaleorder", dict(asked)), _after_sale
    ),
    "complaint": LookupKind(lambda asked: Asking("/channels/ec/aftersale/getcomplaintorder", dict(asked)), _complaint),
}

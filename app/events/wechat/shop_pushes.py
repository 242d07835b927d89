"""What the pushes of 微信小店, mini-programs and their logistics mean.

A push about an order carries its number and hardly more, so most ask the platform for the order as it stands; what a
push says by itself (cancelled, confirmed, urged) becomes an event at once. Unknown events are kept as ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.events.provider import Lookup, Meaning, Message
from app.events.stored import SentEvent
from app.events.wechat.media_check import media_check
from app.events.wechat.telling import from_seconds, needed, needed_number, told
from app.wechat.accounts import ShopAccount
from app.wechat.reading import number, part, parts, text

CANCELLED_BY = {1: "buyer", 2: "timeout", 3: "after_sale", 4: "oversold"}
_EXTENSIONS = {21: "agreed", 22: "refused", 23: "timeout"}
_URGED = 7
_WAYBILL = {
    0: "waiting", 1: "picked_up", 2: "in_transit", 3: "delivering", 4: "locker", 5: "signed", 6: "returned",
    7: "forwarded", 8: "abnormal", 9: "delivering",
}  # fmt: skip
_PATH = {
    100001: "picked_up", 100002: "pick_up_failed", 100003: "assigned", 200001: "in_transit", 300002: "delivering",
    300003: "signed", 300004: "sign_failed", 400001: "cancelled", 400002: "stuck",
}  # fmt: skip
_COMPLAINT_CLOSED, _COMPLAINT_OPEN = frozenset({"205", "208", "209"}), frozenset({"201", "206"})

Push = Callable[[ShopAccount, Mapping[str, Any], datetime], Meaning]


def meaning(account: ShopAccount, message: Message, *, received_at: datetime) -> Meaning:
    """What follows from one push."""
    said = message.content
    read = _ROUTES.get(message.kind)
    if read is None:
        return Meaning(ignored=f"no use for {message.kind}")
    return read(account, said, from_seconds(number(said, "CreateTime")) or received_at)


def source(account: ShopAccount) -> str:
    """Who tells an event."""
    return f"channels:{account.name}"


def event(account: ShopAccount, kind: str, subject: str, at: datetime, **facts: Any) -> SentEvent:
    """An event of this account's shop."""
    return told(source=source(account), kind=kind, shop_id=account.shop_id, subject=subject, at=at, facts=facts)


def _order_id(said: Mapping[str, Any]) -> str:
    return needed(text(part(said, "order_info"), "order_id"), "order_info.order_id")


def _order(_: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    return Meaning(lookups=(Lookup("order", {"order_id": _order_id(said)}, {"at": at.isoformat()}),))


def _cancelled(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    by = CANCELLED_BY.get(number(part(said, "order_info"), "cancel_type") or 0)
    return Meaning((event(account, "order.cancel", _order_id(said), at, cancel_type=by),))


def _confirmed(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    return Meaning((event(account, "order.confirm", _order_id(said), at),))


def _settled(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    settled_at = from_seconds(number(part(said, "order_info"), "settle_time")) or at
    return Meaning((event(account, "order.settle", _order_id(said), settled_at),))


def _changed(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    """7 the buyer urges; 21-23 what came of a negotiated dispatch; anything else: look at the order again."""
    order_id, type_ = _order_id(said), number(part(said, "order_info"), "type")
    if type_ == _URGED:
        return Meaning((event(account, "order.urge", order_id, at),))
    answer = _EXTENSIONS.get(type_ or 0)
    if answer in {"refused", "timeout"}:
        return Meaning((event(account, "order.extension", order_id, at, answer=answer),))
    cause = {"at": at.isoformat()} | ({"extension": answer} if answer else {})
    return Meaning(lookups=(Lookup("order", {"order_id": order_id}, cause),))


def _after_sale(_: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    given = part(said, "finder_shop_aftersale_status_update")
    number_ = needed(text(given, "after_sale_order_id"), "after_sale_order_id")
    cause = {"at": at.isoformat(), "status": text(given, "status")}
    return Meaning(lookups=(Lookup("after_sale", {"after_sale_order_id": number_}, cause),))


def _shop_complaint(_: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    given = part(said, "finder_shop_complaint")
    complaint_id = needed(text(given, "complaint_id"), "complaint_id")
    cause = {"at": at.isoformat(), "status": text(given, "complaint_status", "status")}
    return Meaning(lookups=(Lookup("complaint", {"complaint_id": complaint_id}, cause),))


def _ticket(state: str) -> Push:
    def read(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
        given = part(said, "request_data")
        ticket_id = needed(text(given, "ticket_id"), "request_data.ticket_id")
        facts = {"order_id": text(given, "order_id"), "ticket_class": text(given, "ticket_class", "class")}
        return Meaning((event(account, "ticket.update", ticket_id, at, state=state, **facts),))

    return read


def _stock(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    given = part(said, "channels_ec_stock_no_enough") or said
    sku_id = needed(text(given, "sku_id", "product_id"), "sku_id")
    left = number(given, "remaining_stock_amount")
    return Meaning((event(account, "inventory.event", sku_id, at, stock_count=left, not_enough=True),))


def _waybill(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    """The status counts, not the words beside it: the platform's own example pairs them wrongly."""
    given = part(said, "waybill_info")
    action = _WAYBILL.get(needed_number(number(given, "status"), "waybill_info.status"), "unknown")
    waybill_id = needed(text(given, "waybill_id"), "waybill_info.waybill_id")
    acted_at = from_seconds(number(given, "update_time")) or at
    delivery_id = text(given, "delivery_id")
    return Meaning((event(account, "logistics.event", waybill_id, acted_at, action=action, delivery_id=delivery_id),))


def _path(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    waybill_id = needed(text(said, "WayBillId"), "WayBillId")
    facts = {"delivery_id": text(said, "DeliveryID"), "trace_version": number(said, "Version")}
    if order_id := text(said, "OrderId"):
        facts["order_id"] = order_id
    events = [
        event(
            account,
            "logistics.event",
            waybill_id,
            from_seconds(number(each, "ActionTime")) or at,
            action=_PATH.get(number(each, "ActionType") or 0, "unknown"),
            **facts,
        )
        for each in parts(said, "Actions")
    ]
    return Meaning(tuple(events)) if events else Meaning(ignored="a trace without actions")


def _mini_complaint(account: ShopAccount, said: Mapping[str, Any], at: datetime) -> Meaning:
    given = part(said, "BussiCallBackInfo") or said
    status = text(given, "status") or ""
    closed = "closed" if status in _COMPLAINT_CLOSED else "processing"
    paid = (text(given, "order_id") or "").partition("_")[2]
    opened_at = from_seconds(number(given, "create_time"))
    made = event(
        account,
        "complaint.update",
        needed(text(given, "complaint_order_id"), "complaint_order_id"),
        at,
        transaction_id=paid or None,
        status="pending" if not status or status in _COMPLAINT_OPEN else closed,
        action=text(given, "option_type"),
        channel="miniprogram",
        opened_at=opened_at,
        expires_at=from_seconds(number(given, "expire_time")),
    )
    return Meaning((made,))


_ROUTES: Mapping[str, Push] = {
    "channels_ec_order_pay": _order,
    "channels_ec_order_wait_shipping": _order,
    "channels_ec_order_deliver": _order,
    "channels_ec_order_ext_info_update": _changed,
    "channels_ec_order_cancel": _cancelled,
    "channels_ec_order_confirm": _confirmed,
    "channels_ec_order_settle": _settled,
    "channels_ec_aftersale_update": _after_sale,
    "channels_ec_complaint_update": _shop_complaint,
    "channels_ec_stock_no_enough": _stock,
    "ec_platform_kf_create_mch_ticket": _ticket("merchant"),
    "ec_platform_kf_ticket_timeout": _ticket("platform"),
    "ewaybill_push_path": _waybill,
    "add_express_path": _path,
    "complaint_callback": _mini_complaint,
    "wxa_media_check": media_check,
}

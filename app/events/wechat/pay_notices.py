"""What WeChat Pay's decrypted notices mean. Routed by ``original_type``: payments and splits share an ``event_type``.

Only what has happened becomes an event. A notice about a split speaks of one receiver and never of a failure, so the
platform is asked about the whole split; a notice about a complaint carries its number alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.events.provider import Lookup, Meaning, Message
from app.events.wechat.telling import from_rfc3339, needed, needed_number, told
from app.wechat.accounts import PayAccount
from app.wechat.errors import Doubt, Untrusted
from app.wechat.reading import number, part, text

_REFUNDS = {"SUCCESS": "success", "ABNORMAL": "abnormal", "CLOSED": "closed"}
_NAME = "wechatpay"


def meaning(account: PayAccount, message: Message, *, received_at: datetime) -> Meaning:
    """What follows from one notice."""
    envelope, said = part(message.content, "envelope"), part(message.content, "resource")
    read = _ROUTES.get(str(envelope.get("original_type")))
    if read is None:
        return Meaning(ignored=f"no use for {message.kind}")
    shop_id = account.shop_of(text(said, "sub_mchid"))
    if shop_id is None:
        raise Untrusted(Doubt.WRONG_ACCOUNT, "the sub-merchant is none of this account's `shops`")
    at = from_rfc3339(text(said, "success_time")) or from_rfc3339(text(envelope, "create_time")) or received_at
    return read(account, shop_id, envelope, said, at)


def source(account: PayAccount) -> str:
    """Who tells an event."""
    return f"{_NAME}:{account.name}"


def _payment(account: PayAccount, shop_id: str, _: Mapping[str, Any], said: Mapping[str, Any], at: datetime) -> Meaning:
    state = needed(text(said, "trade_state"), "trade_state")
    if state != "SUCCESS":
        return Meaning(ignored=f"the payment is {state}")
    transaction_id = needed(text(said, "transaction_id"), "transaction_id")
    facts = {
        "out_trade_no": text(said, "out_trade_no"),
        "paid_at": at,
        "paid_fen": _fen(said, "total"),
        "payer_fen": number(part(said, "amount"), "payer_total"),
        "trade_state": state,
    }
    return Meaning(
        (
            told(
                source=source(account),
                kind="payment.succeeded",
                shop_id=shop_id,
                subject=transaction_id,
                at=at,
                facts=facts,
            ),
        )
    )


def _refund(account: PayAccount, shop_id: str, _: Mapping[str, Any], said: Mapping[str, Any], at: datetime) -> Meaning:
    status = needed(text(said, "refund_status"), "refund_status")
    if status not in _REFUNDS:
        return Meaning(ignored=f"the refund is {status}")
    refund_id = needed(text(said, "refund_id"), "refund_id")
    facts = {
        "transaction_id": needed(text(said, "transaction_id"), "transaction_id"),
        "result": _REFUNDS[status],
        "amount_fen": _fen(said, "refund"),
    }
    return Meaning(
        (told(source=source(account), kind="refund.finished", shop_id=shop_id, subject=refund_id, at=at, facts=facts),)
    )


def _split(
    account: PayAccount, shop_id: str, envelope: Mapping[str, Any], said: Mapping[str, Any], at: datetime
) -> Meaning:
    receiver = part(said, "receiver")
    transaction_id = needed(text(said, "transaction_id"), "transaction_id")
    out_order_no = needed(text(said, "out_order_no"), "out_order_no")
    amount_fen = needed_number(number(receiver, "amount"), "receiver.amount")
    is_return = envelope.get("event_type") == "PROFITSHARING.RETURN" or "回退" in str(envelope.get("summary"))
    facts = {
        "transaction_id": transaction_id,
        "origin": "notice",
        "direction": "return" if is_return else "split",
        "receiver_type": needed(text(receiver, "type"), "receiver.type"),
        "receiver_account": needed(text(receiver, "account"), "receiver.account"),
        "told_fen": amount_fen,
    }
    noticed = told(
        source=source(account), kind="split.reconcile", shop_id=shop_id, subject=out_order_no, at=at, facts=facts
    )
    asked = {"transaction_id": transaction_id, "out_order_no": out_order_no}
    if sub_mchid := text(said, "sub_mchid"):
        asked["sub_mchid"] = sub_mchid
    return Meaning((noticed,), (Lookup("split", asked, {"shop_id": shop_id}),) if account.merchant_key else ())


def _complaint(
    account: PayAccount, shop_id: str, _: Mapping[str, Any], said: Mapping[str, Any], at: datetime
) -> Meaning:
    complaint_id = needed(text(said, "complaint_id"), "complaint_id")
    cause = {"action": text(said, "action_type"), "at": at.isoformat(), "shop_id": shop_id}
    if account.merchant_key is None:
        raise Untrusted(Doubt.UNKNOWN_KEY, "a complaint cannot be looked up without `private_key` and `serial`")
    return Meaning(lookups=(Lookup("complaint", {"complaint_id": complaint_id}, cause),))


def _fen(said: Mapping[str, Any], name: str) -> int:
    amount = part(said, "amount")
    if text(amount, "currency") not in {None, "CNY"}:
        raise Untrusted(Doubt.MALFORMED, "amount.currency is not CNY")
    return needed_number(number(amount, name), f"amount.{name}")


_ROUTES: Mapping[str, Callable[[PayAccount, str, Mapping[str, Any], Mapping[str, Any], datetime], Meaning]] = {
    "transaction": _payment,
    "refund": _refund,
    "profitsharing": _split,
    "complaint": _complaint,
}

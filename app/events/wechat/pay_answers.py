"""What WeChat Pay is asked after a notice, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from app.events.provider import Asking, Lookup, LookupKind, Meaning
from app.events.wechat.pay_notices import source
from app.events.wechat.telling import from_rfc3339, needed, needed_number, told
from app.wechat.accounts import PayAccount
from app.wechat.reading import number, parts, text

_COMPLAINTS = {"PENDING": "pending", "PROCESSING": "processing", "PROCESSED": "processed"}


def _ask_split(asked: Mapping[str, str]) -> Asking:
    query = {name: asked[name] for name in ("sub_mchid", "transaction_id") if name in asked}
    return Asking(f"/v3/profitsharing/orders/{quote(asked['out_order_no'], safe='')}?{urlencode(query)}")


def _split(account: PayAccount, lookup: Lookup, said: Mapping[str, Any], now: datetime) -> Meaning:
    """One event for the whole split: FINISHED says nothing about success, each receiver's result does."""
    receivers = [
        {
            "type": needed(text(each, "type"), "receivers.type"),
            "account": needed(text(each, "account"), "receivers.account"),
            "amount_fen": needed_number(number(each, "amount"), "receivers.amount"),
            "result": needed(text(each, "result"), "receivers.result"),
            "fail_reason": text(each, "fail_reason") or "",
        }
        for each in parts(said, "receivers")
    ]
    times = [from_rfc3339(text(each, "finish_time", "create_time")) for each in parts(said, "receivers")]
    facts = {
        "transaction_id": text(said, "transaction_id"),
        "platform_order_id": text(said, "order_id"),
        "state": "finished" if text(said, "state") == "FINISHED" else "processing",
        "receivers": receivers,
    }
    made = told(
        source=source(account),
        kind="split.result",
        shop_id=lookup.cause["shop_id"],
        subject=needed(text(said, "out_order_no"), "out_order_no"),
        at=max((at for at in times if at is not None), default=now),
        facts=facts,
    )
    return Meaning((made,))


def _ask_complaint(asked: Mapping[str, str]) -> Asking:
    return Asking(f"/v3/merchant-service/complaints-v2/{quote(asked['complaint_id'], safe='')}")


def _complaint(account: PayAccount, lookup: Lookup, said: Mapping[str, Any], now: datetime) -> Meaning:
    state = needed(text(said, "complaint_state"), "complaint_state")
    orders = parts(said, "complaint_order_info")
    facts = {
        "transaction_id": text(orders[0], "transaction_id") if orders else None,
        "status": _COMPLAINTS.get(state, "processing"),
        "action": lookup.cause.get("action"),
        "channel": "pay",
        "opened_at": from_rfc3339(text(said, "complaint_time")),
    }
    made = told(
        source=source(account),
        kind="complaint.update",
        shop_id=account.shop_of(text(said, "complainted_mchid") if account.shops else None) or lookup.cause["shop_id"],
        subject=needed(text(said, "complaint_id"), "complaint_id"),
        at=from_rfc3339(lookup.cause.get("at")) or now,
        facts=facts,
    )
    return Meaning((made,))


LOOKUPS: Mapping[str, LookupKind] = {
    "split": LookupKind(_ask_split, _split),
    "complaint": LookupKind(_ask_complaint, _complaint),
}

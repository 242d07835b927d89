"""WeChat Pay v3 notifications: payments, refunds, profit sharing, complaints.

The signature is over the raw bytes and is checked before anything is parsed. A message of another merchant, and a
content that is not of the type its envelope says, is refused although it is genuine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.events.provider import Answer, LookupKind, Meaning, Message, Received
from app.events.wechat import pay_answers, pay_notices
from app.events.wechat.telling import needed
from app.wechat.accounts import PayAccount, read_pay_account
from app.wechat.errors import Doubt, Untrusted
from app.wechat.pay_sealing import open_resource
from app.wechat.pay_signature import verify
from app.wechat.reading import part, read_json, text

# Which event types an original type may come with, and what its content must have.
_FITTING = {
    "transaction": (("TRANSACTION.",), ("out_trade_no", "trade_state"), ("receiver",)),
    "refund": (("REFUND.",), ("refund_id", "refund_status"), ()),
    "profitsharing": (("TRANSACTION.", "PROFITSHARING."), ("out_order_no", "receiver"), ("trade_state",)),
    "complaint": (("COMPLAINT.",), ("complaint_id",), ()),
}
_OWNERS = ("sp_mchid", "mchid")


class WeChatPay:
    """The provider ``wechatpay``."""

    name = "wechatpay"
    max_bytes = 256 * 1024
    lookups: Mapping[str, LookupKind] = pay_answers.LOOKUPS

    def read_account(self, name: str, given: Mapping[str, Any]) -> PayAccount:
        """A merchant's account."""
        return read_pay_account(name, given)

    def check_address(self, account: PayAccount, received: Received, *, now: datetime) -> Answer:  # noqa: ARG002
        """WeChat Pay tries addresses with notifications, never with a GET."""
        raise Untrusted(Doubt.MALFORMED, "WeChat Pay sends no GET")

    def open(self, account: PayAccount, received: Received, *, now: datetime | None) -> Message:
        """Verify, parse, decrypt, and hold the content against what the envelope says."""
        verify(account.platform_keys, received.headers, received.body, now=now)
        envelope = read_json(received.body)
        resource = part(envelope, "resource")
        content = read_json(open_resource(resource, api_v3_key=account.api_v3_key))
        event_type = needed(text(envelope, "event_type"), "event_type")
        original_type = text(resource, "original_type") or ""
        _check_owner(account, content)
        _check_type(event_type, original_type, content)
        kept = {name: envelope.get(name) for name in ("id", "create_time", "event_type", "summary")}
        return Message(
            id=needed(text(envelope, "id"), "id"),
            kind=f"{event_type} {original_type}".rstrip(),
            content={"envelope": kept | {"original_type": original_type}, "resource": content},
        )

    def accepted(self) -> Answer:
        """Nothing but the status is read."""
        return Answer(204)

    def refused(self, status: int) -> Answer:
        """The same words whatever was wrong."""
        return Answer(status, '{"code":"FAIL","message":"失败"}'.encode(), "application/json")

    def meaning(self, account: PayAccount, message: Message, *, received_at: datetime) -> Meaning:
        """Events and questions."""
        return pay_notices.meaning(account, message, received_at=received_at)


def _check_owner(account: PayAccount, content: Mapping[str, Any]) -> None:
    """The first owner named must be this account; some contents (complaints) name none."""
    owner = text(content, *_OWNERS)
    if owner is not None and owner != account.mchid:
        raise Untrusted(Doubt.WRONG_ACCOUNT, "the notice is another merchant's")


def _check_type(event_type: str, original_type: str, content: Mapping[str, Any]) -> None:
    fitting = _FITTING.get(original_type)
    if fitting is None:
        return
    prefixes, present, absent = fitting
    fits = event_type.startswith(prefixes) and all(name in content for name in present)
    if not fits or any(name in content for name in absent):
        raise Untrusted(Doubt.MALFORMED, f"the content is not of the type {original_type}")


PROVIDER = WeChatPay()

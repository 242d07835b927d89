"""WeChat Pay's compensation by a platform merchant: the buyer is found by the payment, no openid is needed.

``POST /v3/platsolution/ecommerce/mch-transfer/compensate-bills`` (pay.weixin.qq.com/doc/v3/partner/4013504175), asked
about by ``GET …/out-bill-no/{out_bill_no}`` (…/4013504178). Only a success that the platform signed is believed. A
refusal ends an order only where its code is known to say that nothing was taken on, and a query then knows of no such
order; in every other case the outcome is unknown, and the number is kept.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.errors import Problem, SettingsError
from app.money.channel import Answer, Outcome, PayoutOrder, Retry
from app.settings import Settings
from app.wechat.errors import PlatformBusy, PlatformRefused, Untrusted
from app.wechat.keys_in_force import FetchedKeys, KeysInForce
from app.wechat.pay_bills import download_bill
from app.wechat.pay_client import PayClient
from app.wechat.pay_signature import read_merchant_key, read_platform_key

_PATH = "/v3/platsolution/ecommerce/mch-transfer/compensate-bills"
_FUND_BILL = "/v3/bill/fundflowbill"  # pay.weixin.qq.com/doc/v3/merchant/4012791848
_STATES = {
    "SUCCESS": Outcome.PAID,
    "ACCEPTED": Outcome.ACCEPTED,
    "WAIT_USER_CONFIRM": Outcome.ACCEPTED,
    "CANCELING": Outcome.ACCEPTED,
    "CLOSED": Outcome.FAILED,
    "CANCELLED": Outcome.FAILED,
}
_ABSENT = frozenset({"RESOURCE_NOT_EXISTS", "NOT_FOUND"})
# What the platform refuses before it takes an order on; everything else may have been taken on.
_NEVER_TAKEN = {
    "NOT_ENOUGH": Retry.LATER,
    "PARAM_ERROR": Retry.PERSON,
    "NO_AUTH": Retry.PERSON,
    "RULE_LIMIT": Retry.PERSON,
    "ACCOUNT_ABNORMAL": Retry.PERSON,
}
_REMARK_MAX = 32


class WechatPay:
    """Pays through WeChat Pay v3."""

    name = "wechat_pay"
    is_real = True

    def __init__(
        self, client: PayClient, *, sponsor_mchid: str, scene_id: str | None, bill_account: str = "BASIC"
    ) -> None:
        self._client = client
        self.billed = sponsor_mchid
        self._scene_id = scene_id
        self._bill_account = bill_account

    def believe(self, fetched: FetchedKeys) -> None:
        """Believe the certificates that are fetched for this merchant beside the configured key."""
        self._client = replace(self._client, keys=KeysInForce(self._client.keys, fetched))

    def pay(self, order: PayoutOrder, *, now: datetime) -> Answer:
        """Ask the platform to pay; the number makes a repetition harmless."""
        if order.transaction_id is None:
            return Answer(Outcome.FAILED, "NO_TRANSACTION", "理赔单没有微信支付单号，无法付款")
        body = {
            "receiver": {
                "type": "TRANSACTION_USER",
                "transaction_info": {"transaction_id": order.transaction_id, "type": "WXPAY"},
            },
            "out_bill_no": order.id,
            "amount": order.amount_fen,
            "transfer_remark": order.remark[:_REMARK_MAX],
            "sponsor_mchid": self.billed,
        } | ({"transfer_scene_id": self._scene_id} if self._scene_id else {})
        try:
            said = self._client.post(_PATH, body, now=now)
        except PlatformRefused as refused:
            return self._refused(order, refused, now=now)
        except (PlatformBusy, Untrusted) as silence:
            return Answer(Outcome.UNKNOWN, getattr(silence, "platform_code", "") or silence.code, silence.detail)
        return _read(order, said)

    def query(self, order: PayoutOrder, *, now: datetime) -> Answer:
        """Ask what became of the order."""
        try:
            said = self._client.get(f"{_PATH}/out-bill-no/{order.id}", now=now)
        except PlatformRefused as refused:
            outcome = Outcome.ABSENT if refused.platform_code in _ABSENT else Outcome.UNKNOWN
            return Answer(outcome, refused.platform_code, refused.detail)
        except (PlatformBusy, Untrusted) as silence:
            return Answer(Outcome.UNKNOWN, getattr(silence, "platform_code", "") or silence.code, silence.detail)
        return _read(order, said)

    def fund_bill(self, day: date, *, now: datetime) -> bytes:
        """The day's movements of the merchant's account (资金账单)."""
        query = f"bill_date={day}&account_type={self._bill_account}&tar_type=GZIP"
        described = self._client.get(f"{_FUND_BILL}?{query}", now=now)
        return download_bill(self._client, described, is_packed=True, now=now)

    def _refused(self, order: PayoutOrder, refused: PlatformRefused, *, now: datetime) -> Answer:
        """A refusal, and what the platform says of the number afterwards."""
        known = self.query(order, now=now)
        retry = _NEVER_TAKEN.get(refused.platform_code)
        if known.outcome is Outcome.ABSENT and retry is not None:
            return Answer(Outcome.FAILED, refused.platform_code, refused.detail, retry=retry)
        if known.outcome is Outcome.ABSENT:
            return Answer(Outcome.UNKNOWN, refused.platform_code, refused.detail)
        return known


def _read(order: PayoutOrder, said: dict[str, Any]) -> Answer:
    """A believed answer; one about another order or amount is no answer."""
    state, reference = str(said.get("state", "")), said.get("bill_id")
    if said.get("out_bill_no", order.id) != order.id or said.get("amount", order.amount_fen) != order.amount_fen:
        return Answer(Outcome.UNKNOWN, "OTHER_CONTENT", "平台返回的单号或金额与所求不符")
    outcome = _STATES.get(state, Outcome.UNKNOWN)
    code = str(said.get("fail_reason") or said.get("close_reason") or "") or state
    retry = Retry.LATER if "NOT_ENOUGH" in code else Retry.PERSON
    return Answer(outcome, "" if outcome is Outcome.PAID else code, reference=reference and str(reference), retry=retry)


def open_channel(settings: Settings) -> WechatPay:
    """The channel for the configured merchant; raises SettingsError naming everything that is missing."""
    needed = ("mchid", "serial", "private_key", "platform_key", "platform_serial")
    given = {name: getattr(settings, f"payout_wechat_{name}") for name in needed}
    optional = set() if given["platform_key"] is None else _optional(given["platform_key"].get_secret_value())
    problems = [
        Problem(f"WEIHENG_PAYOUT_WECHAT_{name.upper()}", "is not set", "what the channel wechat_pay needs")
        for name, value in given.items()
        if value is None and name not in optional
    ]
    if problems:
        raise SettingsError("the settings are wrong", problems=problems)
    try:
        merchant = read_merchant_key(
            given["private_key"].get_secret_value(), mchid=given["mchid"], serial=given["serial"]
        )
        platform = read_platform_key(given["platform_key"].get_secret_value(), serial=given["platform_serial"])
    except ValueError as error:
        problem = Problem("WEIHENG_PAYOUT_WECHAT_…", str(error), "keys in PEM, with their serial numbers")
        raise SettingsError("the settings are wrong", problems=[problem]) from None
    client = PayClient(
        merchant,
        {platform.serial: platform},
        base_url=settings.payout_wechat_url,
        allow_private=settings.outbox_allow_private,
    )
    return WechatPay(
        client,
        sponsor_mchid=given["mchid"],
        scene_id=settings.payout_wechat_scene_id,
        bill_account=settings.payout_wechat_bill_account,
    )


def _optional(pem: str) -> set[str]:
    """A certificate knows its own serial number."""
    return {"platform_serial"} if "BEGIN CERTIFICATE" in pem else set()

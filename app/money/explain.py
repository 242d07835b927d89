"""Why a claim is what it is, in Chinese, for the buyer and for the merchant who bears it.

Pure: from the claim's own fields and its basis, which holds what the rule saw, so that the same words can be said again
years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from app.money.amounts import yuan
from app.money.causes import CAUSES
from app.values.change import said_by_name
from app.values.china_days import CHINA
from app.values.claiming import State
from app.values.fact_words import fact_words
from app.values.fact_words.choices import CHOICES, CHOICES_OF

_STATES_TOLD = {
    State.OPENED: "正在核实",
    State.ASSESSED: "已核定金额，正在审核",
    State.APPROVED: "已通过审核，等待付款",
    State.PAYING: "正在付款",
    State.FAILED: "付款未成功，我们会处理",
    State.REJECTED: "未获支持",
    State.VOIDED: "已终止",
}
_PLAIN = {"True": "是", "False": "否", "None": "未提供"}
_ORIGINS = {"engineering": "工程设定", "seed": "初始设定"}


def for_buyer(
    *, cause: str, state: str, order_id: str, amount_fen: int, basis: Mapping[str, Any], last_reason: str = ""
) -> str:
    """What the buyer is told: what happened, how much, how it was worked out, where it stands."""
    known = CAUSES[cause]
    told = _STATES_TOLD.get(State(state), "已付款至您的原支付账户")
    lines = [
        f"订单 {order_id}：{known.title}。",
        f"赔付金额 {yuan(amount_fen)} 元{_worked(basis)}。" if amount_fen else "赔付金额待核定。",
        f"依据：{_grounds(basis, known.law)}。",
        f"进度：{told}。",
    ]
    if state in {State.REJECTED, State.VOIDED} and last_reason:
        lines.append(f"原因：{last_reason}。")
    if state == State.REJECTED:
        lines.append("如有异议，您可以申诉，将由另一位专员复核。")
    return "\n".join(lines)


def for_merchant(
    *,
    cause: str,
    shop_id: str,
    order_id: str,
    claim_id: str,
    amount_fen: int,
    basis: Mapping[str, Any],
    has_left: bool = True,
) -> str:
    """The notice of recovery: what is asked back and the whole calculation it rests on (平台规则须说明计算依据)."""
    known = CAUSES[cause]
    lines = [
        (
            f"店铺 {shop_id}：订单 {order_id} 发生{known.title}，"
            f"基金{'已' if has_left else '拟'}先行赔付买家 {yuan(amount_fen)} 元（理赔单 {claim_id}）。"
        ),
        f"计算依据：{_worked(basis).strip('（）') or '按核定金额'}。",
        f"规则与法律依据：{_grounds(basis, known.law)}。",
    ]
    lines += [
        f"参数 {_called(name, value)}：{_parameter(name, value)}。"
        for name, value in (basis.get("parameters") or {}).items()
    ]
    lines += [
        f"事实 {fact_words().get(name, name)}：{_fact(name, value)}。"
        for name, value in (basis.get("facts") or {}).items()
    ]
    lines.append("请在约定期限内偿还；如有证据表明已按时履约，请提交，我们将复核。")
    return "\n".join(lines)


def _worked(basis: Mapping[str, Any]) -> str:
    formula = basis.get("formula")
    return f"（{formula}）" if formula else ""


def _grounds(basis: Mapping[str, Any], law: str) -> str:
    told = [str(each) for each in basis.get("references") or ()] or [law]
    rule = basis.get("rule")
    return "；".join([*told, *([f"规则 {rule}"] if rule else [])])


def _called(name: str, value: object) -> str:
    title = value.get("title") if isinstance(value, Mapping) else None
    return f"{title}（{name}）" if title else name


def _fact(name: str, value: str) -> str:
    """A fact as the basis keeps it, which is as text."""
    if name == "now" or name.endswith("_at"):
        with suppress(ValueError):
            return f"北京时间 {datetime.fromisoformat(value).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    chosen = CHOICES_OF.get(name, {}).get(value) or CHOICES.get(value) or _PLAIN.get(value)
    return chosen or said_by_name(name, value, "zh")


def _parameter(name: str, value: object) -> str:
    if not isinstance(value, Mapping):
        return said_by_name(name, value, "zh")
    said, told = [], said_by_name(name, value.get("value"), "zh")
    if origin := value.get("origin"):
        said.append(f"来源：{_ORIGINS.get(origin) or str(origin).removeprefix('law:').removeprefix('platform:')}")
    if signed_by := value.get("signed_by"):
        said.append(f"由 {signed_by} 签核")
    return f"{told}（{'，'.join(said)}）" if said else told

"""Claims as values: their states, what may keep money from leaving, and what is asked before it does.

Events, money and the platform's client are neighbours that never import each other; here is what they say to each
other about an order's compensation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session


class State(StrEnum):
    """Where a claim stands."""

    OPENED = "opened"
    ASSESSED = "assessed"
    APPROVED = "approved"
    PAYING = "paying"
    PAID = "paid"
    FAILED = "failed"
    RECOVERING = "recovering"
    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"
    REJECTED = "rejected"
    VOIDED = "voided"


OVER = frozenset({State.REJECTED, State.VOIDED})
BEFORE_MONEY = frozenset({State.OPENED, State.ASSESSED, State.APPROVED})
LEFT = frozenset({State.PAID, State.RECOVERING, State.RECOVERED, State.WRITTEN_OFF})
"""States in which the money has left the fund."""


class Doubt(StrEnum):
    """Why money does not leave by itself."""

    STATUTORY = "statutory"
    CONSUMER = "consumer"
    UNSIGNED = "unsigned"
    TRIPPED = "tripped"
    RULE = "rule"
    FREQUENT = "frequent"
    AMOUNT = "amount"
    HIGHER = "higher"
    SINGLE_CAP = "single_cap"
    DAILY_CAP = "daily_cap"
    ORDER_CAP = "order_cap"
    FUND_LOW = "fund_low"
    OVERLAP = "overlap"
    FROZEN = "frozen"
    STOPPED = "stopped"
    FEED_STALE = "feed_stale"
    NOT_CONFIRMED = "not_confirmed"
    CONTESTED = "contested"


STATE_TITLES: Mapping[str, str] = {
    State.OPENED: "待核定",
    State.ASSESSED: "已核定",
    State.APPROVED: "已批准",
    State.PAYING: "付款中",
    State.PAID: "已付款",
    State.FAILED: "付款失败",
    State.RECOVERING: "追偿中",
    State.RECOVERED: "已追回",
    State.WRITTEN_OFF: "基金承担",
    State.REJECTED: "已驳回",
    State.VOIDED: "已终止",
}
DOUBT_TITLES: Mapping[str, str] = {
    Doubt.STATUTORY: "法定惩罚性赔偿须人工确认",
    Doubt.CONSUMER: "买家申请，事实待核实",
    Doubt.UNSIGNED: "参数尚未签核",
    Doubt.TRIPPED: "规则已熔断",
    Doubt.RULE: "规则要求人工确认",
    Doubt.FREQUENT: "30 日内申请较多，须人工核查（不得因此驳回）",
    Doubt.AMOUNT: "金额待核定",
    Doubt.HIGHER: "同一损害有更高金额",
    Doubt.SINGLE_CAP: "超过单笔自动额度",
    Doubt.DAILY_CAP: "超过当日自动额度",
    Doubt.ORDER_CAP: "超过订单赔付上限",
    Doubt.FUND_LOW: "基金余额将低于底线",
    Doubt.OVERLAP: "与退款或平台赔付重叠",
    Doubt.FROZEN: "订单已冻结，待核对",
    Doubt.STOPPED: "已停付",
    Doubt.FEED_STALE: "店铺事件中断，冻结付款",
    Doubt.NOT_CONFIRMED: "尚未能向平台核实",
    Doubt.CONTESTED: "订单信息前后报送矛盾，待核定",
    "second_person": "等待第二人批准",
    "taken_back": "批准已撤销，等待另一位专员",
    "appeal": "申诉复核",
}

PASSING = frozenset({Doubt.STOPPED, Doubt.FEED_STALE, Doubt.NOT_CONFIRMED, Doubt.CONTESTED})
"""Doubts that end without anybody deciding the claim: it is looked at again. All others wait for a person."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a claim. ``basis`` is the calculation as it will be told; ``doubts`` make it wait for a person."""

    shop_id: str
    order_id: str
    cause: str
    amount_fen: int
    paid_fen: int
    basis: Mapping[str, Any]
    opened_by: str = "system"
    item: str = ""
    transaction_id: str | None = None
    claimant: str | None = None
    event_id: str | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class FreshFacts:
    """What the platform says of an order just before money leaves.

    ``evidence`` names what clears a cause (``dispatched_in_time`` …); the sums are of the order as a whole.
    """

    refunded_fen: int = 0
    compensated_fen: int = 0
    evidence: frozenset[str] = frozenset()
    details: Mapping[str, Any] = field(default_factory=dict)


class OrderSource(Protocol):
    """Asks the platform again about an order."""

    def fetch(self, *, shop_id: str, order_id: str, now: datetime) -> FreshFacts | None:
        """The facts, or None when the platform could not be asked. Never called inside a transaction."""
        ...


class FeedWatch(Protocol):
    """Knows how fresh a shop's events are: lateness is the absence of an event, and a dead feed must not pay."""

    def stale_since(self, session: Session, *, shop_id: str, now: datetime) -> datetime | None:
        """Since when the feed has been silent for too long; None while it is fresh."""
        ...

"""Causes of compensation: what each is called, which describe the same harm, and which only a person may grant.

Two causes of one harm exclude each other: a buyer who never got a parcel is compensated for that once, whichever rule
saw it first. Of the two the higher ``rank`` stands, so the order in which events arrive decides nothing; where the law
and a platform's guarantee meet (``takes_higher``) the higher amount stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause. ``cleared_by`` names the evidence that shows it never was; ``liable`` who bears it in the end."""

    name: str
    title: str
    harm: str
    law: str
    rank: int = 0
    person_only: bool = False
    statutory: bool = False
    takes_higher: bool = False
    liable: str = "shop"
    cleared_by: frozenset[str] = frozenset()


_ALL = (
    Cause(
        "late_dispatch",
        "延迟发货",
        "non_delivery",
        "电子商务法第二十条",
        rank=1,
        cleared_by=frozenset({"dispatched_in_time", "extension_agreed", "cancelled_in_time"}),
    ),
    Cause(
        "false_shipping",
        "虚假发货",
        "non_delivery",
        "电子商务法第二十条",
        rank=2,
        cleared_by=frozenset({"collected_in_time", "cancelled_in_time"}),
    ),
    Cause(
        "out_of_stock",
        "缺货",
        "non_delivery",
        "消费者权益保护法第五十三条",
        rank=3,
        cleared_by=frozenset({"dispatched_in_time"}),
    ),
    Cause(
        "cold_chain",
        "冷链断链",
        "spoilage",
        "食品安全法第一百四十八条",
        rank=1,
        cleared_by=frozenset({"temperature_kept"}),
    ),
    Cause("guarantee_damaged", "坏损包退", "spoilage", "消费者权益保护法第四十四条", rank=2),
    Cause(
        "overdue_refund",
        "逾期退款",
        "refund",
        "消费者权益保护法第二十五条",
        cleared_by=frozenset({"refunded_in_time"}),
    ),
    Cause(
        "false_advertising",
        "虚假宣传（退一赔三）",
        "deception",
        "消费者权益保护法第五十五条",
        person_only=True,
        statutory=True,
        takes_higher=True,
    ),
    Cause(
        "guarantee_fake",
        "假一赔三保障",
        "deception",
        "消费者权益保护法第四十四条",
        person_only=True,
        statutory=True,
        takes_higher=True,
    ),
    Cause(
        "unsafe_food",
        "不安全食品（十倍赔偿）",
        "unsafe_food",
        "食品安全法第一百四十八条",
        person_only=True,
        statutory=True,
    ),
    Cause(
        "seller_unknown",
        "平台不能提供卖家信息",
        "seller",
        "消费者权益保护法第四十四条",
        person_only=True,
        liable="platform",
    ),
)
CAUSES: dict[str, Cause] = {cause.name: cause for cause in _ALL}
EVIDENCE = tuple(sorted(frozenset().union(*(cause.cleared_by for cause in _ALL))))


def cause_of(name: str) -> Cause:
    """The cause of that name; raises InvalidInput."""
    if name not in CAUSES:
        raise InvalidInput("未知的赔付事由", problems=[Problem("cause", f"{name!r:.40}", ", ".join(CAUSES))])
    return CAUSES[name]


def stands_before(one: tuple[Cause, int], other: tuple[Cause, int]) -> bool:
    """Whether ``one`` (cause, amount in fen) is the one that stands, of two for the same harm."""
    return _weight(one) > _weight(other)


def _weight(claim: tuple[Cause, int]) -> tuple[int, int, str]:
    cause, amount_fen = claim
    return (amount_fen if cause.takes_higher else 0, cause.rank, cause.name)

"""A small pack about orders, and the event kind it speaks of: what the tests of packs and engines start from."""

from __future__ import annotations

import time
from collections.abc import Mapping

from app.values.facts import EventKind, Fact, FactType, Origin, Presence

ORDER = EventKind(
    name="order.overdue",
    subject="order",
    text_fields=("note",),
    facts=(
        Fact("paid_fen", FactType.INT, Presence.REQUIRED, unit="fen"),
        Fact("late_bp", FactType.INT, unit="bp"),
        Fact("items", FactType.INT, Presence.EXPECTED),
        Fact("channel", FactType.TEXT, choices=("h5", "miniprogram")),
        Fact("is_spot", FactType.BOOL, Presence.EXPECTED),
        Fact("order.deadline_at", FactType.INSTANT, Presence.EXPECTED),
        Fact("order.cancelled_at", FactType.INSTANT),
        Fact("tags", FactType.TEXT_LIST, Presence.REQUIRED, Origin.COMPUTED),
        Fact(
            "lines",
            FactType.RECORD_LIST,
            Presence.EXPECTED,
            items={"sku": FactType.TEXT, "fen": FactType.INT, "gift": FactType.BOOL, "sent_at": FactType.INSTANT},
        ),
        Fact("note", FactType.TEXT, Presence.REQUIRED, Origin.COMPUTED),
    ),
)
KINDS: Mapping[str, EventKind] = {ORDER.name: ORDER}


def kinds() -> Mapping[str, EventKind]:
    """What a trial's child asks for instead of the service's own kinds."""
    return KINDS


def hang() -> None:
    """A trial's child that never answers."""
    time.sleep(600)


PACK = """\
pack: orders
title: 订单
owner: someone
references:
  law: {text: 电子商务法第二十条, confidence: 法条}
  hearsay: {text: 一篇报道, confidence: 二手}
parameters:
  rate_bp: {default: 500, unit: bp, origin: "law:某条"}
  guess_fen: {default: 100, unit: fen, origin: engineering}
  cap_fen: {default: 5000, unit: fen, origin: seed}
  grace_days: {default: 2, unit: days, origin: seed}
rules:
  - id: T1-01
    title: 迟延
    on: order.overdue
    status: live
    effective: {from: 2026-01-01, review_by: 2027-01-01}
    references: [law]
    when: WHEN
    then: THEN
    reason: 迟延发货
"""
EXAMPLES = """\
examples:
  T1-01:
    fires:
      - {name: 有, facts: FIRES}
    quiet:
      - {name: 无, facts: QUIET}
"""


def pack_files(
    when: str = "paid_fen > cap_fen",
    *,
    then: str = "[block]",
    fires: str = "{paid_fen: 5001}",
    quiet: str = "{paid_fen: 5000}",
    change: Mapping[str, str] | None = None,
    folder: str = "orders",
) -> dict[str, str]:
    """The two files; ``change`` replaces text in both."""
    pack = PACK.replace("WHEN", when).replace("THEN", then)
    examples = EXAMPLES.replace("FIRES", fires).replace("QUIET", quiet)
    for old, new in (change or {}).items():
        assert old in pack + examples
        pack, examples = pack.replace(old, new), examples.replace(old, new)
    return {f"{folder}/pack.yaml": pack, f"{folder}/examples.yaml": examples}

"""``order.telling_settled``: a person looked at contradicting tellings of what happens once in an order's life.

It stands before them on the order's time line, so that everything since is judged with the contradiction settled.
"""

from __future__ import annotations

from app.events.told_once import SETTLES, telling_settled
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name=SETTLES,
    subject="order",
    key="order_id",
    sent=False,
    doc="A person looked at contradicting tellings of a refund, a split, a dispatch or the like.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order"),
        Fact("thing", FactType.TEXT, Presence.REQUIRED, doc="what was told more than once: its kind and its numbers"),
        Fact("among", FactType.TEXT_LIST, Presence.REQUIRED, doc="the tellings that were weighed"),
        Fact("counts", FactType.TEXT, doc="the telling that counts; None: the first"),
    ),
    updates=(telling_settled,),
)

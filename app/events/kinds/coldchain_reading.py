"""``coldchain.reading``: a stretch of temperature readings of goods on their way."""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="coldchain.reading",
    subject="order",
    key="order_id",
    doc="Readings of the cold chain, summed up by whoever sends them.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("device_id", FactType.TEXT, doc="which sensor"),
        Fact(
            "out_of_range_seconds",
            FactType.INT,
            Presence.EXPECTED,
            unit="seconds",
            doc="longest stretch outside the label's range",
        ),
        Fact(
            "longest_gap_seconds", FactType.INT, Presence.EXPECTED, unit="seconds", doc="longest time without a reading"
        ),
        Fact("label_range", FactType.TEXT, choices=("frozen", "chilled", "ambient"), doc="storage as the label says"),
        Fact("highest_temp_mc", FactType.INT, doc="highest temperature in thousandths of a degree Celsius"),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("device_id",),
)

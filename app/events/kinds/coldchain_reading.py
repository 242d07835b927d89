"""``coldchain.reading``: a stretch of temperature readings of goods on their way."""

from __future__ import annotations

from app.events.columns import looks, touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="coldchain.reading",
    subject="order",
    key="order_id",
    doc="Readings of the cold chain: one by one, as a list, or summed up by whoever sends them.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("waybill_id", FactType.TEXT, doc="which parcel of it; readings of one parcel belong together"),
        Fact("device_id", FactType.TEXT, doc="which sensor"),
        Fact("temp_mc", FactType.INT, doc="one reading, of occurred_at, in thousandths of a degree Celsius"),
        Fact(
            "readings",
            FactType.RECORD_LIST,
            items={"read_at": FactType.INSTANT, "temp_mc": FactType.INT},
            doc="many readings at once",
        ),
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
        *looks(
            "past",
            Presence.EXPECTED,
            cold_out_of_range_seconds=(
                FactType.INT,
                "longest stretch outside the label's range among all readings; unknown: no label",
            ),
            cold_longest_gap_seconds=(FactType.INT, "longest time between two readings"),
        ),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("device_id",),
)

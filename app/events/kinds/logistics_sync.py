"""``logistics.sync``: a look at how old a shop's newest trace is; the service says it hourly of shops with parcels."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="logistics.sync",
    subject="shop",
    doc="The state of a shop's logistics was looked at.",
    facts=(
        Fact("hour", FactType.TEXT, doc="which hour it is about, in China"),
        Fact("day", FactType.TEXT, doc="its day, in China: what follows, follows once a day"),
        *looks(
            "past",
            parcels_underway_count=(FactType.INT, "parcels sent and not signed for"),
            logistics_age_seconds=(FactType.INT, "since a trace came last; None: nothing underway and none ever came"),
        ),
    ),
    occasion=("day",),
)

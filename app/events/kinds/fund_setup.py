"""``fund.setup``: a merchant's deposit is held; what was agreed in writing about it.

The service tells it every day of each shop whose deposit it holds, from its own ledger and register of agreements.
"""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

_BOOL, _EXPECTED = FactType.BOOL, Presence.EXPECTED

KIND = EventKind(
    name="fund.setup",
    subject="shop",
    doc="A merchant's deposit is held, and this much was agreed in writing (电子商务法第五十八条).",
    facts=(
        Fact("day", FactType.TEXT, doc="which day, in China"),
        Fact("deposit_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="the deposit"),
        Fact("has_limit", _BOOL, _EXPECTED, doc="how much may be taken is agreed"),
        Fact("has_management", _BOOL, _EXPECTED, doc="how it is managed is agreed"),
        Fact("has_usage", _BOOL, _EXPECTED, doc="what it is used for is agreed"),
        Fact("has_refund", _BOOL, _EXPECTED, doc="how it is given back is agreed"),
    ),
    by_service=True,
)

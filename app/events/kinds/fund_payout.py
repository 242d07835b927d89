"""``fund.payout``: money is about to leave the fund for a claim.

The service asks the rules itself before every payment, with what its own ledger says at that moment; a fund kept
elsewhere may tell the same.
"""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

_INT, _EXPECTED = FactType.INT, Presence.EXPECTED

KIND = EventKind(
    name="fund.payout",
    subject="claim",
    key="claim_id",
    doc="A claim is about to be paid from the fund.",
    facts=(
        Fact("claim_id", FactType.TEXT, doc="the claim; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, doc="the order it is about"),
        Fact("cause", FactType.TEXT, _EXPECTED, doc="why, such as late_dispatch"),
        Fact("amount_fen", _INT, Presence.REQUIRED, unit="fen", doc="what is to be paid"),
        Fact("is_automatic", FactType.BOOL, _EXPECTED, doc="nobody has approved it"),
        Fact("is_statutory", FactType.BOOL, _EXPECTED, doc="damages the law gives beside a refund"),
        Fact("balance_fen", _INT, _EXPECTED, unit="fen", doc="what the fund has and has not reserved"),
        Fact("floor_fen", _INT, _EXPECTED, unit="fen", doc="what has to stay in it (WEIHENG_FUND_FLOOR_FEN)"),
        Fact("single_cap_fen", _INT, _EXPECTED, unit="fen", doc="most that is paid without a person"),
        Fact("today_fen", _INT, _EXPECTED, unit="fen", doc="what left or is leaving today"),
        Fact("daily_cap_fen", _INT, _EXPECTED, unit="fen", doc="most that leaves on a day without a person"),
        Fact("same_harm_fen", _INT, _EXPECTED, unit="fen", doc="what was paid for the same harm of the order before"),
        Fact("refunded_fen", _INT, _EXPECTED, unit="fen", doc="what of the order was refunded"),
        Fact("compensated_fen", _INT, _EXPECTED, unit="fen", doc="what the platform paid for it"),
        Fact("price_fen", _INT, _EXPECTED, unit="fen", doc="what the buyer paid for the order"),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("claim_id",),
    by_service=True,
)

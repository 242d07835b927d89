"""``split.reconcile``: a notice or a line of the platform's bill says what a receiver got, held against the request."""

from __future__ import annotations

from app.events.columns import changes, looks, touches
from app.events.looks import ORDER, SPLIT
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State

_TOLD = (Presence.REQUIRED, Origin.PLATFORM)


@changes("split", "out_order_no")
def _split(state: State, event: Happened) -> None:
    """The difference to what was asked of this receiver; unknown where nobody told what was asked."""
    said = event.facts
    told_fen = said["told_fen"]
    if said["direction"] == "split":
        asked_fen = (state.get("receivers") or {}).get(f"{said['receiver_type']}:{said['receiver_account']}")
    else:  # a notice does not say which return it is about: any of this amount will do
        asked = [amount for _, amount in (state.get("returns") or {}).values()]
        asked_fen = told_fen if told_fen in asked else next(iter(asked), None)
    state["difference_fen"] = None if asked_fen is None else told_fen - asked_fen


KIND = EventKind(
    name="split.reconcile",
    subject="split",
    key="out_order_no",
    doc="The platform says what a receiver of a profit sharing got or gave back: by a notice, or in its bill.",
    facts=(
        Fact("out_order_no", FactType.TEXT, doc="the split; may be left out, it is the subject"),
        Fact("transaction_id", FactType.TEXT, Presence.REQUIRED, doc="the payment"),
        Fact("order_id", FactType.TEXT, doc="the order, where it is known"),
        Fact("origin", FactType.TEXT, *_TOLD, choices=("notice", "bill"), doc="where it was said"),
        Fact("direction", FactType.TEXT, *_TOLD, choices=("split", "return"), doc="money shared, or given back"),
        Fact("receiver_type", FactType.TEXT, *_TOLD, doc="MERCHANT_ID, PERSONAL_OPENID …"),
        Fact("receiver_account", FactType.TEXT, *_TOLD, doc="who got it or gave it back"),
        Fact("told_fen", FactType.INT, *_TOLD, unit="fen", doc="how much the platform says"),
        Fact("bill_verified", FactType.BOOL, origin=Origin.PLATFORM, doc="the bill's SHA-1 was the platform's"),
        *ORDER,
        *SPLIT,
        *looks(
            "split",
            Presence.EXPECTED,
            difference_fen=(FactType.INT, "told minus asked; unknown where nobody told what was asked"),
        ),
    ),
    updates=(touches(), _split),
    occasion=("origin", "direction", "receiver_account", "told_fen"),
)

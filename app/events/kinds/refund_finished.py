"""``refund.finished``: money went back to the buyer, or could not; said by the payment platform."""

from __future__ import annotations

from app.events.columns import changes, first, looks, noted, put
from app.events.looks import ITS_PAYMENT, ORDER, REFUND
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State


@changes("refund", "after_sale_id")
def _refund(state: State, event: Happened) -> None:
    put(state, {"refund_id": event.facts.get("refund_id"), "result": event.facts["result"]})
    if event.facts["result"] == "success":
        first(state, "refunded_at", event.at)
        put(state, {"refunded_fen": event.facts["amount_fen"]})


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    if event.facts["result"] != "success":
        return
    refunds = noted(state, "refunds", str(event.facts["refund_id"]), event.facts["amount_fen"])
    state["refunded_fen"] = sum(refunds.values())
    if state.get("paid_fen") is not None and state["refunded_fen"] >= state["paid_fen"]:
        first(state, "fully_refunded_at", event.at)


KIND = EventKind(
    name="refund.finished",
    subject="refund",
    key="refund_id",
    doc="A refund was carried out, or failed. The same refund told by two platforms counts once.",
    facts=(
        Fact("refund_id", FactType.TEXT, origin=Origin.PLATFORM, doc="the refund; may be left out, it is the subject"),
        Fact("after_sale_id", FactType.TEXT, doc="the after-sale, where it is known"),
        Fact("order_id", FactType.TEXT, doc="the order, where it is known"),
        Fact("transaction_id", FactType.TEXT, origin=Origin.PLATFORM, doc="the payment"),
        Fact(
            "result",
            FactType.TEXT,
            Presence.REQUIRED,
            Origin.PLATFORM,
            choices=("success", "abnormal", "closed"),
            doc="what came of it",
        ),
        Fact("amount_fen", FactType.INT, Presence.REQUIRED, Origin.PLATFORM, unit="fen", doc="what was refunded"),
        *ORDER,
        *TOLD_FACTS,
        *ITS_PAYMENT,
        *looks("past", other_order_count=(FactType.INT, "other orders it was told of; None: it names none")),
        *REFUND,
    ),
    updates=(_order, _refund),
    occasion=("refund_id", "result"),
)

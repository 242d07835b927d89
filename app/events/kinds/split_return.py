"""``split.return``: money that was shared is asked back, and what came of it."""

from __future__ import annotations

from app.events.columns import changes, looks, noted, touches
from app.events.looks import ITS_PAYMENT, ORDER, SPLIT
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("split", "out_order_no")
def _split(state: State, event: Happened) -> None:
    said = event.facts
    others = {no: kept for no, kept in (state.get("returns") or {}).items() if no != str(said["out_return_no"])}
    if any(amount == said["amount_fen"] and result != "success" for result, amount in others.values()):
        noted(state, "renumbered", str(said["out_return_no"]), said["amount_fen"])
    state["renumbered_count"] = len(state.get("renumbered") or {})
    before = (state.get("returns") or {}).get(str(said["out_return_no"]))
    is_back = before is not None and before[0] == "success"  # what came back is not under way again
    result = "success" if is_back else said["result"]
    returns = noted(state, "returns", str(said["out_return_no"]), [result, said["amount_fen"]])
    state["return_count"] = len(returns)
    state["returned_fen"] = sum(amount for result, amount in returns.values() if result == "success")


KIND = EventKind(
    name="split.return",
    subject="split",
    key="out_order_no",
    doc="A return of shared money was asked for or worked on.",
    facts=(
        Fact("out_order_no", FactType.TEXT, doc="the split; may be left out, it is the subject"),
        Fact("transaction_id", FactType.TEXT, doc="the payment"),
        Fact("order_id", FactType.TEXT, doc="the order, where it is known"),
        Fact("out_return_no", FactType.TEXT, Presence.REQUIRED, doc="the merchant's number of the return"),
        Fact("return_account", FactType.TEXT, doc="the receiver who gives back"),
        Fact("amount_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what is to come back"),
        Fact("result", FactType.TEXT, Presence.REQUIRED, choices=("processing", "success", "failed"), doc="so far"),
        Fact("fail_reason", FactType.TEXT, doc="the platform's word"),
        Fact("asked_at", FactType.INSTANT, doc="when the return was asked for first"),
        *ORDER,
        *TOLD_FACTS,
        *ITS_PAYMENT,
        *SPLIT,
        *looks(
            "split",
            renumbered_count=(
                FactType.INT,
                "returns that repeat an amount still out, by another number",
            ),
        ),
    ),
    updates=(touches(), _split),
    occasion=("out_return_no", "result"),
)

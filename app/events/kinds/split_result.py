"""``split.result``: what came of a profit sharing, receiver by receiver."""

from __future__ import annotations

from app.events.columns import changes, first, put
from app.events.looks import ITS_PAYMENT, ORDER, SPLIT
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State


@changes("split", "out_order_no")
def _split(state: State, event: Happened) -> None:
    results = {**(state.get("results") or {})}
    for each in event.facts["receivers"]:
        results[f"{each['type']}:{each['account']}"] = [each["result"], each["amount_fen"], each["fail_reason"]]
    state["results"] = results
    state["split_fen"] = sum(amount for result, amount, _ in results.values() if result == "SUCCESS")
    put(state, {"state": event.facts["state"], "platform_order_id": event.facts.get("platform_order_id")})
    if event.facts["state"] == "finished":
        first(state, "finished_at", event.at)


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    if event.facts["state"] == "finished" and (state.get("splits") or {}).get(str(event.facts["out_order_no"])):
        first(state, "unfrozen_at", event.at)


KIND = EventKind(
    name="split.result",
    subject="split",
    key="out_order_no",
    doc="A profit sharing was worked on; finished does not mean that every receiver got something.",
    facts=(
        Fact("out_order_no", FactType.TEXT, doc="the split; may be left out, it is the subject"),
        Fact("transaction_id", FactType.TEXT, doc="the payment"),
        Fact("order_id", FactType.TEXT, doc="the order, where it is known"),
        Fact("platform_order_id", FactType.TEXT, origin=Origin.PLATFORM, doc="the platform's number of the split"),
        Fact(
            "state", FactType.TEXT, Presence.REQUIRED, Origin.PLATFORM, choices=("processing", "finished"), doc="of all"
        ),
        Fact(
            "receivers",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            Origin.PLATFORM,
            items={
                "type": FactType.TEXT,
                "account": FactType.TEXT,
                "amount_fen": FactType.INT,
                "result": FactType.TEXT,
                "fail_reason": FactType.TEXT,
            },
            doc="PENDING, SUCCESS or CLOSED for each, and why it failed (empty: it did not)",
        ),
        *ORDER,
        *TOLD_FACTS,
        *ITS_PAYMENT,
        *SPLIT,
    ),
    updates=(_order, _split),
    occasion=("out_order_no", "state"),
)

"""``aftersale.update``: an after-sale was opened or moved on; the state of refunds and returns."""

from __future__ import annotations

from app.events.columns import changes, first, looks, noted, put
from app.events.looks import ORDER, REFUND
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State

DONE = ("refunded", "closed")


@changes("refund", "after_sale_id")
def _refund(state: State, event: Happened) -> None:
    said = event.facts
    first(state, "opened_at", said.get("opened_at") or event.at)
    put(state, {name: said.get(name) for name in ("type", "status", "reason", "amount_fen")})
    if said["status"] == "return_received":
        first(state, "return_received_at", event.at)
    if said["status"] == "refunded":
        first(state, "refunded_at", event.at)
    if said["status"] == "closed":
        first(state, "closed_at", event.at)


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    known = noted(state, "after_sales", str(event.facts["after_sale_id"]), event.facts["status"])
    state["open_after_sale_count"] = sum(status not in DONE for status in known.values())


KIND = EventKind(
    name="aftersale.update",
    subject="refund",
    key="after_sale_id",
    doc="An after-sale was opened or moved on.",
    facts=(
        Fact("after_sale_id", FactType.TEXT, doc="the after-sale; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, Presence.REQUIRED, doc="the order it is about"),
        Fact(
            "status",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=(
                "opened",
                "merchant_refused",
                "waiting_return",
                "returned",
                "return_received",
                "overdue_refund",
                "refunding",
                "refund_failed",
                "refunded",
                "closed",
            ),
            doc="where it stands; return_received: the merchant has the goods back",
        ),
        Fact("type", FactType.TEXT, choices=("refund", "return", "exchange"), doc="what the buyer asks for"),
        Fact("reason", FactType.TEXT, doc="the platform's code of the reason"),
        Fact("amount_fen", FactType.INT, unit="fen", doc="what is to be refunded"),
        Fact("opened_at", FactType.INSTANT, doc="when the buyer asked, where this is not the first event"),
        Fact("custom_made", FactType.BOOL, doc="made to order"),
        Fact("no_return_confirmed", FactType.BOOL, doc="the buyer confirmed while buying that it cannot be returned"),
        *ORDER,
        *TOLD_FACTS,
        *looks("past", other_order_count=(FactType.INT, "other orders it was told of; None: it names none")),
        *looks("past", after_sales_fen=(FactType.INT, "what the order's after-sales ask for; None: no amount")),
        *looks(
            "order", no_return_confirmed=(FactType.BOOL, "the buyer confirmed it when paying, as the order said then")
        ),
        *REFUND,
    ),
    updates=(_order, _refund),
    occasion=("after_sale_id", "status"),
)

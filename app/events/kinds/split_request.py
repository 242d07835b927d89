"""``split.request``: the merchant asks to share an order's money among receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import changes, first, looks, noted, put
from app.events.looks import ITS_PAYMENT, ORDER, SPLIT
from app.events.payments import CONTESTED
from app.events.read_words import misfit_receiver_count
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State


@changes("split", "out_order_no")
def _split(state: State, event: Happened) -> None:
    said = event.facts
    first(state, "requested_at", event.at)
    first(state, "transaction_id", said.get("transaction_id"))
    first(state, "asked_fen", sum(each["amount_fen"] for each in said["receivers"]))
    first(state, "state", "processing")
    for each in said["receivers"]:
        noted(state, "receivers", f"{each['type']}:{each['account']}", each["amount_fen"])
    put(state, {"unfreeze_unsplit": said.get("unfreeze_unsplit")})


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    state["profit_sharing"] = True
    noted(state, "splits", str(event.facts["out_order_no"]), bool(event.facts.get("unfreeze_unsplit")))


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"misfit_receiver_count": misfit_receiver_count(facts.get("receivers"))}


KIND = EventKind(
    name="split.request",
    subject="split",
    key="out_order_no",
    doc="Profit sharing was asked for.",
    facts=(
        Fact(
            "out_order_no", FactType.TEXT, doc="the merchant's number of the split; may be left out, it is the subject"
        ),
        Fact("transaction_id", FactType.TEXT, Presence.REQUIRED, doc="the payment that is split"),
        Fact("order_id", FactType.TEXT, doc="the order, where it is known"),
        Fact(
            "receivers",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={
                "type": FactType.TEXT,
                "account": FactType.TEXT,
                "amount_fen": FactType.INT,
                "relation": FactType.TEXT,
                "name_encrypted": FactType.BOOL,
            },
            doc="who gets how much; name_encrypted: no name in the clear",
        ),
        Fact("unfreeze_unsplit", FactType.BOOL, doc="what is left is set free"),
        Fact(
            "unsplit_fen",
            FactType.INT,
            Presence.EXPECTED,
            unit="fen",
            doc="what can still be split, as the platform says",
        ),
        Fact("max_ratio_bp", FactType.INT, Presence.EXPECTED, unit="bp", doc="the merchant's largest share"),
        Fact("fee_fen", FactType.INT, unit="fen", doc="the payment's fee"),
        Fact("request_count", FactType.INT, unit="count", doc="requests of this payment so far"),
        Fact("shared_fen", FactType.INT, unit="fen", doc="what was asked to be shared of this payment before"),
        Fact("open_claim_count", FactType.INT, unit="count", doc="open compensation claims of the order"),
        Fact(
            "person_split_count",
            FactType.INT,
            unit="count",
            doc="splits of the busiest person among them in 30 days by the sender's own books, where it keeps others",
        ),
        Fact("stored_value_unused", FactType.BOOL, doc="stored-value money that was not consumed yet"),
        Fact(
            "misfit_receiver_count",
            FactType.INT,
            Presence.REQUIRED,
            Origin.COMPUTED,
            unit="count",
            doc="receivers whose account is not of the shape of their type: a merchant number, an openid",
        ),
        *ORDER,
        *TOLD_FACTS,
        *ITS_PAYMENT,
        *looks("past", other_order_count=(FactType.INT, "other orders it was told of; None: it names none")),
        *looks(
            "past", order_shared_fen=(FactType.INT, "what other splits of the payment shared so far; None: no other")
        ),
        *looks("past", frozen_count=(FactType.INT, "freezes that stand on the order; None: it is not known")),
        *CONTESTED,
        *SPLIT,
        *looks(
            "past",
            topup_unspent_fen=(FactType.INT, "of a payment in advance, what was not used yet; None: no such"),
            person_split_count=(
                FactType.INT,
                "splits of the busiest person among the receivers in the window, this one counted; None: no person",
            ),
        ),
    ),
    updates=(_order, _split),
    derive=_derive,
)

"""``payment.route``: where a buyer's money is led before anybody has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import touches
from app.events.looks import ORDER
from app.events.read_words import looks_personal
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"account_looks_personal": looks_personal(facts.get("payee_account"))}


KIND = EventKind(
    name="payment.route",
    subject="order",
    key="order_id",
    doc="The payee of an order was chosen.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact(
            "payee_type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("merchant", "platform", "person"),
            doc="whose account it is: the selling merchant's, the platform's own, a natural person's",
        ),
        Fact("payee_account", FactType.TEXT, doc="the account, such as a merchant number"),
        Fact(
            "account_looks_personal",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="it has the shape of a person's: an openid, a mobile number, a mailbox, a bank card, a payment code",
        ),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("payee_type",),
    derive=_derive,
)

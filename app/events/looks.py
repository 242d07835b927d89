"""The columns of typed tables that rules may look at, declared once for all kinds that show them."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import FactType, Presence

_BOOL, _INT, _TEXT, _INSTANT = FactType.BOOL, FactType.INT, FactType.TEXT, FactType.INSTANT
_TEXTS = FactType.TEXT_LIST

PAID = looks(
    "order",
    Presence.EXPECTED,
    paid_at=(_INSTANT, "when it was paid; unknown while nobody told"),
    paid_fen=(_INT, "what the buyer paid"),
)
ORDER = PAID + looks(
    "order",
    stock_type=(_TEXT, "spot or presale"),
    supplier_tier=(_TEXT, "the supplier's tier"),
    category=(_TEXT, "the goods' category"),
    buyer_ref=(_TEXT, "the shop's opaque reference of the buyer"),
    shipped_at=(_INSTANT, "when the last part was sent off; None: not wholly sent"),
    first_shipped_at=(_INSTANT, "when the first part was sent off"),
    cancelled_at=(_INSTANT, "when it was cancelled"),
    cancel_type=(_TEXT, "who cancelled"),
    confirmed_at=(_INSTANT, "when the buyer confirmed"),
    settled_at=(_INSTANT, "when it was settled"),
    extended_to_at=(_INSTANT, "until when an agreed extension runs"),
    extension_count=(_INT, "extensions asked for"),
    urge_count=(_INT, "times the buyer urged to ship"),
    refunded_fen=(_INT, "refunded so far; None: nothing"),
    fully_refunded_at=(_INSTANT, "when everything had been refunded"),
    open_after_sale_count=(_INT, "after-sales that are open; None: there never was one"),
    guaranteed_fen=(_INT, "what the platform's guarantee paid; None: nothing"),
)
ITS_PAYMENT = looks("order", transaction_id=(_TEXT, "the payment it was paid with; None: nobody said")) + looks(
    "past",
    names_other_payment=(_BOOL, "the payment named is not the order's own, or another order's; None: it names none"),
)
PARCEL = looks(
    "parcel",
    shipped_at=(_INSTANT, "when it was said to be sent"),
    picked_up_at=(_INSTANT, "first trace of the carrier"),
    signed_at=(_INSTANT, "when it was delivered"),
    last_trace_at=(_INSTANT, "last trace of the carrier"),
)
REFUND = looks(
    "refund",
    type=(_TEXT, "refund, return or exchange"),
    status=(_TEXT, "the platform's status"),
    amount_fen=(_INT, "what is asked for"),
    opened_at=(_INSTANT, "when it was asked for"),
    return_received_at=(_INSTANT, "when the merchant had the goods back"),
    refunded_at=(_INSTANT, "when the money was back"),
    closed_at=(_INSTANT, "when it was closed without a refund"),
)
SPLIT = looks(
    "split",
    state=(_TEXT, "processing or finished"),
    asked_fen=(_INT, "what was asked to be split"),
    split_fen=(_INT, "what receivers got"),
    returned_fen=(_INT, "what came back"),
    return_count=(_INT, "returns asked for"),
    requested_at=(_INSTANT, "when it was asked for"),
    finished_at=(_INSTANT, "when the platform was done with it"),
    unfrozen_at=(_INSTANT, "when the rest was set free"),
)
COMPLAINT = looks(
    "complaint",
    status=(_TEXT, "pending, processing, processed or closed"),
    opened_at=(_INSTANT, "when the buyer complained"),
    replied_at=(_INSTANT, "first answer of the merchant"),
    closed_at=(_INSTANT, "when it was settled"),
    expires_at=(_INSTANT, "when the platform decides without the merchant"),
)
TICKET = looks(
    "ticket",
    state=(_TEXT, "merchant, platform or closed"),
    opened_at=(_INSTANT, "when it was opened"),
    deadline_at=(_INSTANT, "until when the merchant has to answer"),
    closed_at=(_INSTANT, "when it was closed"),
)
RANKED = looks(
    "past",
    Presence.EXPECTED,
    supplier_rank_bp=(_INT, "place in the shop's last ranking, 1 of 5 is 2000; unknown: not ranked"),
) + looks("past", ranked_tier=(_TEXT, "strategic, distributor or local by that place"))
CONTRACT = looks(
    "provider",
    contract_id=(_TEXT, "the last contract; None: none is known"),
    contract_starts_at=(_INSTANT, "from when it runs"),
    contract_ends_at=(_INSTANT, "until when it runs; None: without end"),
    data_agreement_ref=(_TEXT, "agreement on processing for others; None: there is none"),
) + looks("provider", Presence.EXPECTED, contract_scopes=(_TEXTS, "what the contract lets the provider see"))
RATING = looks(
    "past",
    provider_score=(_INT, "score of the rating in force; None: there is none"),
    provider_grade=(_TEXT, "its grade"),
)

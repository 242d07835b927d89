"""What goes out about orders, for the OpenAPI page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.web.event_answers import EffectAnswer


class DeadlineAnswer(BaseModel):
    """A deadline: ``waiting``, ``met`` or ``cancelled`` before it was due, or ``passed`` and judged."""

    kind: str
    name: str
    subject_type: str
    subject: str
    state: Literal["waiting", "met", "cancelled", "passed"]
    due_at: str
    settled_at: str | None


class DeadlineItem(DeadlineAnswer):
    """A deadline with whose it is."""

    shop_id: str
    order_id: str | None


class DeadlinePage(BaseModel):
    """A page of deadlines."""

    items: list[DeadlineItem]
    next_cursor: str | None


class OrderItem(BaseModel):
    """An order's own columns, as the reference of the database lists them."""

    model_config = ConfigDict(extra="allow")

    order_id: str
    shop_id: str
    version: int
    updated_at: str


class OrderPage(BaseModel):
    """A page of orders."""

    items: list[OrderItem]
    next_cursor: str | None


class OrderAnswer(OrderItem):
    """An order whole; ``history`` says which columns each event changed, in the order of happening."""

    parcels: list[dict[str, Any]]
    refunds: list[dict[str, Any]]
    splits: list[dict[str, Any]]
    complaints: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    deadlines: list[DeadlineAnswer]
    events: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    effects: list[EffectAnswer]
    history: list[dict[str, Any]]


class PaymentTold(BaseModel):
    """One telling of a payment; ``contests`` names the facts in which it contradicts the one in force, unsettled."""

    telling: str
    event: str
    source: str
    paid_at: str
    paid_fen: int | None = None
    transaction_id: str | None = None
    out_trade_no: str | None = None
    supplier_id: str | None = None
    contests: list[str]
    in_force: bool


class FirstWord(BaseModel):
    """Which telling the first of two persons chose; it counts once another person has chosen it too."""

    by: str
    at: str
    reason: str
    telling: str


class PaymentList(BaseModel):
    """Every telling of an order's payment, the one in force first."""

    items: list[PaymentTold]
    next_cursor: None = None
    first: FirstWord | None = None


class TellingAnswer(BaseModel):
    """One telling; ``contests`` names the facts in which it contradicts the one in force, unsettled."""

    telling: str
    event: str
    source: str
    at: str
    facts: dict[str, Any]
    contests: list[str]
    in_force: bool


class ThingAnswer(BaseModel):
    """One thing that was told in contradicting ways. ``at_stake_fen`` decides whether it takes two persons."""

    thing: str
    kind: str
    is_contested: bool
    was_settled: bool
    at_stake_fen: int
    tellings: list[TellingAnswer]
    first: FirstWord | None


class ThingList(BaseModel):
    """Everything of an order that was told in contradicting ways; of each, the telling in force first."""

    items: list[ThingAnswer]
    next_cursor: None = None


class FeedAnswer(BaseModel):
    """What one source tells of a shop; what is missing where it tells of orders and is not fresh may have happened."""

    shop_id: str
    source: str
    tells_orders: bool
    last_received_at: str
    last_happened_at: str
    event_count: int
    stale_since: str | None
    fresh: bool


class FeedList(BaseModel):
    """Feeds."""

    items: list[FeedAnswer]
    next_cursor: None = None

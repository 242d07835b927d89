"""``provider.ops``: what a service provider was found doing."""

from __future__ import annotations

from app.events.columns import holds
from app.events.screened import SCREENED
from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="provider.ops",
    subject="provider",
    key="provider_id",
    doc="Something a service provider did came to notice.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("finding_id", FactType.TEXT, doc="which finding, so that each is told once"),
        Fact("signs", FactType.TEXT_LIST, doc="what was seen, e.g. fake_orders, fake_reviews, account_trading"),
        Fact("text", FactType.TEXT, doc="what it wrote: a task, a group message, an offer"),
        Fact("same_device_order_count", FactType.INT, unit="count", doc="orders from devices the provider uses"),
        *SCREENED,
    ),
    text_fields=("text",),
    text_kind="message",
    updates=(holds("provider", "provider_id"),),
    occasion=("finding_id",),
)

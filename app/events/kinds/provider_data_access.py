"""``provider.data_access``: a service provider asks for data; its contract in the register says what it may see."""

from __future__ import annotations

from app.events.columns import holds
from app.events.looks import CONTRACT
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="provider.data_access",
    subject="provider",
    key="provider_id",
    doc="A service provider was given, or asks for, access to data.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("access_id", FactType.TEXT, doc="which access, so that each is told once"),
        Fact("scopes", FactType.TEXT_LIST, Presence.REQUIRED, doc="what it would see"),
        *CONTRACT,
    ),
    updates=(holds("provider", "provider_id"),),
    occasion=("access_id",),
)

"""``provider.benefit``: a service provider is favoured: interface fees waived, traffic given."""

from __future__ import annotations

from app.events.columns import holds, looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="provider.benefit",
    subject="provider",
    key="provider_id",
    doc="A service provider was given an advantage.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("programme_id", FactType.TEXT, Presence.EXPECTED, doc="the programme it belongs to"),
        Fact("benefit", FactType.TEXT, Presence.REQUIRED, choices=("fee_relief", "traffic"), doc="what it is"),
        Fact("relief_bp", FactType.INT, unit="bp", doc="share of the interface fee that is waived"),
        Fact("boost_bp", FactType.INT, unit="bp", doc="additional exposure"),
        Fact("conditions_url", FactType.TEXT, doc="where the conditions can be read; None: nowhere"),
        *looks(
            "past",
            unequal_benefit_count=(FactType.INT, "others with other terms by the same conditions; None: no programme"),
        ),
    ),
    updates=(holds("provider", "provider_id"),),
    occasion=("programme_id", "benefit"),
)

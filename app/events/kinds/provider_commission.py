"""``provider.commission``: what a provider that runs a shop takes of its sales is set or changed."""

from __future__ import annotations

from app.events.columns import changes, looks
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State


@changes("provider", "provider_id")
def _provider(state: State, event: Happened) -> None:
    state["commission_bp"] = event.facts["rate_bp"]
    state["commission_from_at"] = event.facts.get("effective_at", event.at)


KIND = EventKind(
    name="provider.commission",
    subject="provider",
    key="provider_id",
    doc="A provider's commission was set or changed.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("rate_bp", FactType.INT, Presence.REQUIRED, unit="bp", doc="the commission"),
        Fact("effective_at", FactType.INSTANT, Presence.EXPECTED, doc="from when it holds"),
        Fact("notified_at", FactType.INSTANT, doc="when the merchant was told; None: not"),
        Fact("consent_ref", FactType.TEXT, doc="the merchant's written consent; None: there is none"),
        Fact("max_ratio_bp", FactType.INT, origin=Origin.PLATFORM, unit="bp", doc="the account's largest share"),
        *looks(
            "past",
            commission_before_bp=(FactType.INT, "the commission told before; None: none was"),
            account_max_ratio_bp=(FactType.INT, "the account's largest share as told last; None: never told"),
        ),
    ),
    updates=(_provider,),
    occasion=("rate_bp",),
)

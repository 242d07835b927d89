"""``provider.contract``: a contract with a service provider, and what was checked before it."""

from __future__ import annotations

from app.events.columns import changes, put
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("provider", "provider_id")
def _provider(state: State, event: Happened) -> None:
    said = event.facts
    put(state, {name: said.get(name) for name in ("name", "provider_type", "license_verified_at", "agreement_ref")})
    state["contract_id"] = said["contract_id"]
    state["contract_starts_at"] = said.get("starts_at", event.at)
    state["contract_ends_at"] = said.get("ends_at")
    state["contract_scopes"] = list(said.get("scopes") or [])
    state["data_agreement_ref"] = said.get("data_agreement_ref")


KIND = EventKind(
    name="provider.contract",
    subject="provider",
    key="provider_id",
    doc="A contract with a service provider was made or renewed; the newest one holds.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("name", FactType.TEXT, doc="the provider's name"),
        Fact(
            "provider_type",
            FactType.TEXT,
            choices=("technology", "training", "operation", "warehouse", "other"),
            doc="what it does for the shop",
        ),
        Fact("contract_id", FactType.TEXT, Presence.REQUIRED, doc="which contract"),
        Fact("starts_at", FactType.INSTANT, doc="from when it runs; left out: from now"),
        Fact("ends_at", FactType.INSTANT, doc="until when it runs; None: without end"),
        Fact("scopes", FactType.TEXT_LIST, doc="what the provider may see, e.g. orders, inventory, customers"),
        Fact("data_agreement_ref", FactType.TEXT, doc="agreement on processing for others; None: there is none"),
        Fact("license_verified_at", FactType.INSTANT, doc="when the business licence was verified; None: never"),
        Fact("agreement_ref", FactType.TEXT, doc="the written agreement; None: there is none"),
        Fact("records_kept_until_at", FactType.INSTANT, doc="until when the records are kept; None: not said"),
        EVIDENCE,
    ),
    updates=(_provider,),
    occasion=("contract_id",),
)

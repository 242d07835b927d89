"""``benefit.grant``: a segment's customers get something of their own: a service, a trial, rights of members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.read_words import human_channel_count
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"told.human_channel_count": human_channel_count(facts.get("general_human_channels"))}


KIND = EventKind(
    name="benefit.grant",
    subject="benefit",
    doc="A benefit is given to customers of a segment.",
    facts=(
        Fact(
            "benefit",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("dedicated_service", "beta_test", "vip", "discount", "gift", "other"),
            doc="what is given",
        ),
        Fact("tier", FactType.TEXT, doc="to which segment; None: to everybody"),
        Fact(
            "general_human_channels",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="ways by which every consumer reaches a human, such as 电话 or 在线人工; empty: there is none",
        ),
        Fact("quality_document_id", FactType.TEXT, doc="certificate of quality of goods on trial; None: there is none"),
        Fact("price_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what the customer pays for it; 0: nothing"),
        Fact("notice_text", FactType.TEXT, doc="what the customer is told before; None: nothing"),
        Fact(
            "told.human_channel_count",
            FactType.INT,
            Presence.EXPECTED,
            Origin.COMPUTED,
            unit="count",
            doc="of those ways, how many are no robots by their names",
        ),
        EVIDENCE,
    ),
    derive=_derive,
)

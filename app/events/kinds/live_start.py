"""``live.start``: a broadcast begins; what was looked at before, who hosts, and what the picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import changes, first, put
from app.events.live_facts import HOSTS
from app.events.read_words import says_digital_host, says_recorded
from app.events.screened import SCREENED
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State

PRECHECK_ITEMS = ("display", "talk", "clothing", "set", "props")
_COPIED = ("title", "category", "virtual_background", "digital_human", "operator_shown")
_LABELS = ("explicit_label", "implicit_label")


@changes("room", "room_id")
def _room(state: State, event: Happened) -> None:
    said = event.facts
    first(state, "started_at", event.at)
    put(state, {name: said.get(name) for name in (*_COPIED, *_LABELS)})
    put(state, {"host_refs": list(said["host_refs"])})
    shown = {item["item"] for item in said.get("precheck") or () if item["evidence"]}
    state["prechecked_count"] = len(shown & set(PRECHECK_ITEMS))


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "title_says_digital": says_digital_host(facts.get("title")),
        "title_says_recorded": says_recorded(facts.get("title")),
    }


KIND = EventKind(
    name="live.start",
    subject="room",
    key="room_id",
    doc="A broadcast begins.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the broadcast; may be left out, it is the subject"),
        Fact("title", FactType.TEXT, doc="title of the broadcast; it is screened"),
        Fact("category", FactType.TEXT, doc="what is mainly sold, as shop categories are named"),
        Fact("host_refs", FactType.TEXT_LIST, Presence.REQUIRED, doc="opaque references of everybody who hosts"),
        Fact(
            "reported_host_refs",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="those of them who were reported to the platform for this broadcast",
        ),
        Fact(
            "precheck",
            FactType.RECORD_LIST,
            Presence.EXPECTED,
            items={
                "item": FactType.TEXT,
                "reviewer": FactType.TEXT,
                "evidence": FactType.TEXT,
                "reviewed_at": FactType.INSTANT,
            },
            doc="what was looked at: display, talk, clothing, set, props; evidence names a picture or a document",
        ),
        Fact("operator_shown", FactType.BOOL, Presence.EXPECTED, doc="the page shows who really operates the shop"),
        Fact("virtual_background", FactType.BOOL, Presence.EXPECTED, doc="the set is made by a computer"),
        Fact("digital_human", FactType.BOOL, Presence.EXPECTED, doc="the host is made by a computer"),
        Fact(
            "explicit_label", FactType.BOOL, Presence.EXPECTED, doc="the picture says all the time that it is AI made"
        ),
        Fact("implicit_label", FactType.BOOL, Presence.EXPECTED, doc="the metadata say so: who made it, and a number"),
        Fact(
            "source_type",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=("camera", "screen", "file"),
            doc="where the picture comes from; file: it was recorded before",
        ),
        Fact("backdrop_origin", FactType.TEXT, doc="place of origin the set shows; None: none"),
        Fact("goods_origins", FactType.TEXT_LIST, Presence.EXPECTED, doc="where the goods really come from"),
        Fact("backdrop_store", FactType.TEXT, doc="shop or factory the set shows; None: none"),
        Fact("store_names", FactType.TEXT_LIST, Presence.EXPECTED, doc="shops and factories the operator really has"),
        Fact("backdrop_certificates", FactType.TEXT_LIST, doc="certificates the set shows; None: none"),
        Fact("certificates", FactType.TEXT_LIST, Presence.EXPECTED, doc="certificates the operator really holds"),
        Fact(
            "title_says_digital",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="the title calls the host a made one",
        ),
        Fact(
            "title_says_recorded",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="the title calls it recorded or shown again",
        ),
        *SCREENED,
        *HOSTS,
        EVIDENCE,
    ),
    text_fields=("title",),
    text_kind="live_title",
    updates=(_room,),
    derive=_derive,
)

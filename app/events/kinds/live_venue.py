"""``live.venue``: before a broadcast, where it is filmed and for whom: in a public place, or for a closed group."""

from __future__ import annotations

from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="live.venue",
    subject="room",
    key="room_id",
    doc="Before a broadcast: where it is filmed, and for whom.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the broadcast; may be left out, it is the subject"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign, such as a pop-up store"),
        Fact("is_public_place", FactType.BOOL, Presence.REQUIRED, doc="people pass by who are not part of it"),
        Fact("filming_notice", FactType.BOOL, Presence.EXPECTED, doc="signs say that there is filming"),
        Fact("captures_faces", FactType.BOOL, Presence.EXPECTED, doc="faces of passers-by are recognised or counted"),
        Fact("face_purpose", FactType.TEXT, doc="what for; None: not said"),
        Fact("is_private", FactType.BOOL, Presence.EXPECTED, doc="only invited people can watch"),
        Fact("audience_from_groups", FactType.BOOL, Presence.EXPECTED, doc="viewers are led there from chat groups"),
        Fact("categories", FactType.TEXT_LIST, Presence.EXPECTED, doc="categories of the goods that are sold"),
        Fact("patrol_ref", FactType.TEXT, doc="who watches all of it for compliance; None: nobody"),
        EVIDENCE,
    ),
)

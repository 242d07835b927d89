"""``live.red_packet``: a red packet is offered in a room."""

from __future__ import annotations

from app.events.live_facts import ROOM
from app.events.screened import SCREENED
from app.values.facts import EventKind, Fact, FactType, Presence, Update

KIND = EventKind(
    name="live.red_packet",
    subject="room",
    key="room_id",
    doc="A red packet is offered in a room.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the broadcast; may be left out, it is the subject"),
        Fact("packet_id", FactType.TEXT, Presence.REQUIRED, doc="number of the red packet"),
        Fact(
            "conditions",
            FactType.TEXT_LIST,
            Presence.REQUIRED,
            doc="what one must do to take it, e.g. follow, gift, share, comment, watch; empty: nothing",
        ),
        Fact("wording", FactType.TEXT, doc="how it is offered; it is screened"),
        Fact("amount_fen", FactType.INT, unit="fen", doc="what is in it"),
        Fact("audience_max_age", FactType.INT, unit="years", doc="oldest age it is aimed at; None: everybody"),
        Fact("is_for_minors", FactType.BOOL, doc="it is offered to minors by name; None: not said"),
        *SCREENED,
        *ROOM,
    ),
    text_fields=("wording",),
    text_kind="live_speech",
    updates=(Update("room", "room_id", lambda _state, _event: None),),
    occasion=("packet_id",),
)

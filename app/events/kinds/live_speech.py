"""``live.speech``: a few words said in a room, as speech recognition heard them.

Ten a second and room come in, so they stand on no time line: they are heard together with their neighbours, and what
is found becomes a ``live.flag``.
"""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="live.speech",
    subject="room",
    key="room_id",
    doc="A few words were said in a room; what is found in them becomes a `live.flag`.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the broadcast; may be left out, it is the subject"),
        Fact("sequence", FactType.INT, Presence.REQUIRED, unit="count", doc="its number in the room, counting up"),
        Fact("text", FactType.TEXT, Presence.REQUIRED, doc="what was said"),
        Fact("speaker", FactType.TEXT, doc="who said it, as the recogniser tells voices apart; opaque"),
    ),
    text_fields=("text",),
    is_heard=True,
)

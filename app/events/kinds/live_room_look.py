"""``live.room_look``: somebody, or a program, looked at a running broadcast."""

from __future__ import annotations

from app.events.columns import changes, put
from app.events.live_facts import ROOM
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("room", "room_id")
def _room(state: State, event: Happened) -> None:
    said = event.facts
    put(state, {name: said.get(name) for name in ("operator_shown", "explicit_label")})
    state["last_look_at"] = event.at
    if said.get("operator_shown") is not None:
        before = state.get("operator_missing_count") or 0
        state["operator_missing_count"] = 0 if said["operator_shown"] else before + 1


KIND = EventKind(
    name="live.room_look",
    subject="room",
    key="room_id",
    doc="Somebody looked at a running broadcast.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the broadcast; may be left out, it is the subject"),
        Fact("look_id", FactType.TEXT, Presence.REQUIRED, doc="number of the look, so that each counts once"),
        Fact("operator_shown", FactType.BOOL, Presence.EXPECTED, doc="the page shows who really operates the shop"),
        Fact("explicit_label", FactType.BOOL, Presence.EXPECTED, doc="the picture says that it is AI made"),
        Fact(
            "repeated_picture_bp",
            FactType.INT,
            unit="bp",
            doc="share of the last half hour's picture that was shown before; None: not measured",
        ),
        *ROOM,
    ),
    updates=(_room,),
    occasion=("look_id",),
)

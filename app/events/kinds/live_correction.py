"""``live.correction``: what was said wrongly was set right in the room, by mouth or on the screen.

The service says this itself when it hears it; a shop says it where the correction was shown, not spoken.
"""

from __future__ import annotations

from app.events.columns import changes, first
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("room", "room_id")
def _room(state: State, _event: Happened) -> None:
    state["corrected_count"] = (state.get("corrected_count") or 0) + 1


@changes("flag", "flag_id")
def _flag(state: State, event: Happened) -> None:
    if state.get("corrected_at") is None:
        first(state, "corrected_by", event.facts.get("way"))
        first(state, "corrected_sequence", event.facts.get("sequence"))
    first(state, "corrected_at", event.at)


KIND = EventKind(
    name="live.correction",
    subject="flag",
    key="flag_id",
    doc="What was said wrongly was set right in the room.",
    facts=(
        Fact("flag_id", FactType.TEXT, doc="the flag it sets right; may be left out, it is the subject"),
        Fact("room_id", FactType.TEXT, Presence.REQUIRED, doc="the broadcast"),
        Fact("way", FactType.TEXT, Presence.REQUIRED, choices=("spoken", "shown"), doc="by mouth, or on the screen"),
        Fact("sequence", FactType.INT, unit="count", doc="number of the utterance, where it was spoken"),
    ),
    updates=(_room, _flag),
    occasion=("flag_id",),
)

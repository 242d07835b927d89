"""``live.end``: a broadcast is over, and how long its records will be kept."""

from __future__ import annotations

from app.events.columns import changes, first, looks, put
from app.events.live_facts import ROOM
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Happened, State

_KEPT = ("replay_kept_until_at", "interactions_kept_until_at")


@changes("room", "room_id")
def _room(state: State, event: Happened) -> None:
    first(state, "ended_at", event.at)
    put(
        state,
        {name: event.facts.get(name) for name in _KEPT} | {"pk_ended_at": event.at if state.get("pk_id") else None},
    )
    state["pk_id"] = None


KIND = EventKind(
    name="live.end",
    subject="room",
    key="room_id",
    doc="A broadcast is over.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the broadcast; may be left out, it is the subject"),
        Fact("replay_kept_until_at", FactType.INSTANT, doc="until when the video is kept; None: it is not kept"),
        Fact("interactions_kept_until_at", FactType.INSTANT, doc="until when chat and gifts are kept; None: not kept"),
        *ROOM,
        *looks(
            "past",
            patrol_look_count=(FactType.INT, "times somebody looked at it while it ran"),
            needs_patrol=(FactType.BOOL, "it was announced as a closed broadcast for groups that sells health goods"),
        ),
        EVIDENCE,
    ),
    updates=(_room,),
)

"""``live.pk``: two rooms compete; against whom, and what the loser has to do."""

from __future__ import annotations

from app.events.columns import changes
from app.events.live_facts import HOSTS, ROOM
from app.events.screened import SCREENED
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("room", "room_id")
def _room(state: State, event: Happened) -> None:
    if event.facts["phase"] == "begin":
        state |= {"pk_id": event.facts["pk_id"], "pk_started_at": event.at}
    elif state.get("pk_id") in {None, event.facts["pk_id"]}:
        state |= {"pk_id": None, "pk_ended_at": event.at}


KIND = EventKind(
    name="live.pk",
    subject="room",
    key="room_id",
    doc="Two rooms compete.",
    facts=(
        Fact("room_id", FactType.TEXT, doc="the own broadcast; may be left out, it is the subject"),
        Fact("pk_id", FactType.TEXT, Presence.REQUIRED, doc="number of the contest"),
        Fact("phase", FactType.TEXT, Presence.REQUIRED, choices=("begin", "end"), doc="it begins, or is over"),
        Fact("opponent_room_id", FactType.TEXT, doc="the other broadcast"),
        Fact("host_refs", FactType.TEXT_LIST, Presence.EXPECTED, doc="everybody who hosts on either side"),
        Fact(
            "reported_host_refs",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="those of them who were reported to the platform before",
        ),
        Fact("punishment", FactType.TEXT, doc="what the loser has to do; it is screened"),
        Fact("announcement", FactType.TEXT, doc="how the contest is announced; it is screened"),
        *SCREENED,
        *HOSTS,
        *ROOM,
    ),
    text_fields=("punishment", "announcement"),
    text_kind="live_speech",
    updates=(_room,),
    occasion=("pk_id", "phase"),
)

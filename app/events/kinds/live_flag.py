"""``live.flag``: the service heard a listed word in a room.

Its subject is the room, so that what follows (a case, a freeze) happens once a room and category, not with every word.
"""

from __future__ import annotations

from app.events.columns import changes, put
from app.events.live_facts import ROOM
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State

_COPIED = ("room_id", "sequence", "speaker", "wordlist", "category", "word", "verdict", "sentence")


def _ours(name: str, kind: FactType, doc: str, unit: str | None = None) -> Fact:
    return Fact(name, kind, Presence.REQUIRED, Origin.COMPUTED, unit=unit, doc=doc)


@changes("room", "room_id")
def _room(state: State, _event: Happened) -> None:
    state["flag_count"] = (state.get("flag_count") or 0) + 1


@changes("flag", "flag_id")
def _flag(state: State, event: Happened) -> None:
    put(state, {name: event.facts.get(name) for name in _COPIED})
    state |= {"said_at": event.at, "is_in_pk": event.facts.get("is_in_pk")}


KIND = EventKind(
    name="live.flag",
    subject="room",
    key="room_id",
    sent=False,
    doc="The service heard a listed word in a room.",
    facts=(
        Fact("flag_id", FactType.TEXT, doc="the flag"),
        Fact("room_id", FactType.TEXT, doc="the broadcast, the subject"),
        _ours("sequence", FactType.INT, "number of the utterance it begins in", "count"),
        _ours("category", FactType.TEXT, "category of the word"),
        _ours("verdict", FactType.TEXT, "what its list says of it: block, review or label"),
        _ours("word", FactType.TEXT, "the word as listed"),
        _ours("wordlist", FactType.TEXT, "the list"),
        _ours("sentence", FactType.TEXT, "the sentence it was said in, personal data starred"),
        _ours("speaker", FactType.TEXT, "who said it; empty: the recogniser does not say"),
        _ours("is_in_pk", FactType.BOOL, "a contest was running"),
        *ROOM,
    ),
    text_fields=("sentence",),
    updates=(_room, _flag),
    occasion=("category",),
)

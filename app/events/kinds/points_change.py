"""``points.change``: the rules of points are changed, or points lapse; told when announced and when it takes effect."""

from __future__ import annotations

from app.events.columns import changes, first, looks, put
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("points", "change_id")
def _points(state: State, event: Happened) -> None:
    put(state, {"type": event.facts["type"], "effective_at": event.facts["effective_at"]})
    first(state, "announced_at", event.facts.get("announced_at"))


KIND = EventKind(
    name="points.change",
    subject="points",
    key="change_id",
    doc="The rules of points are changed, or points lapse; told when it is announced, and again when it takes effect.",
    facts=(
        Fact("change_id", FactType.TEXT, doc="the change's number; may be left out, it is the subject"),
        Fact(
            "type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("clear", "devalue", "expire", "improve"),
            doc="points are deleted, worth less, get an end, or it is to the customers' good",
        ),
        Fact("effective_at", FactType.INSTANT, Presence.REQUIRED, doc="when it takes effect"),
        Fact("announced_at", FactType.INSTANT, doc="when it was announced to customers; None: not yet, or told before"),
        *looks("points", announced_at=(FactType.INSTANT, "when it was first announced; None: never")),
    ),
    updates=(_points,),
    occasion=("effective_at",),
)

"""``engagement.event``: somebody liked, followed, shared or commented."""

from __future__ import annotations

from app.events.columns import changes, put
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State


@changes("engagement", "engagement_id")
def _engagement(state: State, event: Happened) -> None:
    put(state, {name: event.facts.get(name) for name in ("action", "target", "device_ref", "actor_ref", "done_at")})
    state["done_second"] = int(event.at.timestamp())


def _counted(name: str, doc: str, unit: str | None = "count") -> Fact:
    return Fact(f"past.{name}", FactType.INT, origin=Origin.COMPUTED, unit=unit, doc=doc)


KIND = EventKind(
    name="engagement.event",
    subject="engagement",
    key="engagement_id",
    doc="Somebody liked, followed, shared or commented.",
    facts=(
        Fact("engagement_id", FactType.TEXT, doc="number of the event; may be left out, it is the subject"),
        Fact(
            "action",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("like", "follow", "share", "comment"),
            doc="what they did",
        ),
        Fact("target", FactType.TEXT, Presence.REQUIRED, doc="the content or account they did it to"),
        Fact("actor_ref", FactType.TEXT, doc="opaque reference of who did"),
        Fact("device_ref", FactType.TEXT, Presence.EXPECTED, doc="opaque reference of the device"),
        Fact("done_at", FactType.INSTANT, doc="when; left out: when the event happened"),
        _counted(
            "device_engagement_count", "same action from the same device lately, whatever the target, this one counted"
        ),
        _counted("target_hour_count", "same action to this target in the hour up to now, this one counted"),
        _counted("target_usual_milli", "mean of such hours before, in thousandths; None: too few", None),
        _counted("target_sigma_milli", "their standard deviation, in thousandths; None: too few", None),
    ),
    at="done_at",
    updates=(_engagement,),
)

"""``provider.job``: a piece of work of a service provider is done and judged; ratings are worked out of these.

It stands on a line of its own, not on its provider's: thousands of jobs would make that one slow.
"""

from __future__ import annotations

from app.events.columns import changes, put
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("provider_job", "job_id")
def _job(state: State, event: Happened) -> None:
    said = event.facts
    put(state, {name: said.get(name) for name in ("provider_id", "due_at", "client_score", "innovation_score")})
    state["done_at"] = event.at


KIND = EventKind(
    name="provider.job",
    subject="provider_job",
    key="job_id",
    at="done_at",
    doc="A piece of work of a service provider was done.",
    facts=(
        Fact("job_id", FactType.TEXT, doc="which piece of work; may be left out, it is the subject"),
        Fact("provider_id", FactType.TEXT, Presence.REQUIRED, doc="whose"),
        Fact("done_at", FactType.INSTANT, doc="when it was done; left out: occurred_at"),
        Fact("due_at", FactType.INSTANT, doc="by when it was promised; None: nothing was"),
        Fact("client_score", FactType.INT, unit="score", doc="the client's judgement, 0 to 100; None: not judged"),
        Fact("innovation_score", FactType.INT, unit="score", doc="what was new in it, 0 to 100; None: not judged"),
    ),
    updates=(_job,),
)

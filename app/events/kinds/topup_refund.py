"""``topup.refund``: a customer asked for money back that was paid in advance, and was answered."""

from __future__ import annotations

from app.events.columns import changes, first, looks, put
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("topup", "topup_id")
def _asked(state: State, event: Happened) -> None:
    first(state, "refund_asked_at", event.facts.get("asked_at") or event.at)
    put(state, {"refund_answer": event.facts["answer"]})


KIND = EventKind(
    name="topup.refund",
    subject="topup",
    key="topup_id",
    doc="A customer asked for money back that was paid in advance, and was answered.",
    facts=(
        Fact("topup_id", FactType.TEXT, doc="the payment's number; may be left out, it is the subject"),
        Fact("asked_at", FactType.INSTANT, doc="when it was asked for; left out: occurred_at"),
        Fact("answer", FactType.TEXT, Presence.REQUIRED, choices=("agreed", "refused"), doc="what the shop answers"),
        Fact("reason", FactType.TEXT, doc="why"),
        *looks(
            "topup",
            Presence.EXPECTED,
            paid_at=(FactType.INSTANT, "when it was paid; unknown while nobody told"),
        ),
        *looks(
            "topup",
            paid_fen=(FactType.INT, "what was paid"),
            spent_fen=(FactType.INT, "what was used of it; None: nothing"),
            refund_asked_at=(FactType.INSTANT, "when it was first asked back"),
        ),
    ),
    updates=(_asked,),
    occasion=("answer",),
)

"""``provider.rate``: a service provider was rated; by this service every night, or by somebody else."""

from __future__ import annotations

from app.events.columns import holds, looks
from app.events.looks import RATING
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="provider.rate",
    subject="provider",
    key="provider_id",
    doc="A service provider was rated.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("rating_id", FactType.TEXT, doc="which rating"),
        Fact("service_score", FactType.INT, unit="score", doc="quality of service, 0 to 100; None: not known"),
        Fact("fulfilment_score", FactType.INT, unit="score", doc="work done in time, 0 to 100; None: not known"),
        Fact("innovation_score", FactType.INT, unit="score", doc="innovation, 0 to 100; None: not known"),
        Fact("sample_count", FactType.INT, Presence.EXPECTED, unit="count", doc="pieces of work it rests on"),
        Fact("newest_at", FactType.INSTANT, Presence.EXPECTED, doc="when the newest of them was done"),
        Fact("score", FactType.INT, unit="score", doc="the whole; None: cannot be said"),
        Fact("grade", FactType.TEXT, choices=("A", "B", "C", "D"), doc="the grade; None: none is given"),
        Fact("reason", FactType.TEXT, doc="what the provider is told; None: nothing"),
        Fact("appeal_until_at", FactType.INSTANT, doc="until when it may appeal; None: it may not"),
        *RATING,
        *looks(
            "past",
            swing_score=(FactType.INT, "largest change against the ratings in force in the window"),
            is_downgrade=(FactType.BOOL, "the grade is worse than the one in force; None: none is"),
            weighted_score=(FactType.INT, "the score that the weights give; None: a dimension is missing"),
        ),
    ),
    updates=(holds("provider", "provider_id"),),
    occasion=("rating_id",),
    by_service=True,
)

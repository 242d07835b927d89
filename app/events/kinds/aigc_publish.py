"""``aigc.publish``: something made by a generative model is given to somebody or published."""

from __future__ import annotations

from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="aigc.publish",
    subject="content",
    doc="Something made by a generative model is given to somebody or published.",
    facts=(
        Fact("has_explicit_label", FactType.BOOL, Presence.EXPECTED, doc="it shows that it was made by AI"),
        Fact("has_implicit_label", FactType.BOOL, Presence.EXPECTED, doc="its metadata say so, who made it, a number"),
        Fact(
            "agreement_id",
            FactType.TEXT,
            doc="agreement with the user who asked for it unlabelled; None: there is none",
        ),
        Fact("log_kept_until_at", FactType.INSTANT, doc="until when the log of giving it is kept; None: none is kept"),
        Fact("is_public", FactType.BOOL, Presence.EXPECTED, doc="it is published, not only handed to who asked for it"),
        EVIDENCE,
    ),
)

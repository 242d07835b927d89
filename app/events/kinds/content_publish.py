"""``content.publish``: a content is about to go out; who looked at it is read from the stored decisions, not asked."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="content.publish",
    subject="content",
    key="content_id",
    doc="A screened content is about to be published.",
    facts=(
        Fact("content_id", FactType.TEXT, doc="the content; may be left out, it is the subject"),
        Fact(
            "risk", FactType.TEXT, choices=("low", "mid", "high"), doc="the shop's own grading, which only raises ours"
        ),
        Fact("submitted_by", FactType.TEXT, doc="who hands it in, as officers are called; left out: who screened it"),
        *looks(
            "past",
            content_version_count=(FactType.INT, "versions screened; 0: never"),
            content_risk_count=(FactType.INT, "0 low, 1 mid, 2 high, by the stored decision; None: never screened"),
            machine_pass_count=(
                FactType.INT,
                "1: words, rules and reviewers let it through or to a person; 0: they did not",
            ),
            human_pass_count=(FactType.INT, "officers who passed this version"),
            own_pass_count=(FactType.INT, "of these, passes by whoever submitted it"),
            ai_opinion_count=(FactType.INT, "opinions of reviewers on this version that count; advice does not"),
            ai_pass_count=(FactType.INT, "of these, those that let it pass"),
            ai_block_count=(FactType.INT, "of these, those that would block it"),
            ai_open_count=(FactType.INT, "reviewers whose answer is still to come"),
        ),
    ),
)

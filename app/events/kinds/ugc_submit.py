"""``ugc.submit``: a customer handed in an entry to a challenge or the like."""

from __future__ import annotations

from app.events.columns import looks
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Origin, Presence

KIND = EventKind(
    name="ugc.submit",
    subject="entry",
    key="entry_id",
    doc="A customer handed in an entry to a challenge or the like.",
    facts=(
        Fact("entry_id", FactType.TEXT, doc="the entry's number; may be left out, it is the subject"),
        Fact("contest_id", FactType.TEXT, doc="the contest"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign"),
        Fact("author_ref", FactType.TEXT, doc="opaque reference of who made it"),
        Fact("content_id", FactType.TEXT, doc="under which id it was sent to POST /v1/screenings"),
        Fact(
            "msg_sec_check.suggest",
            FactType.TEXT,
            origin=Origin.PLATFORM,
            choices=("pass", "review", "risky"),
            doc="result.suggest of msg_sec_check; None when it was not asked",
        ),
        Fact("msg_sec_check.label", FactType.INT, origin=Origin.PLATFORM, doc="result.label of msg_sec_check"),
        Fact("copyright_licensed", FactType.BOOL, Presence.EXPECTED, doc="its author granted the rights to use it"),
        *looks(
            "past",
            entry_stopped_count=(FactType.INT, "1: its screening did not pass, 0: it passed; None: never screened"),
        ),
        EVIDENCE,
    ),
)

"""``member.rights_change``: the rights of a membership are changed, each as it was and as it will be."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="member.rights_change",
    subject="person",
    doc="The rights of a member are changed.",
    facts=(
        Fact("level", FactType.TEXT, doc="the member's level"),
        Fact("effective_at", FactType.INSTANT, Presence.REQUIRED, doc="from when the new rights hold"),
        Fact(
            "valid_until_at", FactType.INSTANT, Presence.EXPECTED, doc="until when the membership was bought or given"
        ),
        Fact(
            "rights",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={"right": FactType.TEXT, "before": FactType.INT, "after": FactType.INT},
            doc="each right and its number (times, bp off, fen) before and after; 0: not there",
        ),
        Fact("user_consent", FactType.BOOL, Presence.EXPECTED, doc="the member agreed to exactly this change"),
        *looks("kept", has_consent=(FactType.BOOL, "the register has the member's consent to a change of rights")),
    ),
    occasion=("effective_at",),
)

"""The facts of an event whose texts the service screens by itself, declared once for all kinds that carry text."""

from __future__ import annotations

from app.values.facts import Fact, FactType, Origin, Presence

HIT_MEMBERS = dict.fromkeys(("category", "verdict", "word", "wordlist", "field"), FactType.TEXT)
SCREENED = (
    Fact(
        "hits",
        FactType.RECORD_LIST,
        Presence.REQUIRED,
        Origin.COMPUTED,
        items=HIT_MEMBERS,
        doc="listed words found in its texts",
    ),
    Fact("hit_categories", FactType.TEXT_LIST, Presence.REQUIRED, Origin.COMPUTED, doc="their categories, sorted"),
)

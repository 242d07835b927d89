"""Personal data seen in a text that came with an event, declared once for the kinds that have one looked through.

The text is kept with it starred, so what was seen has to be noted when the event is taken, and stays with the event.
"""

from __future__ import annotations

from app.values.facts import Fact, FactType, Origin, Presence

SEEN_KINDS = "seen_data_kinds"
SEEN = Fact(
    SEEN_KINDS,
    FactType.TEXT_LIST,
    Presence.REQUIRED,
    Origin.COMPUTED,
    doc="kinds of personal data that stood unmasked in the text sent; empty: none, or no text",
)

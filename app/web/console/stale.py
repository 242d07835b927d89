"""The banner that every page shows while wordlists are too old to let anything pass unseen."""

from __future__ import annotations

from datetime import timedelta

from app.flows.wordlist_freshness import Level, freshness
from app.web.auth import parts
from app.web.console.shown import span
from app.web.console.words import say


def banner() -> str | None:
    """What to say, or nothing while they are fresh."""
    own = parts()
    seen = freshness(own, now=own.now())
    if seen.level is Level.FRESH or seen.age_s is None:
        return None
    what = "stale.expired" if seen.level is Level.EXPIRED else _STALE[own.settings.stale_wordlists]
    return say(what, span=span(timedelta(seconds=seen.age_s)))


_STALE = {"pending": "stale.stale", "alarm": "stale.alarm"}

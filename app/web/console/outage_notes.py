"""What every page says while something is in the way that officers would take for their own: clocks, database, feeds.

What waits, and why, stands where the work is done: who sees that deadlines stand still otherwise looks for the fault in
a case. `/readyz` and ``weiheng doctor`` tell whoever runs the service the same, and more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.feeds import silent_shops
from app.flows.parts import Parts
from app.outages import Outage
from app.shared_clock import ClockDoubt
from app.values.access import Caller
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.shown import listed, span
from app.web.console.words import say

_SHOPS_NAMED = 3
_REFUSED = {
    Outage.FULL: "outage.full",
    Outage.READ_ONLY: "outage.read_only",
    Outage.AWAY: "outage.away",
}


@dataclass(frozen=True, slots=True)
class OutageNote:
    """One of them; ``is_grave`` where work is lost or money waits, in contrast to what only a few shops meet."""

    said: str
    is_grave: bool = True


def outage_notes() -> list[OutageNote]:
    """All there are, the gravest first; what concerns shops only for the officer's own."""
    own, caller = parts(), signed_in.officer().caller
    found = []
    if (refused := own.db.refusals.fresh()) is not None:
        found.append(OutageNote(say(_REFUSED[refused])))
    doubt = own.shared_clock.doubted() if own.shared_clock is not None else None
    if doubt is not None:
        found.append(OutageNote(_of_clock(doubt)))
    return [*found, *_of_feeds(own, caller)]


def _of_clock(doubt: ClockDoubt) -> str:
    by = span(abs(doubt.by))
    if doubt.believed_in is None:
        return say("outage.clock_ahead" if doubt.by > timedelta(0) else "outage.clock_behind", by=by)
    return say("outage.clock_leapt", by=by, left=span(doubt.believed_in))


def _of_feeds(own: Parts, caller: Caller) -> list[OutageNote]:
    with own.db.read() as session:
        silent = silent_shops(session, caller.shop_ids, limit=_SHOPS_NAMED + 1)
    if not silent:
        return []
    more = say("outage.more_shops") if len(silent) > _SHOPS_NAMED else ""
    return [OutageNote(say("outage.feeds", shops=listed(silent[:_SHOPS_NAMED]) + more), is_grave=False)]

"""Hearing a room: what is said is kept and read with its neighbours; what is found is flagged, judged and told at once.

utterances of a room ─ known numbers? duplicates, conflicts ─ the rest ─ one unit of work, the room's row locked:
  window (this process's, or made again) ─ listen ─ hits ─ said lately? only counted ─ else an event live.flag
  open flags ─ corrected? ─ an event live.correction             the piece of speech, sealed; the room's row moves on
  events ─ store_fresh: judged, cases, deadlines ─ live.flagged to the webhooks

The room's row counts pieces, and a window names the piece it ends with: a process that finds another number than its
own makes its window again, so any process may hear any call, and a crash between two calls loses nothing.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import access
from app.flows.hear_events import Spoken
from app.flows.heard_room import Heard, HeardRoom, Unit
from app.flows.parts import Parts
from app.live import rows
from app.metrics import LIVE_FLAGS, LIVE_UTTERANCES

_TRIES = 4


def hear_speech(parts: Parts, spoken: Spoken) -> Heard:
    """Hear utterances of a room whose shop the caller may speak for; what they caused is on disk when this returns."""
    for attempt in range(_TRIES):
        try:
            [heard] = parts.db.write_items(_hear, [spoken])
            break
        except IntegrityError:  # two processes heard the room's first words at once: look again
            if attempt == _TRIES - 1:
                raise
    parts.windows.put(spoken.room, heard.window)
    parts.known_shops.add(spoken.shop_id)
    for status, count in Counter(heard.statuses.values()).items():
        LIVE_UTTERANCES.labels(status).inc(count)
    for hit in heard.hits:
        LIVE_FLAGS.labels(hit["category"], hit["status"]).inc()
    return heard


def _hear(session: Session, items: list[Spoken]) -> list[Heard]:
    """One unit of work for all that wait."""
    unit = Unit(rows.streams(session, {spoken.room for spoken in items}))
    found: list[Heard] = []
    for spoken in items:
        if spoken.shop_id not in spoken.parts.known_shops:
            access.ensure_shop(session, spoken.shop_id, now=spoken.now)
        found.append(HeardRoom(session, spoken, unit).hear())
        unit.windows[spoken.room] = found[-1].window
    unit.waiting.write(session)
    return found

"""Judging deadlines that have passed: claimed by one worker, judged by the facts of that moment, all in one write.

due rows (locked, skipping what others hold) ─ shop's feed silent? they wait ─ else: passed ─ settle_lines

No lease is needed: nothing here leaves the database, so a worker that dies has changed nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import deadlines, event_log
from app.flows.parts import Parts
from app.flows.settle_line import Line, settle_lines
from app.flows.watch_feeds import unheard_shops
from app.metrics import DEADLINES
from app.models import Deadline

PORTION = 200


def due_deadlines(parts: Parts, *, now: datetime, limit: int = PORTION) -> int:
    """Judge up to ``limit`` deadlines that are due; how many were taken. Call again until it is 0."""
    judge = parts.live.current
    needing = [kind.name for kind in judge.kinds.values() if kind.dues is not None and kind.dues.needs_feed]

    def work(session: Session) -> list[str]:
        unheard = unheard_shops(session, judge, now=now)
        rows = deadlines.due(session, now=now, limit=limit, unheard=dict.fromkeys(needing, unheard))
        lines: dict[event_log.Root, Line] = {}
        for row in _lockable(session, rows):
            deadlines.passed(row, now=now)
            line = lines.setdefault((row.shop_id, row.root), Line(parts, row.shop_id, row.root, now))
            line.due.add(row.id)
        settle_lines(session, list(lines.values()))
        return [row.kind for row in rows if row.state != deadlines.WAITING]

    kinds = parts.db.write(work)
    for kind in kinds:
        DEADLINES.labels(kind).inc()
    return len(kinds)


def _lockable(session: Session, rows: list[Deadline]) -> list[Deadline]:
    """Those whose time line nobody else is changing; the others are due again at once."""
    free = event_log.try_lock(session, {f"{row.shop_id}|{row.root}" for row in rows})
    return [row for row in rows if f"{row.shop_id}|{row.root}" in free]

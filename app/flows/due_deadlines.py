"""Judging deadlines that have passed: claimed by one worker, judged by the facts of that moment, all in one write.

due rows (locked, skipping what others hold) ─ shop's feed silent? they wait ─ else: passed ─ settle_lines

A portion that fails is judged one by one, so that one bad row stops nobody else's. No lease is needed: nothing here
leaves the database, so a worker that dies has changed nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import deadlines, event_log
from app.flows.line_views import Line
from app.flows.parts import Parts
from app.flows.settle_line import settle_lines
from app.flows.watch_feeds import unheard_shops
from app.metrics import DEADLINES
from app.models import Deadline
from app.models.base import ORG
from app.outages import concerns_all
from app.review import cases
from app.values.deciding import Verdict

PORTION = 200
_ANSWERED_WITHIN = timedelta(hours=1)
_log = structlog.get_logger(__name__)


def due_deadlines(parts: Parts, *, now: datetime, limit: int = PORTION) -> int:
    """Judge up to ``limit`` deadlines that are due; how many were taken. Call again until it is 0."""
    try:
        kinds = parts.db.write(lambda session: _judge(session, parts, _due(session, parts, now, limit), now=now))
    except Exception as error:
        if concerns_all(error):
            raise  # no row's fault, so no person is to be asked about one
        _log.exception("deadlines_not_judged_together")
        kinds = _one_by_one(parts, now=now, limit=limit)
    for kind in kinds:
        DEADLINES.labels(kind).inc()
    return len(kinds)


def _one_by_one(parts: Parts, *, now: datetime, limit: int) -> list[str]:
    """Each by itself; one that cannot be judged stays due, and a person is told."""
    with parts.db.read() as session:
        rows = _due(session, parts, now, limit, is_locked=False)
    kinds: list[str] = []
    for row in rows:

        def work(session: Session, key: str = row.id) -> list[str]:
            return _judge(session, parts, _due(session, parts, now, limit, key=key), now=now)

        try:
            kinds += parts.db.write(work)
        except Exception as error:
            if concerns_all(error):
                raise
            _log.exception("deadline_not_judged", deadline=row.id, kind=row.kind, shop=row.shop_id)
            told = f"时限 {row.kind} {row.name} 已到，但无法判断（{type(error).__name__}），须人工处理"
            parts.db.write(lambda session, row=row, told=told: _tell(session, row, told, now=now))  # type: ignore[misc]
    return kinds


def _tell(session: Session, row: Deadline, told: str, *, now: datetime) -> None:
    values = {
        "org_id": ORG,
        "shop_id": row.shop_id,
        "subject_type": row.subject_type,
        "subject": row.subject,
        "decision": Verdict.REVIEW.value,
        "category": "deadline",
        "severity": 3,
        "summary": told,
        "opened_at": now,
        "due_at": now + _ANSWERED_WITHIN,
    }
    cases.open_about(session, natural_key=f"deadline|{row.id}", values=values)


def _due(
    session: Session, parts: Parts, now: datetime, limit: int, *, key: str | None = None, is_locked: bool = True
) -> list[Deadline]:
    judge = parts.live.current
    needing = [kind.name for kind in judge.kinds.values() if kind.dues is not None and kind.dues.needs_feed]
    unheard = dict.fromkeys(needing, unheard_shops(session, judge, now=now))
    return deadlines.due(session, now=now, limit=limit, unheard=unheard, key=key, is_locked=is_locked)


def _judge(session: Session, parts: Parts, rows: list[Deadline], *, now: datetime) -> list[str]:
    lines: dict[event_log.Root, Line] = {}
    for row in _lockable(session, rows):
        deadlines.passed(row, now=now)
        line = lines.setdefault((row.shop_id, row.root), Line(parts, row.shop_id, row.root, now))
        line.due.add(row.id)
    settle_lines(session, list(lines.values()))
    return [row.kind for row in rows if row.state != deadlines.WAITING]


def _lockable(session: Session, rows: list[Deadline]) -> list[Deadline]:
    """Those whose time line nobody else is changing; the others are due again at once."""
    free = event_log.try_lock(session, {event_log.lock_of(row.shop_id, row.root) for row in rows})
    return [row for row in rows if event_log.lock_of(row.shop_id, row.root) in free]

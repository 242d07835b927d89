"""Runs over a shop's customers: begun, heard of while they are under way, and ended. This module owns their states.

A run says where it is with every piece it has read or written. One that has not been heard of for a while is dead, as
its process is: it is closed as failed, and the next one may begin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.models import TierRun, new_id
from app.tiering.terms import Terms

RUNNING, DONE, FAILED = "running", "done", "failed"
READING, WRITING = "reading", "writing"
SILENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way; ``before``: as of when the last one was, and when that began to read."""

    id: str
    shop_id: str
    as_of: datetime
    terms: Terms
    is_full: bool
    before: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: pieces read of all there are, then people written of all that were counted."""

    stage: str
    done: int
    total: int


Told: TypeAlias = Callable[[Progress], None]


def begin(session: Session, run: Run, *, by: str, now: datetime) -> None:
    """Open a run; raises Conflict while another one of the shop is heard of."""
    heard_at = func.coalesce(TierRun.beat_at, TierRun.read_at)
    under_way = (TierRun.shop_id == run.shop_id) & (TierRun.state == RUNNING)
    dead = {"state": FAILED, "finished_at": now}
    session.execute(update(TierRun).where(under_way, heard_at <= now - SILENT).values(dead))
    if session.scalar(select(TierRun.id).where(under_way).limit(1)) is not None:
        minutes = SILENT // timedelta(minutes=1)
        raise Conflict(
            f"the customers of {run.shop_id} are being put into segments already; "
            f"a run that died is given up {minutes} minutes after it was last heard of"
        )
    row = TierRun(id=run.id, shop_id=run.shop_id, state=RUNNING, as_of=run.as_of, read_at=now, beat_at=now)
    row.is_full, row.asked_by, row.terms, row.terms_digest = run.is_full, by, asdict(run.terms), run.terms.digest
    row.looked_at_count, row.moved_count, row.counts = 0, 0, {}
    session.add(row)
    session.flush()


def beat(session: Session, run: Run, progress: Progress, *, now: datetime) -> None:
    """Note how far a run is."""
    said = {"beat_at": now, "stage": progress.stage, "done_count": progress.done, "total_count": progress.total}
    session.execute(update(TierRun).where(TierRun.id == run.id).values(said))


def end(session: Session, run: Run, *, state: str, now: datetime, **told: Any) -> TierRun:
    """Close a run as done or failed, with what it says of itself at the end."""
    row = session.get_one(TierRun, run.id)
    row.state, row.finished_at, row.beat_at = state, now, now
    for name, value in told.items():
        setattr(row, name, value)
    session.flush()
    return row


def new_run_id() -> str:
    """Under what a run will stand."""
    return new_id()

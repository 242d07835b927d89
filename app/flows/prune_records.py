"""Every night: remove what is kept no longer, unless it is held, and end statutory copies whose period is over.

each kind ─ batch (a transaction) ─ … ─ fewer than a batch ─ audit row with the number
restricted persons ─ period over ─ erased for good, with a certificate ─ idle persons likewise ─ list complete
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.flows.erase_person import end_statutory_copies, erase_idle
from app.flows.parts import Parts
from app.flows.replay_erasures import write_down_missing
from app.vault import holds, retention
from app.vault.retention import Period

BATCH = 500


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many of each kind were removed, and whether that was all."""

    removed: dict[str, int]
    is_done: bool


def prune_records(
    parts: Parts,
    *,
    now: datetime,
    batch: int = BATCH,
    seconds: float = 3_600,
    clock: Callable[[], float] = time.monotonic,
) -> Pruned:
    """Prune every kind by the schedule, for about so long at most."""
    until = clock() + seconds
    with parts.db.read() as session:
        schedule = retention.periods(session)
    removed = {}
    for period in schedule:
        if period.kind.prune is not None:
            removed[period.kind.name], is_done = _prune(parts, period, now=now, batch=batch, until=until, clock=clock)
            if not is_done:
                return Pruned(removed, is_done=False)
    [persons] = [period for period in schedule if period.kind.name == "person"]

    def goes_on() -> bool:
        return clock() < until

    removed["statutory_copy"] = end_statutory_copies(parts, now=now, goes_on=goes_on)
    removed["person"] = erase_idle(parts, before=persons.before(now), now=now, goes_on=goes_on)
    write_down_missing(parts)
    return Pruned(removed, is_done=goes_on())


def _prune(
    parts: Parts, period: Period, *, now: datetime, batch: int, until: float, clock: Callable[[], float]
) -> tuple[int, bool]:
    removed, done = 0, batch
    while done == batch and clock() < until:
        done = parts.db.write(lambda session: _prune_batch(session, period, now=now, batch=batch))
        removed += done
    if removed:
        parts.db.write(lambda session: _record(session, period, removed, now=now))
    return removed, done < batch


def _prune_batch(session: Session, period: Period, *, now: datetime, batch: int) -> int:
    """Holds are asked for again in each batch: one placed meanwhile counts from the next batch on."""
    held = holds.held(session, now=now)
    if period.kind.prune is None or period.kind.name in held.of("kind"):
        return 0
    return period.kind.prune(session, period.before(now), held, batch)


def _record(session: Session, period: Period, removed: int, *, now: datetime) -> None:
    audit.record(
        session,
        actor="system",
        action="records.prune",
        object_type="record_kind",
        object_id=period.kind.name,
        reason=period.kind.basis,
        details={"removed": removed, "kept_days": period.days, "before": period.before(now).isoformat()},
        now=now,
    )

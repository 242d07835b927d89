"""Backtests in the database; this module owns every change of a run's state.

``running`` until the last page (``done``) or until somebody cancels it (``cancelled``). A run whose page failed for
good is ``failed``: that is read from its queue row and never written, so that no worker has to live to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.backtesting.both import Both
from app.errors import Conflict, NotFound
from app.models import Backtest, QueueRow
from app.values.access import Caller

JOB = "backtest"
_LISTED_MAX = 1_000


def page_key(run: Backtest) -> str:
    """The queue's slot key of the page that is next."""
    return f"{JOB}:{run.id}:{run.page}"


def find(session: Session, backtest_id: str, *, caller: Caller, locked: bool = False) -> Backtest:
    """The run, when all of its shops are the caller's."""
    run = session.get(Backtest, backtest_id, with_for_update=locked or None)
    if run is None or not _may_see(caller, run):
        raise NotFound(f"no backtest {backtest_id}")
    return run


def listed(session: Session, *, caller: Caller, limit: int) -> list[Backtest]:
    """The caller's runs, newest first."""
    newest = select(Backtest).order_by(Backtest.id.desc()).limit(_LISTED_MAX)
    found = session.scalars(newest.options(defer(Backtest.candidate), defer(Backtest.tally)))
    return [run for run in found if _may_see(caller, run)][:limit]


def shown_state(session: Session, run: Backtest) -> str:
    """The state as it is told."""
    if run.state != "running":
        return run.state
    row_state = session.scalar(select(QueueRow.state).where(QueueRow.slot_key == page_key(run)))
    return "failed" if row_state == "failed" else "running"


def cancel(session: Session, run: Backtest, *, now: datetime) -> bool:
    """End a run; False when it is cancelled already. Raises Conflict when it is done."""
    if run.state == "done":
        raise Conflict("the backtest is done")
    if run.state == "cancelled":
        return False
    run.state, run.finished_at = "cancelled", now
    session.flush()
    return True


def keep_page(
    session: Session, run: Backtest, tally: Both, *, walked: int, cursor: Sequence[str] | None, now: datetime
) -> None:
    """Add a finished page; no ``cursor`` means that it was the last one."""
    together = Both.from_plain(run.tally)
    together.merge(tally)
    run.tally = together.as_plain()
    run.done, run.page = run.done + walked, run.page + 1
    if cursor is None:
        run.state, run.finished_at, run.total = "done", now, run.done
    else:
        run.cursor = list(cursor)
    session.flush()


def _may_see(caller: Caller, run: Backtest) -> bool:
    return caller.shop_ids is None or (run.shop_ids is not None and set(run.shop_ids) <= caller.shop_ids)

"""One page of a backtest: one row of the queue a page, so no lease runs out and a killed worker costs one page.

claim ─ still this page's turn? ─ screenings, then events: judge for a few seconds ─ one unit of work: row finished,
page added to the tally, next row (or done). A page that is worked twice is added once: the claim decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from app import queue
from app.backtesting import rows
from app.backtesting.both import Both
from app.backtesting.span import Place, Span
from app.flows.backtest import replay
from app.flows.candidate import build_candidate, kept
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.flows.replay_events import LINES, replay_lines
from app.flows.start_backtest import add_page
from app.flows.stored_things import opened, walk
from app.flows.walk_lines import walk_lines
from app.models import Backtest
from app.values.pause import Pause, Rests, paused

PAGE = 1_000
PAGE_S = 5.0  # far below a lease of the queue; half of it rests, so that requests beside it hardly wait
PORTION = 100
_KEPT_JUDGES = 3


def work_backtest(
    parts: Parts, claim: queue.Claim, *, now: datetime, clock: Callable[[], float] = time.monotonic
) -> None:
    """Work one page."""
    with parts.db.read() as session:
        run = session.get(Backtest, claim.payload["backtest_id"])
    if run is None or not _is_turn(run, claim):
        parts.db.write(lambda session: queue.finish(session, claim, now=now))
        return
    both, walked, cursor = _page(parts, run, _judge(parts, run), until=clock() + PAGE_S, clock=clock)
    parts.db.write(lambda session: _keep(session, claim, both, walked=walked, cursor=cursor, now=parts.now()))
    if cursor is None:
        parts.candidates.pop(_name(run)).engine.close()


_Cursor = list[str]
_NO_LINE = ["", ""]
"""Before the first line: all screenings are passed."""


def _page(
    parts: Parts, run: Backtest, judge: Judge, *, until: float, clock: Callable[[], float]
) -> tuple[Both, int, _Cursor | None]:
    """What a page counted, how much it passed, and where it ended; no place when nothing is left."""
    pause = Rests(PAGE_S / 2)
    span = Span(run.from_at, run.to_at, None if run.shop_ids is None else tuple(run.shop_ids), run.most, run.total)
    both, walked = Both(), 0
    for passed, last in _portions(parts, judge, span, both, run.cursor, pause):
        walked += passed
        if walked >= PAGE or clock() >= until:
            return both, walked, last
    return both, walked, None


def _portions(
    parts: Parts, judge: Judge, span: Span, both: Both, cursor: _Cursor | None, pause: Pause
) -> Iterator[tuple[int, _Cursor]]:
    """Judge a portion after the other: how much it passed, and where the next one begins."""
    if cursor is None or len(cursor) == len(Place._fields):
        after = None if cursor is None else Place(cursor[0], datetime.fromisoformat(cursor[1]), cursor[2])
        places = walk(parts.db, span, after)
        while portion := list(islice(places, PORTION)):
            chosen = [place.screening_id for place in portion if span.is_chosen(place.screening_id)]
            both.contents.merge(replay(judge, paused(opened(parts.db, parts.people, chosen), pause)))
            last = portion[-1]
            yield len(portion), [last.shop_id, last.created_at.isoformat(), last.screening_id]
        cursor = _NO_LINE
    lines = walk_lines(parts.db, span, None if cursor == _NO_LINE else (cursor[0], cursor[1]))
    while found := list(islice(lines, LINES)):
        both.events.merge(replay_lines(parts.db, judge, span, found))
        pause()
        yield sum(line.events for line in found), [found[-1].shop_id, found[-1].root]


def _keep(
    session: Session, claim: queue.Claim, both: Both, *, walked: int, cursor: _Cursor | None, now: datetime
) -> None:
    run = session.get(Backtest, claim.payload["backtest_id"], with_for_update=True)
    if not queue.finish(session, claim, now=now) or run is None or not _is_turn(run, claim):
        return
    rows.keep_page(session, run, both, walked=walked, cursor=cursor, now=now)
    if cursor is not None:
        add_page(session, run, now=now)


def _judge(parts: Parts, run: Backtest) -> Judge:
    """The candidate's judge, built once for many pages; the few most lately used are kept."""
    judge = parts.candidates.pop(_name(run), None)
    if judge is None:
        with parts.db.read() as session:
            ids = {"rules": run.rules_snapshot, "wordlists": run.wordlists_snapshot}
            candidate = kept(session, ids, tuple(run.tried), run.candidate)
        judge = build_candidate(candidate, parts.settings)
    parts.candidates[_name(run)] = judge
    while len(parts.candidates) > _KEPT_JUDGES:
        parts.candidates.pop(next(iter(parts.candidates))).engine.close()
    return judge


def _name(run: Backtest) -> str:
    return f"{run.rules_snapshot} {run.wordlists_snapshot} {run.tried}"


def _is_turn(run: Backtest, claim: queue.Claim) -> bool:
    return run.state == "running" and run.page == claim.payload["page"]

"""Asking for a backtest that runs in the background, and cancelling it.

period and shops checked ─ candidate checked and built once ─ run, first page's queue row, audit row
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, queue
from app.backtesting import rows
from app.backtesting.span import Span
from app.errors import InvalidInput, Problem
from app.flows.candidate import Candidate, Proposed, build_candidate, check_candidate, propose, statuses
from app.flows.parts import Parts
from app.flows.stored_things import count_screenings
from app.flows.walk_lines import count_events
from app.models import Backtest
from app.values.access import Caller


@dataclass(frozen=True, slots=True)
class Asked:
    """What to try on what: screened or told before ``to_at``, of these shops or all, about ``most`` of it or all.

    ``examples_aside``: whoever asks has tried the rules and found nothing against them but examples that hold no more,
    as after any change of a parameter that an example is about. Such rules can be looked at and not be published.
    """

    proposed: Proposed
    from_at: datetime
    to_at: datetime
    shop_ids: tuple[str, ...] | None = None
    most: int | None = None
    examples_aside: bool = False


def start_backtest(parts: Parts, asked: Asked, *, caller: Caller, now: datetime) -> str:
    """Check the candidate and add the run; returns its id.

    Raises:
        BadDefinition: the candidate is bad; every problem as ``file:line``.
        InvalidInput: the period is empty, or there is no candidate.
        NotFound, Forbidden: no such snapshot; a shop that is not the caller's.
    """
    span = asked_span(asked, caller=caller, now=now)
    with parts.db.read() as session:
        candidate = propose(session, asked.proposed)
        total = count_screenings(session, span) + count_events(session, span)
    if not asked.examples_aside:
        check_candidate(candidate, parts.settings)
    build_candidate(candidate, parts.settings).engine.close()

    def work(session: Session) -> str:
        run = _new_run(asked, span, candidate, total=total, by=caller.name, now=now)
        session.add(run)
        session.flush()
        add_page(session, run, now=now)
        _record(session, run, "backtest.start", by=caller.name, now=now)
        return run.id

    return parts.db.write(work)


def asked_span(asked: Asked, *, caller: Caller, now: datetime) -> Span:
    """What is asked for: of the caller's shops, and none of the future."""
    for shop_id in asked.shop_ids or ():
        caller.require_shop(shop_id)
    to_at = min(asked.to_at, now)
    if asked.from_at >= to_at:
        problem = Problem("from_at", "is not before to_at and now", "an earlier instant")
        raise InvalidInput("the period is empty", problems=[problem])
    shop_ids = asked.shop_ids
    if shop_ids is None and caller.shop_ids is not None:
        shop_ids = tuple(sorted(caller.shop_ids))
    return Span(asked.from_at, to_at, shop_ids)


def add_page(session: Session, run: Backtest, *, now: datetime) -> None:
    """Queue the page that is next."""
    payload = {"backtest_id": run.id, "page": run.page}
    queue.add(session, kind=rows.JOB, payload=payload, due_at=now, now=now, slot_key=rows.page_key(run))


def cancel_backtest(parts: Parts, backtest_id: str, *, caller: Caller, now: datetime) -> None:
    """End a run. Raises NotFound, and Conflict when it is done."""

    def work(session: Session) -> None:
        run = rows.find(session, backtest_id, caller=caller, locked=True)
        if rows.cancel(session, run, now=now):
            _record(session, run, "backtest.cancel", by=caller.name, now=now)

    parts.db.write(work)


def _new_run(asked: Asked, span: Span, candidate: Candidate, *, total: int, by: str, now: datetime) -> Backtest:
    return Backtest(
        asked_by=by,
        shop_ids=None if span.shop_ids is None else list(span.shop_ids),
        from_at=span.from_at,
        to_at=span.to_at,
        most=asked.most,
        tried=list(candidate.tried),
        rules_snapshot=candidate.ids["rules"],
        wordlists_snapshot=candidate.ids["wordlists"],
        candidate=candidate.packed(),
        statuses=statuses(candidate),
        total=total,
        done=0,
        page=0,
        tally={},
        created_at=now,
    )


def _record(session: Session, run: Backtest, action: str, *, by: str, now: datetime) -> None:
    details = {"rules": run.rules_snapshot, "wordlists": run.wordlists_snapshot, "tried": run.tried}
    audit.record(session, actor=by, action=action, object_type="backtest", object_id=run.id, details=details, now=now)

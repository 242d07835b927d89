"""Deciding many cases at once, in two steps: set aside at once, decided when the time to take it back is over.

ask ─ each: visible, theirs to decide, open, nobody else's ─ set aside under one deed ─ audit row ─ queue row
undo (before it is due) ─ all of them free again, as if nothing had been said
due ─ each decided as one by one, with its own four eyes ─ what somebody else did meanwhile is told, not overwritten
Nothing leaves the service before that, so taking back takes back everything: no outcome, webhook, strike or settled
contradiction to undo. Once the first case is decided, it is too late for all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import audit, queue
from app.errors import AppError, Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.flows.decide_case import check_may_decide, decide_in
from app.flows.parts import Parts
from app.models import BulkDeed, Case
from app.queue import Claim
from app.review import cases
from app.review.cases import OPEN_STATES, Said
from app.values.access import Caller

BULK_JOB = "decide_bulk"
BULK_MAX = 200
_GRACE = timedelta(minutes=10)
_TOLD_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What could be set aside, and by case why the others could not; ``deed`` is None when none could."""

    deed: BulkDeed | None
    left_out: dict[str, AppError]


def ask_bulk(parts: Parts, case_ids: Sequence[str], said: Said, *, caller: Caller, now: datetime) -> BulkDeed:
    """Set these cases aside to be decided when the undo time is over.

    Raises:
        InvalidInput: none, too many, or a decision that says no reason.
        Conflict: one of them is not open, or somebody else has it; names it, and nothing is set aside.
    """
    asked = _ask(parts, case_ids, said, caller=caller, now=now, leaves_out=False)
    assert asked.deed is not None, "what cannot be set aside was raised"
    return asked.deed


def ask_possible(parts: Parts, case_ids: Sequence[str], said: Said, *, caller: Caller, now: datetime) -> Asked:
    """Set those aside that can be, for a person who chose them from a page that has become old; raises InvalidInput."""
    return _ask(parts, case_ids, said, caller=caller, now=now, leaves_out=True)


def _ask(
    parts: Parts, case_ids: Sequence[str], said: Said, *, caller: Caller, now: datetime, leaves_out: bool
) -> Asked:
    wanted = list(dict.fromkeys(case_ids))
    said.check()
    if not 1 <= len(wanted) <= BULK_MAX:
        problem = Problem("case_ids", f"{len(wanted)} cases", f"1 to {BULK_MAX}")
        raise InvalidInput("that many cases cannot be decided at once", problems=[problem])
    if said.outcome == "return":
        problem = Problem("decision", "return", "pass, label or block: a return suggests a text for one content")
        raise InvalidInput("returning is done one by one", problems=[problem])
    due_at = now + timedelta(seconds=parts.settings.bulk_undo_s)

    def work(session: Session) -> Asked:
        kept = {"outcome": said.outcome, "reason": said.reason, "policy": said.policy}
        who: dict[str, Any] = {"id": caller.id, "grants": sorted(caller.grants)}
        who |= {"shop_ids": None if caller.shop_ids is None else sorted(caller.shop_ids)}
        deed = BulkDeed(officer=caller.name, case_ids=wanted, created_at=now, due_at=due_at)
        deed.said = {**kept, "caller": who}
        session.add(deed)
        session.flush()
        left_out: dict[str, AppError] = {}
        for case_id in wanted:
            try:
                _set_aside(session, case_id, deed, caller=caller, now=now)
            except AppError as error:
                if not leaves_out:
                    raise
                left_out[case_id] = error
        if len(left_out) == len(wanted):
            session.delete(deed)
            return Asked(None, left_out)
        deed.case_ids = [each for each in wanted if each not in left_out]
        details = {"outcome": said.outcome, "count": len(deed.case_ids), "due_at": due_at.isoformat()}
        _record(session, deed, "case.bulk", said.reason, details, by=caller.name, now=now)
        slot = f"{BULK_JOB}:{deed.id}"
        queue.add(session, kind=BULK_JOB, payload={"bulk_id": deed.id}, due_at=due_at, now=now, slot_key=slot)
        return Asked(deed, left_out)

    return parts.db.write(work)


def _set_aside(session: Session, case_id: str, deed: BulkDeed, *, caller: Caller, now: datetime) -> None:
    case = cases.find(session, case_id, caller=caller)
    check_may_decide(case, caller)
    cases.check_second(case, caller.name)
    if case.bulk_id is not None:
        raise Conflict(f"case {case_id} is part of another bulk decision")
    taken = {"bulk_id": deed.id, "claimed_by": caller.name, "claimed_until": deed.due_at + _GRACE}
    cases.change(session, case, None, caller.name, now, **taken)


def undo_bulk(parts: Parts, bulk_id: str, *, caller: Caller, now: datetime) -> BulkDeed:
    """Take a bulk decision back before it is carried out; raises Conflict afterwards."""

    def work(session: Session) -> BulkDeed:
        deed = find_bulk(session, bulk_id, caller=caller)
        if deed.officer != caller.name:
            raise Forbidden("a bulk decision is taken back by whoever made it")
        if not _end(session, deed, "undone", now, (BulkDeed.due_at > now,)):
            raise Conflict(f"it is too late to take it back: it is {deed.state}")
        if _is_begun(session, deed):  # by another machine's clock its time has come
            raise Conflict("it is too late to take it back: a part of it is carried out")
        free = {"bulk_id": None, "claimed_by": None, "claimed_until": None, "stamp": Case.stamp + 1}
        session.execute(update(Case).where(Case.bulk_id == deed.id).values(free))
        _record(session, deed, "case.bulk_undo", None, {"count": len(deed.case_ids)}, by=caller.name, now=now)
        return deed

    return parts.db.write(work)


def find_bulk(session: Session, bulk_id: str, *, caller: Caller) -> BulkDeed:
    """A bulk decision, for whoever made it or sees every shop."""
    deed = session.get(BulkDeed, bulk_id)
    if deed is None or (deed.officer != caller.name and caller.shop_ids is not None):
        raise NotFound(f"no bulk decision {bulk_id}")
    return deed


def waiting_of(session: Session, officer: str, *, now: datetime) -> BulkDeed | None:
    """The newest bulk decision of an officer that can still be taken back."""
    theirs = (BulkDeed.officer == officer) & (BulkDeed.state == "waiting") & (BulkDeed.due_at > now)
    return session.scalars(select(BulkDeed).where(theirs).order_by(BulkDeed.created_at.desc()).limit(1)).first()


def done_of(session: Session, officer: str, *, now: datetime) -> tuple[BulkDeed, int] | None:
    """The bulk decision of an officer that was carried out just now, and how many of it wait for a second officer."""
    theirs = (BulkDeed.officer == officer) & (BulkDeed.state == "done") & (BulkDeed.ended_at > now - _TOLD_FOR)
    deed = session.scalars(select(BulkDeed).where(theirs).order_by(BulkDeed.created_at.desc()).limit(1)).first()
    if deed is None:
        return None
    half_done = (Case.id.in_(deed.case_ids)) & (Case.state == "second") & (Case.first_by == officer)
    return deed, session.scalar(select(func.count()).where(half_done)) or 0


def work_bulk(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Carry a bulk decision out, a unit of work a case; stopped anywhere, it goes on with what is still set aside."""
    bulk_id = claim.payload["bulk_id"]
    with parts.db.read() as session:
        deed = session.get(BulkDeed, bulk_id)
    skipped: dict[str, str] = {}
    if deed is not None and deed.state == "waiting":
        caller, said = _whose(deed)
        for case_id in deed.case_ids:
            why = _decide_one(parts, case_id, deed.id, said, caller=caller, now=now)
            if why is not None:
                skipped[case_id] = why

    def work(session: Session) -> None:
        row = session.get(BulkDeed, bulk_id)
        if row is not None and _end(session, row, "done", now, ()):
            row.result = {"decided": len(row.case_ids) - len(skipped), "skipped": skipped}
        queue.finish(session, claim, now=now)

    parts.db.write(work)


def _decide_one(parts: Parts, case_id: str, bulk_id: str, said: Said, *, caller: Caller, now: datetime) -> str | None:
    """Decide one case; the reason why it was not, where somebody else has changed it."""

    def work(session: Session) -> str | None:
        deed = session.get(BulkDeed, bulk_id, with_for_update=True)
        if deed is None or deed.state != "waiting":
            return "taken back"
        case = session.get(Case, case_id)
        if case is None or case.bulk_id != bulk_id:
            is_ours = case is not None and caller.name in {case.decided_by, case.first_by}
            return None if is_ours else "changed meanwhile"
        decide_in(parts, session, case_id, said, caller=caller, now=now, bulk=bulk_id)
        return None

    try:
        return parts.db.write(work)
    except AppError as error:
        detail = error.detail
        free = {"bulk_id": None, "claimed_by": None, "claimed_until": None}
        mine = (Case.id == case_id) & (Case.bulk_id == bulk_id) & Case.state.in_(OPEN_STATES)
        parts.db.write(lambda session: session.execute(update(Case).where(mine).values(free)))
        return detail


def _is_begun(session: Session, deed: BulkDeed) -> bool:
    """Whether a case of it was decided since it was due: what that settled may have moved money by now."""
    since = (Case.decided_at >= deed.due_at) | (Case.first_at >= deed.due_at)
    theirs = Case.id.in_(deed.case_ids) & Case.bulk_id.is_distinct_from(deed.id)
    return session.scalar(select(Case.id).where(theirs, since).limit(1)) is not None


def _whose(deed: BulkDeed) -> tuple[Caller, Said]:
    who: dict[str, Any] = deed.said["caller"]
    shops = None if who["shop_ids"] is None else frozenset(who["shop_ids"])
    caller = Caller(who["id"], deed.officer, frozenset(who["grants"]), shops)
    return caller, Said(deed.said["outcome"], deed.said["reason"], deed.said["policy"])


def _end(session: Session, deed: BulkDeed, state: str, now: datetime, still: tuple[Any, ...]) -> bool:
    waits = (BulkDeed.id == deed.id) & (BulkDeed.state == "waiting")
    ended = update(BulkDeed).where(waits, *still).values(state=state, ended_at=now).returning(BulkDeed.id)
    won = session.execute(ended.execution_options(synchronize_session=False)).scalar()
    session.refresh(deed)
    return won is not None


def _record(
    session: Session,
    deed: BulkDeed,
    action: str,
    reason: str | None,
    details: dict[str, Any],
    *,
    by: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="bulk_deed",
        object_id=deed.id,
        reason=reason,
        details=details,
        now=now,
    )

"""Deadlines as rows; this module owns every change of one.

A row is `waiting` until it is due, then claimed by exactly one worker and `passed`; `met` or `cancelled` before that.
When events told late say that it was settled in time after all, a passed one becomes so too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from app.models import Deadline, new_id
from app.prepared import Prepared, one_by_one, settled
from app.values.access import Caller

WAITING, PASSED, MET, CANCELLED = "waiting", "passed", "met", "cancelled"
STATES = (WAITING, PASSED, MET, CANCELLED)
Root = tuple[str, str]
_OF_ROOTS = select(Deadline).where(tuple_(Deadline.shop_id, Deadline.root).in_(bindparam("roots", expanding=True)))
_ROWS = Deadline.__table__.c
_ANY = Prepared(select(_ROWS.id).where(_ROWS.shop_id == bindparam("shop"), _ROWS.root == bindparam("line")).limit(1))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deadline as the present state has it; ``outcome`` is ``open``, ``met`` or ``cancelled``."""

    kind: str
    name: str
    subject_type: str
    subject: str
    due_at: datetime
    outcome: str


def of_roots(session: Session, roots: Collection[Root]) -> dict[Root, list[Deadline]]:
    """Every deadline of some time lines, whatever became of it."""
    found: dict[Root, list[Deadline]] = defaultdict(list)
    connection, ordered = settled(session), sorted(set(roots))
    if one_by_one(connection, len(ordered)):  # most lines have none
        ordered = [each for each in ordered if _ANY.first(connection, shop=each[0], line=each[1])]
    for start in range(0, len(ordered), 400):
        for row in session.scalars(_OF_ROOTS, {"roots": ordered[start : start + 400]}):
            found[row.shop_id, row.root].append(row)
    return found


def reconcile(
    session: Session, shop_id: str, root: str, rows: Sequence[Deadline], wanted: Sequence[Wanted], *, now: datetime
) -> tuple[list[Deadline], bool]:
    """Bring a line's rows in line with what its state asks for; the rows, and whether one that had passed changed."""
    by_key = {(row.kind, row.name, row.subject): row for row in rows}
    asked = {(each.kind, each.name, each.subject): each for each in wanted}
    changed = False
    for key, each in asked.items():
        row = by_key.get(key)
        if row is None:
            by_key[key] = row = Deadline(
                id=new_id(),
                shop_id=shop_id,
                root=root,
                kind=each.kind,
                name=each.name,
                subject_type=each.subject_type,
                subject=each.subject,
                state=WAITING,
                due_at=each.due_at,
                moved=0,
                created_at=now,
            )
            session.add(row)
        changed |= _settle(row, each.due_at, each.outcome, now)
    for key, row in by_key.items():
        if key not in asked:
            changed |= _settle(row, row.due_at, CANCELLED, now)
    return list(by_key.values()), changed


def _settle(row: Deadline, due_at: datetime, outcome: str, now: datetime) -> bool:
    """Move and settle one row; whether it had passed and does not stand as it did."""
    had_passed, is_moved = row.state == PASSED, row.due_at != due_at
    if is_moved:
        row.due_at, row.moved = due_at, row.moved + 1
    unsettled = PASSED if had_passed and due_at <= now else WAITING
    state = unsettled if outcome == "open" else outcome
    if row.state != state:
        row.state, row.settled_at = state, None if state == WAITING else now
    return had_passed and (state != PASSED or is_moved)


def due(
    session: Session,
    *,
    now: datetime,
    limit: int,
    unheard: Mapping[str, Collection[str]],
    key: str | None = None,
    is_locked: bool = True,
) -> list[Deadline]:
    """Up to ``limit`` rows that are due, the longest due first, locked for this transaction; with ``key`` that one.

    ``unheard`` names, by kind, the shops whose silence must not be taken for lateness.
    """
    wanted = (Deadline.state == WAITING) & (Deadline.due_at <= now)
    for kind, shops in unheard.items():
        if shops:
            wanted &= ~((Deadline.kind == kind) & Deadline.shop_id.in_(sorted(shops)))
    if key is not None:
        wanted &= Deadline.id == key
    query = select(Deadline).where(wanted).order_by(Deadline.due_at, Deadline.id).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True) if is_locked else query))


def passed(row: Deadline, *, now: datetime) -> None:
    """Its time has come and nothing has settled it."""
    row.state, row.settled_at = PASSED, now


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether any row waits beyond its time."""
    wanted = (Deadline.state == WAITING) & (Deadline.due_at <= now)
    return session.scalar(select(Deadline.id).where(wanted).limit(1)) is not None


def listed(
    session: Session,
    *,
    caller: Caller,
    state: str | None,
    kind: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Deadline]:
    """Deadlines of the caller's shops, the next due first; ``after`` is the last seen (due_at, id)."""
    query = select(Deadline).where(caller.only_own(Deadline.shop_id)).order_by(Deadline.due_at, Deadline.id)
    if state is not None:
        query = query.where(Deadline.state == state)
    if kind is not None:
        query = query.where(Deadline.kind == kind)
    if after is not None:
        is_next = (Deadline.due_at == after[0]) & (Deadline.id > after[1])
        query = query.where((Deadline.due_at > after[0]) | is_next)
    return list(session.scalars(query.limit(limit)))

"""Comparing the platform's bills with the ledger: what agrees is settled, what does not stands in suspense and ages.

A payout that was made is in transit until a bill shows it; then the buyer is no longer owed. Money that left without an
order of ours, or an order that no bill shows, moves to ``suspense`` and is a difference until a person explains it or a
later bill does.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import BillDifference, BillLine, Payout
from app.models.base import ORG
from app.money import payouts
from app.money.accounts import FUND, IN_TRANSIT, PAYABLE, SUSPENSE, AccountName, loss
from app.money.ledger import Entry, transfer
from app.values.china_days import day_of, ends_at

EXPLAINED = loss("reconciliation")
WAYS = {"loss": EXPLAINED, "fund": FUND}
_GRACE = timedelta(days=1)  # a payout near midnight stands in the next day's bill
AGES = (1, 7, 30)


def match_lines(session: Session, channel: str, *, by: str, now: datetime) -> int:
    """Settle every line that has not been; returns how many were matched."""
    waiting = select(BillLine).where(BillLine.channel == channel, BillLine.matched_id.is_(None))
    return sum(_match(session, line, by=by, now=now) for line in session.scalars(waiting.order_by(BillLine.id)).all())


def look_for_missing(session: Session, channel: str, *, day: date, by: str, now: datetime) -> int:
    """Payouts that were made before the bill's day and no bill shows; returns how many are new."""
    shown = select(BillLine.id).where(BillLine.channel == channel, BillLine.reference == Payout.id)
    late = (Payout.state == payouts.PAID) & (Payout.finished_at < ends_at(day) - _GRACE)
    missing = session.scalars(select(Payout).where(Payout.channel == channel, late, ~shown.exists()))
    return sum(
        _differ(session, "missing", payout.id, payout.amount_fen, IN_TRANSIT, payout.id, day=day, by=by, now=now)
        for payout in missing.all()
    )


def open_differences(session: Session, *, limit: int = 200) -> list[BillDifference]:
    """What nobody has explained, oldest first."""
    own = (BillDifference.org_id == ORG) & BillDifference.resolved_at.is_(None)
    return list(
        session.scalars(
            select(BillDifference).where(own).order_by(BillDifference.opened_at, BillDifference.id).limit(limit)
        )
    )


def ages(session: Session, *, now: datetime) -> dict[str, tuple[int, int]]:
    """How much of the unexplained is how old: by bucket of days, the count and the fen."""
    buckets = [(f"≤ {days} 天", now - timedelta(days=days)) for days in AGES]
    found: dict[str, tuple[int, int]] = {}
    upper: datetime | None = None
    for title, since in [*buckets, (f"> {AGES[-1]} 天", None)]:
        own = (BillDifference.org_id == ORG) & BillDifference.resolved_at.is_(None)
        if since is not None:
            own &= BillDifference.opened_at > since
        if upper is not None:
            own &= BillDifference.opened_at <= upper
        count, fen = session.execute(
            select(func.count(), func.coalesce(func.sum(BillDifference.amount_fen), 0)).where(own)
        ).one()
        found[title], upper = (count, int(fen)), since
    return found


def resolve(session: Session, difference_id: str, *, how: str, reason: str, by: str, now: datetime) -> BillDifference:
    """A person explains a difference: a ``loss``, or money that is in the ``fund`` after all."""
    row = session.get(BillDifference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound(f"没有差异 {difference_id}")
    if row.resolved_at is not None:
        raise Conflict(f"已由 {row.resolved_by} 处理")
    if how not in WAYS or not reason.strip():
        raise InvalidInput("处理差异须说明去向与理由", problems=[Problem("how", how, ", ".join(WAYS))])
    _move(session, f"difference:{row.id}", WAYS[how], SUSPENSE, row.amount_fen, "resolved", by=by, now=now)
    _close(session, row, by=by, why=f"{how}：{reason.strip()}", now=now)
    return row


def _match(session: Session, line: BillLine, *, by: str, now: datetime) -> bool:
    payout = session.get(Payout, line.reference) if line.reference else None
    if payout is not None and payout.state == payouts.PENDING:
        return False  # its outcome is being asked about; the next match finds it
    if payout is None or payout.channel != line.channel or payout.state == payouts.FAILED or _is_shown(session, line):
        kind = "unknown" if payout is None else "paid_twice" if _is_shown(session, line) else "paid_after_failure"
        reference = payout.id if payout else None
        _differ(session, kind, line.flow_no, line.amount_fen, FUND, reference, day=_day(line), by=by, now=now)
        line.matched_id = "-"
        return False
    missing = _find(session, "missing", payout.id)
    held = SUSPENSE if missing is not None and missing.resolved_at is None else IN_TRANSIT
    agreed = min(line.amount_fen, payout.amount_fen)
    _move(session, f"bill:{line.flow_no}", PAYABLE, held, agreed, "matched", by=by, now=now, claim_id=payout.claim_id)
    if missing is not None and missing.resolved_at is None:
        _close(session, missing, by=by, why="后续账单已列示", now=now)
    over = line.amount_fen - payout.amount_fen
    if over:
        source = FUND if over > 0 else held
        _differ(session, "amount", line.flow_no, abs(over), source, payout.id, day=_day(line), by=by, now=now)
    line.matched_id = payout.id
    session.flush()
    return True


def _is_shown(session: Session, line: BillLine) -> bool:
    """Whether another line settled the same order before: then its money left twice."""
    shown = select(BillLine.id).where(BillLine.channel == line.channel, BillLine.reference == line.reference)
    return session.scalar(shown.where(BillLine.matched_id == line.reference).limit(1)) is not None


def _differ(
    session: Session,
    kind: str,
    about: str,
    amount_fen: int,
    source: AccountName,
    payout_id: str | None,
    *,
    day: date,
    by: str,
    now: datetime,
) -> bool:
    """Open a difference once, and move its money to suspense."""
    if _find(session, kind, about) is not None:
        return False
    row = BillDifference(kind=kind, about=about, payout_id=payout_id, amount_fen=amount_fen, day=day, opened_at=now)
    session.add(row)
    session.flush()
    if source != SUSPENSE:
        _move(session, f"suspense:{kind}:{about}", SUSPENSE, source, amount_fen, "suspense", by=by, now=now)
    return True


def _find(session: Session, kind: str, about: str) -> BillDifference | None:
    return session.scalar(select(BillDifference).where(BillDifference.kind == kind, BillDifference.about == about))


def _close(session: Session, row: BillDifference, *, by: str, why: str, now: datetime) -> None:
    row.resolved_at, row.resolved_by, row.resolution = now, by, why
    session.flush()


def _move(
    session: Session,
    entry_id: str,
    debit: AccountName,
    credit: AccountName,
    amount_fen: int,
    purpose: str,
    *,
    by: str,
    now: datetime,
    claim_id: str | None = None,
) -> None:
    entry = Entry(entry_id, debit, credit, amount_fen, purpose, by, claim_id=claim_id)
    if transfer(session, entry, now=now).refused:
        raise Conflict(f"账单与账本不符，无法入账：{entry_id}（{credit.code} 余额不足）")


def _day(line: BillLine) -> date:
    return day_of(line.booked_at)

"""Comparing the platform's bills with the ledger, line by line: what agrees is settled, the rest is a difference.

A payout that was made is in transit until a bill shows it; then the buyer is no longer owed. Money that came or left by
itself is held against what people noted (``noted``). Money without an order or entry of ours, and an order or entry
that no bill shows, stand in suspense and age until a person explains them or a later bill does (``differences``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BillDifference, BillLine, Payout
from app.money import noted, payouts
from app.money.accounts import FUND, IN_TRANSIT, PAYABLE, SUSPENSE
from app.money.differences import close, differ, enter, find, give_back
from app.values.china_days import day_of, ends_at

_GRACE = timedelta(days=1)  # a payout near midnight stands in the next day's bill
_TWICE = ("paid_after_failure", "paid_twice")
_UNKNOWN = ("unknown", "unknown_in")


def match_lines(session: Session, channel: str, *, by: str, now: datetime) -> int:
    """Settle every line that has not been, and those nobody could explain before; returns how many were matched."""
    own = (BillLine.channel == channel) & BillLine.matched_id.is_(None) & BillLine.entry_id.is_(None)
    waiting = session.scalars(select(BillLine).where(own).order_by(BillLine.id)).all()
    count, left = 0, list(_unexplained(session, channel))
    for line in waiting:
        payout = _payout_of(session, line)
        if payout is None or line.is_in:
            left.append(line)
        elif payout.state != payouts.PENDING:  # else its outcome is being asked about; the next match finds it
            count += _match(session, line, payout, by=by, now=now)
    explained = noted.match_noted(session, left, by=by, now=now)
    for line in left:
        if line.id not in explained and line.matched_id is None:
            count += _match_unknown(session, line, by=by, now=now)
    return count + len(explained)


def look_for_missing(session: Session, channel: str, *, day: date, by: str, now: datetime) -> int:
    """What should be shown by the bill's day and is not: payouts, and what people noted; returns how many are new."""
    shown = select(BillLine.id).where(BillLine.channel == channel, BillLine.reference == Payout.id, ~BillLine.is_in)
    late = (Payout.state == payouts.PAID) & (Payout.finished_at < ends_at(day) - _GRACE)
    missing = session.scalars(select(Payout).where(Payout.channel == channel, late, ~shown.exists()))
    count = sum(
        differ(session, "missing", payout.id, payout.amount_fen, IN_TRANSIT, payout.id, day=day, by=by, now=now)
        for payout in missing.all()
    )
    return count + noted.look_for_unshown(session, channel, day=day, by=by, now=now)


def _match(session: Session, line: BillLine, payout: Payout, *, by: str, now: datetime) -> bool:
    if payout.state == payouts.FAILED or _is_shown(session, line):
        kind = "paid_twice" if _is_shown(session, line) else "paid_after_failure"
        differ(session, kind, line.flow_no, line.amount_fen, FUND, payout.id, day=_day(line), by=by, now=now)
        line.matched_id = "-"
        return False
    missing = find(session, "missing", payout.id)
    held = SUSPENSE if missing is not None and missing.resolved_at is None else IN_TRANSIT
    agreed = min(line.amount_fen, payout.amount_fen)
    enter(session, f"bill:{line.flow_no}", PAYABLE, held, agreed, "matched", by=by, now=now, claim_id=payout.claim_id)
    if missing is not None and missing.resolved_at is None:
        close(session, missing, by=by, why="后续账单已列示", now=now)
    over = line.amount_fen - payout.amount_fen
    if over:
        source = FUND if over > 0 else held
        differ(session, "amount", line.flow_no, abs(over), source, payout.id, day=_day(line), by=by, now=now)
    line.matched_id = payout.id
    session.flush()
    return True


def _match_unknown(session: Session, line: BillLine, *, by: str, now: datetime) -> bool:
    """A line that neither an order nor an entry explains: money that left, came, or came back."""
    payout = _payout_of(session, line)
    if payout is not None and payout.state == payouts.PENDING:
        return False
    line.matched_id = "-" if payout is None else payout.id
    if payout is not None and (twice := _taken_twice(session, line, payout)) is not None:
        give_back(session, twice, by=by, why="款项已退回", now=now)
        return True
    kind = "unknown" if not line.is_in else "payout_returned" if payout is not None else "unknown_in"
    about = None if payout is None else payout.id
    differ(session, kind, line.flow_no, line.amount_fen, FUND, about, day=_day(line), by=by, now=now)
    return False


def _unexplained(session: Session, channel: str) -> Sequence[BillLine]:
    """Lines with a difference that nobody has explained: an entry that was made since may do so."""
    is_open = BillDifference.kind.in_(_UNKNOWN) & BillDifference.resolved_at.is_(None)
    about = (BillDifference.about == BillLine.flow_no) & is_open
    return session.scalars(select(BillLine).join(BillDifference, about).where(BillLine.channel == channel)).all()


def _payout_of(session: Session, line: BillLine) -> Payout | None:
    """The order a line names, where it is one of this channel's."""
    payout = session.get(Payout, line.reference) if line.reference else None
    return payout if payout is not None and payout.channel == line.channel else None


def _taken_twice(session: Session, line: BillLine, payout: Payout) -> BillDifference | None:
    """The open difference of money that left once too often, of which this line is the return."""
    own = BillDifference.kind.in_(_TWICE) & (BillDifference.payout_id == payout.id)
    own &= BillDifference.resolved_at.is_(None) & (BillDifference.amount_fen == line.amount_fen)
    return session.scalar(select(BillDifference).where(own).order_by(BillDifference.id).limit(1))


def _is_shown(session: Session, line: BillLine) -> bool:
    """Whether another line settled the same order before: then its money left twice."""
    shown = select(BillLine.id).where(BillLine.channel == line.channel, BillLine.reference == line.reference)
    shown = shown.where(BillLine.matched_id == line.reference, ~BillLine.is_in)
    return session.scalar(shown.limit(1)) is not None


def _day(line: BillLine) -> date:
    return day_of(line.booked_at)

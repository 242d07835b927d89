"""Money that people noted, held against the bill: put into the fund or taken out, deposits, what a shop repaid.

An entry fits a line by its number (the flow's number or its voucher's is the id it was entered under), else by its
amount within a few days. A line that no entry explains, and an entry that no line shows, are differences; whichever
comes later explains the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.models import BillDifference, BillFile, BillLine, Posting
from app.money import differences
from app.money.differences import ACCOUNTS
from app.values.china_days import day_of, ends_at, starts_at

_IN = ("funding", "deposit", "repaid")
_OUT = ("defunding", "deposit_back")
_ID = {
    "funding": "in:{}",
    "deposit": "deposit:{}",
    "repaid": "claim:{}:repaid",
    "defunding": "out:{}",
    "deposit_back": "deposit_back:{}",
}
_ARRIVES = timedelta(days=3)  # between the day somebody notes money and the day the account shows it, weekends included
_LOOKS_BACK = timedelta(days=40)  # older entries were looked for on every day before


def match_noted(session: Session, lines: Sequence[BillLine], *, by: str, now: datetime) -> set[str]:
    """Settle the lines that entries explain; returns the ids of those. Numbers go before amounts."""
    done = {line.id for line in lines if _by_number(session, line, by=by, now=now)}
    left = [line for line in lines if line.id not in done]
    entries = _around(session, left) if left else []
    for line in left:
        fitting = [entry for entry in entries if _fits(entry, line)]
        if fitting:
            entry = min(fitting, key=lambda each: abs(each.at - line.booked_at))
            entries.remove(entry)
            _settle(session, line, entry, by=by, now=now)
            done.add(line.id)
    return done


def look_for_unshown(session: Session, channel: str, *, day: date, by: str, now: datetime) -> int:
    """Entries of some days ago that no line shows, since bills were kept both ways; returns how many are new."""
    for row in _open_missing(session):
        if session.scalar(select(Posting.id).where(Posting.reverses_id == row.about)) is not None:
            differences.give_back(session, row, by=by, why="分录已冲正", now=now)
    whole = BillFile.is_whole & (BillFile.channel == channel)
    first = session.scalar(select(func.min(BillFile.day)).where(whole))
    if first is None:
        return 0
    until = ends_at(day) - _ARRIVES
    since = max(starts_at(first), until - _LOOKS_BACK)
    late = _free() & Posting.purpose.in_(_IN + _OUT) & (Posting.at >= since) & (Posting.at < until)
    return sum(
        differences.differ(
            session,
            "missing_in" if entry.purpose in _IN else "missing_out",
            entry.id,
            entry.amount_fen,
            ACCOUNTS[entry.purpose],
            None,
            day=day,
            by=by,
            now=now,
        )
        for entry in session.scalars(select(Posting).where(late).order_by(Posting.at, Posting.id)).all()
    )


def _by_number(session: Session, line: BillLine, *, by: str, now: datetime) -> bool:
    numbers = {number for number in (line.flow_no, line.reference) if number}
    ids = [_ID[purpose].format(number) for purpose in _purposes(line) for number in numbers]
    entry = session.scalar(select(Posting).where(Posting.id.in_(ids), _free()).order_by(Posting.at).limit(1))
    if entry is None:
        return False
    _settle(session, line, entry, by=by, now=now)
    return True


def _around(session: Session, lines: Sequence[BillLine]) -> list[Posting]:
    """Every entry that one of the lines could show."""
    since = min(line.booked_at for line in lines) - _ARRIVES
    until = max(line.booked_at for line in lines) + _ARRIVES
    purposes = sorted({purpose for line in lines for purpose in _purposes(line)})
    own = _free() & Posting.purpose.in_(purposes) & (Posting.at >= since) & (Posting.at <= until)
    own &= Posting.amount_fen.in_({line.amount_fen for line in lines})
    return list(session.scalars(select(Posting).where(own).order_by(Posting.at, Posting.id)))


def _fits(entry: Posting, line: BillLine) -> bool:
    is_near = abs(entry.at - line.booked_at) <= _ARRIVES
    return is_near and entry.amount_fen == line.amount_fen and entry.purpose in _purposes(line)


def _settle(session: Session, line: BillLine, entry: Posting, *, by: str, now: datetime) -> None:
    line.entry_id = entry.id
    side = "in" if line.is_in else "out"
    for kind, about, why in (
        ("unknown_in" if line.is_in else "unknown", line.flow_no, "后续分录已入账"),
        (f"missing_{side}", entry.id, "后续账单已列示"),
    ):
        row = differences.find(session, kind, about)
        if row is not None and row.resolved_at is None:
            differences.give_back(session, row, by=by, why=why, now=now)
    over = line.amount_fen - entry.amount_fen
    if over:
        kind = f"{'over' if over > 0 else 'short'}_{side}"
        source, day = ACCOUNTS[entry.purpose], day_of(line.booked_at)
        differences.differ(session, kind, entry.id, abs(over), source, None, day=day, by=by, now=now)
    session.flush()


def _open_missing(session: Session) -> Sequence[BillDifference]:
    own = BillDifference.kind.in_(("missing_in", "missing_out")) & BillDifference.resolved_at.is_(None)
    return session.scalars(select(BillDifference).where(own)).all()


def _purposes(line: BillLine) -> tuple[str, ...]:
    return _IN if line.is_in else _OUT


def _free() -> ColumnElement[bool]:
    """An entry that is in the books, was not undone, and is on no line yet."""
    undone = aliased(Posting)
    is_undone = select(undone.id).where(undone.reverses_id == Posting.id).exists()
    is_shown = select(BillLine.id).where(BillLine.entry_id == Posting.id).exists()
    return (Posting.phase == "single") & Posting.refused.is_(None) & ~is_undone & ~is_shown

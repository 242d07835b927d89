"""The fund's month (基金月报): where it began and ended, what came and went by purpose, and its claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Claim, LedgerAccount, LedgerPeriod, Posting
from app.models.base import ORG
from app.money import differences
from app.money.accounts import FUND, balance_fen
from app.money.balances import balances_at
from app.money.causes import CAUSES
from app.values.china_days import month_ends_at, month_starts_at

_MOVED = ("single", "posted")


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A month. ``daily`` is the fund's balance at each day's end; sums are fen.

    ``fund_moves`` is what came into the fund (positive) and left it, by purpose: with the opening it is the closing.
    """

    month: str
    starts_at: datetime
    ends_at: datetime
    is_closed: bool
    opening: dict[str, int]
    closing: dict[str, int]
    by_purpose: dict[str, tuple[int, int]]
    by_cause: dict[str, tuple[int, int, int]]
    daily: list[tuple[str, int]]
    fund_moves: dict[str, int]
    unexplained: dict[str, tuple[int, int]]


def month_report(session: Session, month: str, *, now: datetime) -> MonthReport:
    """The month up to its end or now; raises InvalidInput for what is no month."""
    starts, ends = month_starts_at(month), month_ends_at(month)
    until = min(ends, now + datetime.resolution)
    return MonthReport(
        month=month,
        starts_at=starts,
        ends_at=until,
        is_closed=session.get(LedgerPeriod, month) is not None,
        opening=_held(session, starts - datetime.resolution),
        closing=_held(session, until - datetime.resolution),
        by_purpose=_by_purpose(session, starts, until),
        by_cause=_by_cause(session, starts, until),
        daily=daily_fund(session, starts, until),
        fund_moves=_moves(session, starts, until),
        unexplained=differences.ages(session, now=now),
    )


def daily_fund(session: Session, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """The fund's balance at the end of each day in China, by day; ``until`` itself is not counted any more.

    Worked out backwards from what the fund holds, so that only entries after ``since`` are read.
    """
    row = session.scalar(select(LedgerAccount).where(LedgerAccount.org_id == ORG, LedgerAccount.code == FUND.code))
    if row is None:
        return []
    moved = _fund_moves(session, row.id, since)
    instants: list[datetime] = []
    at = since + timedelta(days=1)
    while at <= until + timedelta(days=1) and len(instants) < 366:  # noqa: PLR2004 - a year
        instants.append(min(at, until) - datetime.resolution)
        if at >= until:
            break
        at += timedelta(days=1)
    held, found = balance_fen(row), []
    for instant in reversed(instants):
        while moved and moved[-1][0] > instant:
            held -= moved.pop()[1]
        found.append(((instant + timedelta(hours=8)).date().isoformat(), held))
    return found[::-1]


def _moves(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    fund = (
        select(LedgerAccount.id).where(LedgerAccount.org_id == ORG, LedgerAccount.code == FUND.code).scalar_subquery()
    )
    within = (Posting.at >= since) & (Posting.at < until) & Posting.phase.in_(_MOVED) & Posting.refused.is_(None)
    found: dict[str, int] = {}
    for sign, side in ((1, Posting.debit_account_id), (-1, Posting.credit_account_id)):
        sums = select(Posting.purpose, func.sum(Posting.amount_fen)).where(within, side == fund)
        for purpose, fen in session.execute(sums.group_by(Posting.purpose).order_by(Posting.purpose)):
            found[purpose] = found.get(purpose, 0) + sign * int(fen)
    return found


def _fund_moves(session: Session, account_id: str, since: datetime) -> list[tuple[datetime, int]]:
    """What went in (positive) and out of the fund after an instant, oldest first."""
    moved = Posting.phase.in_(_MOVED) & Posting.refused.is_(None) & (Posting.at >= since)
    put_in = select(Posting.at, Posting.amount_fen).where(Posting.debit_account_id == account_id, moved)
    taken = select(Posting.at, Posting.amount_fen).where(Posting.credit_account_id == account_id, moved)
    rows = [(at, fen) for at, fen in session.execute(put_in)] + [(at, -fen) for at, fen in session.execute(taken)]
    return sorted(rows)


def _held(session: Session, at: datetime) -> dict[str, int]:
    return {each.code: each.balance_fen for each in balances_at(session, at) if each.balance_fen}


def _by_purpose(session: Session, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    within = (Posting.at >= since) & (Posting.at < until)
    moved = Posting.phase.in_(_MOVED) & Posting.refused.is_(None)
    rows = session.execute(
        select(Posting.purpose, func.count(), func.sum(Posting.amount_fen))
        .where(within, moved)
        .group_by(Posting.purpose)
        .order_by(Posting.purpose)
    )
    return {purpose: (count, int(fen)) for purpose, count, fen in rows}


def _by_cause(session: Session, since: datetime, until: datetime) -> dict[str, tuple[int, int, int]]:
    """By cause: claims opened in the month, claims whose money left in it, and their fen."""
    opened = session.execute(
        select(Claim.cause, func.count()).where(Claim.opened_at >= since, Claim.opened_at < until).group_by(Claim.cause)
    )
    counts = {cause: count for cause, count in opened}  # noqa: C416 - rows are no pairs to mypy
    paid = session.execute(
        select(Claim.cause, func.count(), func.sum(Posting.amount_fen))
        .join(Posting, Posting.claim_id == Claim.id)
        .where(Posting.purpose == "payout", Posting.phase == "posted", Posting.at >= since, Posting.at < until)
        .group_by(Claim.cause)
    )
    sums = {cause: (count, int(fen)) for cause, count, fen in paid}
    return {name: (counts.get(name, 0), *sums.get(name, (0, 0))) for name in CAUSES if name in counts or name in sums}

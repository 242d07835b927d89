"""The fund's month (基金月报): where it began and ended, what came and went by purpose, and its claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Claim, LedgerPeriod, Posting
from app.money import matching
from app.money.accounts import FUND
from app.money.balances import balances_at
from app.money.causes import CAUSES
from app.values.china_days import month_ends_at, month_starts_at

_MOVED = ("single", "posted")


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A month. ``daily`` is the fund's balance at each day's end; sums are fen."""

    month: str
    starts_at: datetime
    ends_at: datetime
    is_closed: bool
    opening: dict[str, int]
    closing: dict[str, int]
    by_purpose: dict[str, tuple[int, int]]
    by_cause: dict[str, tuple[int, int, int]]
    daily: list[tuple[str, int]]
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
        unexplained=matching.ages(session, now=now),
    )


def daily_fund(session: Session, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """The fund's balance at the end of each day in China, by day; ``until`` itself is not counted any more."""
    found: list[tuple[str, int]] = []
    at = since + timedelta(days=1)
    while at <= until + timedelta(days=1) and len(found) < 366:  # noqa: PLR2004 - a year
        instant = min(at, until) - datetime.resolution
        held = next((each.balance_fen for each in balances_at(session, instant) if each.code == FUND.code), 0)
        found.append(((at - timedelta(hours=16)).date().isoformat(), held))
        if at >= until:
            break
        at += timedelta(days=1)
    return found


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

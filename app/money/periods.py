"""Closing months: the balances at a month's end are kept, and nothing is entered into it any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, Problem
from app.models import LedgerPeriod
from app.values.china_days import month_ends_at


def require_open(session: Session, at: datetime) -> None:
    """Raise Conflict when the instant lies in a month that was closed."""
    closed_until = session.scalar(select(func.max(LedgerPeriod.ends_at)))
    if closed_until is not None and at < closed_until:
        raise Conflict(f"the ledger is closed up to {closed_until.isoformat()}; enter a correction today instead")


def close(session: Session, month: str, *, balances: dict[str, int], by: str, now: datetime) -> LedgerPeriod:
    """Close a month that is over; the months before it are closed with it.

    Raises:
        InvalidInput: the month is not over, or is no month.
        Conflict: it was closed before.
    """
    ends_at = month_ends_at(month)
    if now < ends_at:
        problem = Problem("month", f"{month} is not over", f"a month that ended before {now.date().isoformat()}")
        raise InvalidInput("only a month that is over can be closed", problems=[problem])
    if (known := session.get(LedgerPeriod, month)) is not None:
        raise Conflict(f"{month} was closed by {known.closed_by}")
    row = LedgerPeriod(month=month, ends_at=ends_at, balances=balances, closed_at=now, closed_by=by)
    session.add(row)
    session.flush()
    return row


def listed(session: Session) -> list[LedgerPeriod]:
    """Every closed month, newest first."""
    return list(session.scalars(select(LedgerPeriod).order_by(LedgerPeriod.month.desc())))

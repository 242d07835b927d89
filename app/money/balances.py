"""What stands in the books: every account now or at any past time, entry by entry, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.models import LedgerAccount, Posting
from app.models.base import ORG
from app.money.accounts import FUND, available_fen, balance_fen, title_of

_MOVED = ("single", "posted")


@dataclass(frozen=True, slots=True)
class Balance:
    """One account: what it holds on its own side, and what of that is reserved to leave."""

    code: str
    title: str
    normal: str
    balance_fen: int
    reserved_fen: int

    @property
    def available_fen(self) -> int:
        """What may still be used."""
        return self.balance_fen - self.reserved_fen


def balances(session: Session) -> list[Balance]:
    """Every account as it stands."""
    rows = session.scalars(select(LedgerAccount).where(LedgerAccount.org_id == ORG).order_by(LedgerAccount.code))
    return [
        Balance(row.code, title_of(row.code), row.normal, balance_fen(row), balance_fen(row) - available_fen(row))
        for row in rows
    ]


def balances_at(session: Session, at: datetime) -> list[Balance]:
    """Every account as it stood at an instant, entries of that very instant included.

    Worked out from the entries before it, or backwards from what the accounts say, whichever reads fewer entries.
    """
    first, last = session.execute(select(func.min(Posting.at), func.max(Posting.at))).one()
    if first is None or at - first < last - at:
        return added_up(session, at)
    later = Posting.at > at
    moves = [_totals(session, side, later) for side in (Posting.debit_account_id, Posting.credit_account_id)]
    return [
        _balance(
            row,
            debit=_less((row.debits_fen, row.pending_debits_fen), moves[0].get(row.id, (0, 0))),
            credit=_less((row.credits_fen, row.pending_credits_fen), moves[1].get(row.id, (0, 0))),
        )
        for row in _accounts_at(session, at)
    ]


def added_up(session: Session, at: datetime) -> list[Balance]:
    """The same from the entries alone: what ``check`` holds the accounts' own totals against."""
    until = Posting.at <= at
    moves = [_totals(session, side, until) for side in (Posting.debit_account_id, Posting.credit_account_id)]
    return [
        _balance(row, debit=moves[0].get(row.id, (0, 0)), credit=moves[1].get(row.id, (0, 0)))
        for row in _accounts_at(session, at)
    ]


def fund_fen(session: Session) -> tuple[int, int]:
    """What the fund holds and what of it may be used."""
    row = session.scalar(select(LedgerAccount).where(LedgerAccount.org_id == ORG, LedgerAccount.code == FUND.code))
    return (0, 0) if row is None else (balance_fen(row), available_fen(row))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its accounts' names."""

    posting: Posting
    debit: str
    credit: str


def lines(
    session: Session,
    *,
    account: str | None = None,
    claim_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Line]:
    """Entries, newest first; ``before`` is the last one seen."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(Posting, debit.code, credit.code)
        .join(debit, Posting.debit_account_id == debit.id)
        .join(credit, Posting.credit_account_id == credit.id)
        .where(Posting.org_id == ORG)
    )
    if account is not None:
        query = query.where(or_(debit.code == account, credit.code == account))
    if claim_id is not None:
        query = query.where(Posting.claim_id == claim_id)
    if since is not None:
        query = query.where(Posting.at >= since)
    if until is not None:
        query = query.where(Posting.at < until)
    if before is not None:
        query = query.where(tuple_(Posting.at, Posting.id) < before)
    newest = query.order_by(Posting.at.desc(), Posting.id.desc()).limit(limit)
    return [Line(*found) for found in session.execute(newest)]


_HEAD = ("id", "at", "phase", "purpose", "debit", "credit", "amount_fen", "currency", "claim_id", "actor")
_TAIL = ("pending_id", "reverses_id", "refused", "note")


def as_csv(session: Session, *, since: datetime, until: datetime) -> Iterator[str]:
    """Every entry of a span as lines of CSV, newest first, in portions, so that any length fits into memory."""
    yield _row((*_HEAD, *_TAIL))
    before = None
    while page := lines(session, since=since, until=until, before=before, limit=1_000):
        for line in page:
            row = line.posting
            head = (row.id, row.at.isoformat(), row.phase, row.purpose, line.debit, line.credit, row.amount_fen)
            yield _row((*head, row.currency, row.claim_id, row.actor, *(getattr(row, name) for name in _TAIL)))
        last = page[-1].posting
        before = (last.at, last.id)


def _row(values: tuple[object, ...]) -> str:
    out = io.StringIO()
    # A cell that a spreadsheet would take for a formula is written with an apostrophe before it.
    csv.writer(out).writerow([f"'{each}" if str(each)[:1] in set("=+-@\t") else each for each in values])
    return out.getvalue()


def _accounts_at(session: Session, at: datetime) -> Sequence[LedgerAccount]:
    own = (LedgerAccount.org_id == ORG) & (LedgerAccount.created_at <= at)
    return session.scalars(select(LedgerAccount).where(own).order_by(LedgerAccount.code)).all()


def _balance(row: LedgerAccount, *, debit: tuple[int, int], credit: tuple[int, int]) -> Balance:
    """An account of which so much was moved and is reserved on each side."""
    held = debit[0] - credit[0] if row.normal == "debit" else credit[0] - debit[0]
    leaving = credit[1] if row.normal == "debit" else debit[1]
    return Balance(row.code, title_of(row.code), row.normal, held, leaving)


def _less(now: tuple[int, int], since: tuple[int, int]) -> tuple[int, int]:
    return now[0] - since[0], now[1] - since[1]


def _totals(
    session: Session, side: InstrumentedAttribute[str], when: ColumnElement[bool]
) -> dict[str, tuple[int, int]]:
    """By account: what was moved, and by how much what is reserved grew."""
    moved = case((Posting.phase.in_(_MOVED), Posting.amount_fen), else_=0)
    reserved = case(
        (Posting.phase == "pending", Posting.amount_fen),
        (Posting.pending_id.is_not(None), -Posting.amount_fen),
        else_=0,
    )
    rows = session.execute(
        select(side, func.coalesce(func.sum(moved), 0), func.coalesce(func.sum(reserved), 0))
        .where(Posting.org_id == ORG, when, Posting.refused.is_(None))
        .group_by(side)
    )
    return {account: (int(fen), int(open_fen)) for account, fen, open_fen in rows}

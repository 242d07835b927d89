"""What bills and ledger do not agree about: opened once, its money in suspense, ended by a person or a later bill.

Two families. Money that the channel no longer has, or never had, though the books say so, stands in ``suspense``. Money
that the channel has and nobody has explained stands in ``unclaimed``, with ``suspense`` on the other side: it is not
the fund's until a person says so, and nothing is paid from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import BillDifference, Posting
from app.models.base import ORG
from app.money.accounts import (
    CAPITAL,
    DEPOSIT_HELD,
    FUND,
    PAYABLE,
    SUSPENSE,
    UNCLAIMED,
    AccountName,
    available_fen,
    locked,
    loss,
)
from app.money.ledger import Entry, transfer

EXPLAINED = loss("reconciliation")
AGES = (1, 7, 30)
HELD_BY_CHANNEL = frozenset({"unknown_in", "payout_returned", "over_in", "short_out", "missing_out"})
OF_ENTRIES = frozenset({"missing_in", "missing_out", "over_in", "short_in", "over_out", "short_out"})
"""Kinds that are about an entry somebody made; ``about`` is its id."""
ACCOUNTS: Mapping[str, AccountName] = {
    "funding": FUND,
    "repaid": FUND,
    "deposit": DEPOSIT_HELD,
    "defunding": FUND,
    "deposit_back": DEPOSIT_HELD,
}
"""Where the money of an entry that somebody made is, by its purpose."""
Moves: TypeAlias = tuple[tuple[AccountName, AccountName], ...]


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
    """A person explains a difference in one of the ways its kind allows (``ways``)."""
    row = session.get(BillDifference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound(f"没有差异 {difference_id}")
    if row.resolved_at is not None:
        raise Conflict(f"已由 {row.resolved_by} 处理")
    known = ways(session, row)
    if how not in known or not reason.strip():
        raise InvalidInput("处理差异须说明去向与理由", problems=[Problem("how", how, ", ".join(known))])
    for number, (debit, credit) in enumerate(known[how]):
        entry_id = f"difference:{row.id}" + (f":{number}" if number else "")
        enter(session, entry_id, debit, credit, row.amount_fen, "resolved", by=by, now=now)
    close(session, row, by=by, why=f"{how}：{reason.strip()}", now=now)
    return row


def ways(session: Session, row: BillDifference) -> dict[str, Moves]:
    """How a difference may be explained, and what that enters."""
    if row.kind == "payout_returned":
        return {"fund": ((FUND, UNCLAIMED), (SUSPENSE, PAYABLE))}
    if row.kind in HELD_BY_CHANNEL:
        return {"fund": ((FUND, UNCLAIMED), (SUSPENSE, CAPITAL)), "returned": ((SUSPENSE, UNCLAIMED),)}
    source = account_of(session, row)
    if not row.is_held:
        return {"fund": (), "loss": ((EXPLAINED, source),)}
    known: dict[str, Moves] = {"loss": ((EXPLAINED, SUSPENSE),), "fund": ((source, SUSPENSE),)}
    return known | {"payable": ((PAYABLE, SUSPENSE),)} if row.kind == "unknown" else known


def account_of(session: Session, row: BillDifference) -> AccountName:
    """Where the money of a difference belongs, should it be there after all."""
    if row.kind not in OF_ENTRIES:
        return FUND
    return ACCOUNTS[session.get_one(Posting, row.about).purpose]


def differ(
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
    """Open a difference once, and move its money to suspense; ``source`` is where the books have it.

    What somebody entered and the account no longer has stays where it is; the difference says so (``is_held``).
    """
    if find(session, kind, about) is not None:
        return False
    row = BillDifference(kind=kind, about=about, payout_id=payout_id, amount_fen=amount_fen, day=day, opened_at=now)
    row.is_held = kind not in OF_ENTRIES or kind in HELD_BY_CHANNEL or _has(session, source, amount_fen, now=now)
    session.add(row)
    session.flush()
    debit, credit = (UNCLAIMED, SUSPENSE) if kind in HELD_BY_CHANNEL else (SUSPENSE, source)
    if row.is_held and debit != credit:
        enter(session, f"suspense:{row.id}", debit, credit, amount_fen, "suspense", by=by, now=now)
    return True


def find(session: Session, kind: str, about: str) -> BillDifference | None:
    """The difference of that kind about that thing."""
    return session.scalar(select(BillDifference).where(BillDifference.kind == kind, BillDifference.about == about))


def give_back(session: Session, row: BillDifference, *, by: str, why: str, now: datetime) -> None:
    """What came later explains a difference: its money goes back to where it was."""
    if row.is_held:
        held = row.kind in HELD_BY_CHANNEL
        debit, credit = (SUSPENSE, UNCLAIMED) if held else (account_of(session, row), SUSPENSE)
        enter(session, f"explained:{row.id}", debit, credit, row.amount_fen, "resolved", by=by, now=now)
    close(session, row, by=by, why=why, now=now)


def close(session: Session, row: BillDifference, *, by: str, why: str, now: datetime) -> None:
    """A difference is explained."""
    row.resolved_at, row.resolved_by, row.resolution = now, by, why
    session.flush()


def enter(
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
    """One entry of matching; raises Conflict where the money is not there."""
    entry = Entry(entry_id, debit, credit, amount_fen, purpose, by, claim_id=claim_id)
    if transfer(session, entry, now=now).refused:
        raise Conflict(f"账单与账本不符，无法入账：{entry_id}（{credit.code} 余额不足）")


def _has(session: Session, source: AccountName, amount_fen: int, *, now: datetime) -> bool:
    return available_fen(locked(session, {source}, now=now)[source]) >= amount_fen

"""Entering into the ledger: one debit, one credit, under an id its maker chose, at most once.

Both accounts' rows are locked before anything is looked at, so what is decided is still true when it is written; the
conditional UPDATE and the table's CHECK stand behind that, should a lock ever be forgotten. A refused entry is written
too: whoever tries the same id again gets the same refusal, even when there is money by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.models import LedgerAccount, Posting
from app.money.accounts import FUND, AccountName, available_fen, locked
from app.money.periods import require_open

MAX_FEN = 10**13  # 100 billion yuan: far above any fund, far below what a 64-bit sum can hold
INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be entered. ``id`` is the maker's; ``purpose`` says why money moves, in one word."""

    id: str
    debit: AccountName
    credit: AccountName
    amount_fen: int
    purpose: str
    actor: str
    claim_id: str | None = None
    note: str | None = None
    reverses_id: str | None = None
    currency: str = "CNY"

    def __post_init__(self) -> None:
        assert 0 < self.amount_fen <= MAX_FEN, "an entry moves a positive amount"
        assert self.debit != self.credit, "an entry has two accounts"

    def digest(self, phase: str) -> str:
        """What makes two entries the same; who made it and when does not."""
        said = [phase, self.debit.code, self.credit.code, self.amount_fen, self.currency, self.purpose]
        told = orjson.dumps([*said, self.claim_id, self.reverses_id])
        return "sha256:" + hashlib.sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry; ``refused`` says why it moved nothing, ``is_new`` whether this call wrote it."""

    posting: Posting
    is_new: bool

    @property
    def refused(self) -> str | None:
        """Why, or None when it is in the books."""
        return self.posting.refused


def transfer(session: Session, entry: Entry, *, now: datetime, floor_fen: int = 0) -> Entered:
    """Move money at once. ``floor_fen`` is what has to stay in the fund, where the fund is what pays.

    Raises:
        Conflict: the id was used for something else, or the month is closed.
    """
    return enter(session, entry, "single", now=now, floor_fen=floor_fen)


def reserve(session: Session, entry: Entry, *, now: datetime, floor_fen: int = 0) -> Entered:
    """Set money aside; it moves when the entry is posted and is free again when it is voided (``two_phase``)."""
    return enter(session, entry, "pending", now=now, floor_fen=floor_fen)


def enter(
    session: Session, entry: Entry, phase: str, *, now: datetime, floor_fen: int = 0, pending_id: str | None = None
) -> Entered:
    """Write one entry of a phase; used by ``transfer``, ``reserve`` and the ending of what is pending."""
    rows = locked(session, {entry.debit, entry.credit}, now=now)
    if (known := find(session, entry.id)) is not None:
        return Entered(same(known, entry.digest(phase)), is_new=False)
    require_open(session, now)
    debit, credit = rows[entry.debit], rows[entry.credit]
    assert {entry.currency} == {debit.currency, credit.currency}, "an entry keeps to one currency"
    keep = {account.id: floor_fen if account.code == FUND.code else 0 for account in (debit, credit)}
    refused = None if _fits(debit, credit, phase, entry.amount_fen, keep) else INSUFFICIENT
    posting = Posting(
        id=entry.id,
        digest=entry.digest(phase),
        phase=phase,
        debit_account_id=debit.id,
        credit_account_id=credit.id,
        amount_fen=entry.amount_fen,
        currency=entry.currency,
        purpose=entry.purpose,
        pending_id=pending_id,
        reverses_id=entry.reverses_id if refused is None else None,
        refused=refused,
        claim_id=entry.claim_id,
        actor=entry.actor,
        note=entry.note,
        at=now,
    )
    session.add(posting)
    session.flush()
    if refused is None:
        for account, side in ((debit, "debits_fen"), (credit, "credits_fen")):
            _add(session, account, _changes(phase, side, entry.amount_fen))
    return Entered(posting, is_new=True)


def find(session: Session, posting_id: str) -> Posting | None:
    """The entry of an id as it stands in the database."""
    return session.scalar(select(Posting).where(Posting.id == posting_id).execution_options(populate_existing=True))


def same(known: Posting, digest: str) -> Posting:
    """The entry again, or Conflict when its id was used for something else."""
    if known.digest != digest:
        raise Conflict(f"the id {known.id} was used for another entry; an id stands for one entry for ever")
    return known


def _changes(phase: str, side: str, amount_fen: int) -> dict[str, int]:
    """What an entry adds to one of its accounts."""
    reserved = f"pending_{side}"
    return {
        "single": {side: amount_fen},
        "pending": {reserved: amount_fen},
        "posted": {side: amount_fen, reserved: -amount_fen},
        "voided": {reserved: -amount_fen},
    }[phase]


def _fits(debit: LedgerAccount, credit: LedgerAccount, phase: str, amount_fen: int, keep: Mapping[str, int]) -> bool:
    """Whether the account that shrinks has enough; what ends a reservation was covered when it was made."""
    if phase in {"posted", "voided"}:
        return True
    shrinking = [each for each in (debit, credit) if each.normal != ("debit" if each is debit else "credit")]
    return all(each.may_overdraw or available_fen(each) - amount_fen >= keep[each.id] for each in shrinking)


def _add(session: Session, account: LedgerAccount, changes: Mapping[str, int]) -> None:
    """Change the running totals by the database's own arithmetic; the CHECK refuses what is not covered."""
    values = {name: getattr(LedgerAccount, name) + by for name, by in changes.items()}
    session.execute(
        update(LedgerAccount)
        .where(LedgerAccount.id == account.id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    session.expire(account)

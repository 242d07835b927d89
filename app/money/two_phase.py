"""Ending what was reserved, exactly once, and undoing what was wrong by an entry that names it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import LedgerAccount, Posting
from app.money.accounts import AccountName, Kind
from app.money.ledger import Entered, Entry, enter, find, transfer


def post(session: Session, pending_id: str, *, actor: str, now: datetime) -> Entered:
    """The reserved money has left: move it. Posting it again changes nothing.

    Raises:
        NotFound: nothing was reserved under this id.
        Conflict: it was voided before.
    """
    return _end(session, pending_id, "posted", actor=actor, now=now)


def void(session: Session, pending_id: str, *, actor: str, now: datetime) -> Entered:
    """The reserved money stays: free it. Voiding it again changes nothing; raises as ``post`` does."""
    return _end(session, pending_id, "voided", actor=actor, now=now)


def ending_of(session: Session, pending_id: str) -> Posting | None:
    """The entry that ended a reservation, or None while it is open."""
    return session.scalar(select(Posting).where(Posting.pending_id == pending_id))


def reverse(
    session: Session, posting_id: str, *, actor: str, note: str, now: datetime, as_id: str | None = None
) -> Entered:
    """Undo an entry by its mirror image; it can be done once, and is refused where the money is gone.

    A refused one is tried again under another id (``as_id``).

    Raises:
        NotFound: no such entry in the books.
        Conflict: it moved nothing, or is itself a reversal.
    """
    wrong = find(session, posting_id)
    if wrong is None:
        raise NotFound(f"no posting {posting_id}")
    if wrong.refused or wrong.phase not in {"single", "posted"}:
        raise Conflict(f"{posting_id} moved nothing; there is nothing to reverse")
    if wrong.reverses_id is not None:
        raise Conflict(f"{posting_id} is itself a reversal; enter what is right instead")
    entry = Entry(
        id=as_id or f"{posting_id}/reversed",
        debit=_name(session, wrong.credit_account_id),
        credit=_name(session, wrong.debit_account_id),
        amount_fen=wrong.amount_fen,
        purpose="reversal",
        actor=actor,
        claim_id=wrong.claim_id,
        note=note,
        reverses_id=posting_id,
    )
    return transfer(session, entry, now=now)


def _end(session: Session, pending_id: str, phase: str, *, actor: str, now: datetime) -> Entered:
    pending = find(session, pending_id)
    if pending is None or pending.phase != "pending" or pending.refused:
        raise NotFound(f"nothing is reserved under {pending_id}")
    entry = Entry(
        id=f"{pending_id}/ended",
        debit=_name(session, pending.debit_account_id),
        credit=_name(session, pending.credit_account_id),
        amount_fen=pending.amount_fen,
        purpose=pending.purpose,
        actor=actor,
        claim_id=pending.claim_id,
    )
    known = find(session, entry.id)
    if known is not None and known.phase != phase:
        raise Conflict(f"{pending_id} was {known.phase} before")
    return enter(session, entry, phase, now=now, pending_id=pending_id)


def _name(session: Session, account_id: str) -> AccountName:
    account = session.get_one(LedgerAccount, account_id)
    kind, _, of = account.code.partition(":")
    return AccountName(Kind(kind), of)

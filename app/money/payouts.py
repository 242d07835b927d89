"""Payouts: orders to a channel, each with its reservation in the ledger, ended together with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Claim, Payout
from app.money import accounts
from app.money.accounts import IN_TRANSIT, PAYABLE, AccountName
from app.money.causes import CAUSES
from app.money.ledger import Entry, reserve, transfer
from app.money.two_phase import post, reverse, void
from app.values.china_days import day_of

PENDING, PAID, FAILED = "pending", "paid", "failed"


def bearer(claim: Claim) -> AccountName:
    """The account that a claim is owed by in the end: the shop's, or the platform's own loss."""
    if CAUSES[claim.cause].liable == "platform":
        return accounts.loss("platform_liable")
    return accounts.recoverable(claim.shop_id)


def begin(session: Session, claim: Claim, *, channel: str, is_automatic: bool, floor_fen: int, now: datetime) -> Payout:
    """Owe the buyer, reserve the money and make the order; the caller has locked the fund and seen that it suffices."""
    number = claim.payouts + 1
    payout_id = payout_number(claim.id, number)
    order = Entry(
        id=f"payout:{payout_id}",
        debit=IN_TRANSIT,
        credit=accounts.FUND,
        amount_fen=claim.amount_fen,
        purpose="payout",
        actor="system",
        claim_id=claim.id,
    )
    owed = replace(order, id=f"owed:{payout_id}", debit=bearer(claim), credit=PAYABLE, purpose="owed")
    refused = reserve(session, order, now=now, floor_fen=floor_fen).refused or transfer(session, owed, now=now).refused
    assert refused is None, "the fund's row is locked and was looked at"
    payout = Payout(
        id=payout_id,
        claim_id=claim.id,
        number=number,
        channel=channel,
        amount_fen=claim.amount_fen,
        day=day_of(now),
        is_automatic=is_automatic,
        created_at=now,
    )
    session.add(payout)
    claim.payouts = number
    session.flush()
    return payout


def payout_number(claim_id: str, number: int) -> str:
    """The number the channel knows an order by: the same for the same try, 32 letters and digits."""
    return hashlib.sha256(f"{claim_id}:{number}".encode()).hexdigest()[:32]


def finish(session: Session, payout: Payout, *, reference: str | None, now: datetime) -> None:
    """The channel paid: move the reserved money."""
    post(session, f"payout:{payout.id}", actor=f"channel:{payout.channel}", now=now)
    payout.state, payout.finished_at, payout.channel_ref = PAID, now, reference
    session.flush()


def give_up(session: Session, payout: Payout, *, code: str, detail: str, now: datetime) -> None:
    """The channel will not pay: free the reserved money, and nobody owes it."""
    actor = f"channel:{payout.channel}"
    void(session, f"payout:{payout.id}", actor=actor, now=now)
    reverse(session, f"owed:{payout.id}", actor=actor, note=code, now=now)
    payout.state, payout.finished_at, payout.code, payout.detail = FAILED, now, code, detail[:2000]
    session.flush()


def find(session: Session, payout_id: str) -> Payout:
    """One order; raises NotFound."""
    row = session.get(Payout, payout_id)
    if row is None:
        raise NotFound(f"没有付款单 {payout_id}")
    return row


def newest_of(session: Session, claim_id: str) -> Payout | None:
    """The last order for a claim."""
    own = select(Payout).where(Payout.claim_id == claim_id).order_by(Payout.number.desc())
    return session.scalars(own.limit(1)).first()


def left_on(session: Session, day: date) -> int:
    """What left or is leaving on a day in China, in fen."""
    counted = (Payout.day == day) & (Payout.state != FAILED)
    return int(session.scalar(select(func.coalesce(func.sum(Payout.amount_fen), 0)).where(counted)) or 0)

"""``weiheng fund check``: do the books still say one thing? Every sentence that does not hold is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.models import BillDifference, Claim, LedgerAccount, LedgerPeriod, Payout, Posting
from app.money.accounts import SUSPENSE, UNCLAIMED
from app.money.balances import added_up, balances
from app.money.differences import HELD_BY_CHANNEL


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, and where."""

    what: str
    where: str


def check(session: Session, *, now: datetime) -> list[Finding]:
    """Everything wrong with the books; empty means all is well."""
    return [
        *_sums(session),
        *_totals(session, now),
        *_overdrawn(session),
        *_orphans(session),
        *_claims(session),
        *_suspense(session),
        *_closed(session),
    ]


def _sums(session: Session) -> list[Finding]:
    columns = (
        LedgerAccount.debits_fen,
        LedgerAccount.credits_fen,
        LedgerAccount.pending_debits_fen,
        LedgerAccount.pending_credits_fen,
    )
    sums = session.execute(select(*(func.coalesce(func.sum(column), 0) for column in columns))).one()
    debits, credits_, open_debits, open_credits = map(int, sums)
    found = []
    if debits != credits_:
        found.append(Finding(f"debits {debits} and credits {credits_} differ", "all accounts"))
    if open_debits != open_credits:
        found.append(Finding(f"reserved debits {open_debits} and credits {open_credits} differ", "all accounts"))
    return found


def _totals(session: Session, now: datetime) -> list[Finding]:
    last = session.scalar(select(func.max(Posting.at))) or now
    said = {each.code: each for each in balances(session)}
    told = {each.code: each for each in added_up(session, max(last, now))}
    return [
        Finding(f"the account says {said.get(code)}, its postings {told.get(code)}", code)
        for code in sorted(said.keys() | told.keys())
        if said.get(code) != told.get(code)
    ]


def _overdrawn(session: Session) -> list[Finding]:
    free = set(session.scalars(select(LedgerAccount.code).where(LedgerAccount.may_overdraw)))
    low = [each for each in balances(session) if each.code not in free and each.available_fen < 0]
    return [Finding(f"overdrawn: {each.available_fen} fen available", each.code) for each in low]


def _orphans(session: Session) -> list[Finding]:
    """What names something that is not there, or ends what was never reserved."""
    pending = aliased(Posting)
    ended = session.scalars(
        select(Posting.id)
        .outerjoin(pending, Posting.pending_id == pending.id)
        .where(
            Posting.pending_id.is_not(None),
            pending.id.is_(None)
            | (pending.phase != "pending")
            | pending.refused.is_not(None)
            | (pending.amount_fen != Posting.amount_fen)
            | (pending.debit_account_id != Posting.debit_account_id)
            | (pending.credit_account_id != Posting.credit_account_id),
        )
    )
    found = [Finding("ends nothing that was reserved", posting_id) for posting_id in ended]
    claimless = session.scalars(
        select(Posting.id)
        .outerjoin(Claim, Posting.claim_id == Claim.id)
        .where(Posting.claim_id.is_not(None), Claim.id.is_(None))
    )
    return found + [Finding("names a claim that does not exist", posting_id) for posting_id in claimless]


def _claims(session: Session) -> list[Finding]:
    """A payout that was made has moved exactly its money, once; one that was not has moved none."""
    moved = select(Posting.claim_id, func.sum(Posting.amount_fen).label("fen"), func.count().label("times")).where(
        Posting.purpose == "payout", Posting.phase == "posted"
    )
    by_claim = moved.group_by(Posting.claim_id).subquery()
    paid = (
        select(Payout.claim_id, func.sum(Payout.amount_fen).label("fen"))
        .where(Payout.state == "paid")
        .group_by(Payout.claim_id)
        .subquery()
    )
    rows = session.execute(
        select(Claim.id, Claim.amount_fen, by_claim.c.fen, by_claim.c.times, paid.c.fen)
        .outerjoin(by_claim, by_claim.c.claim_id == Claim.id)
        .outerjoin(paid, paid.c.claim_id == Claim.id)
        .where(by_claim.c.fen.is_not(None) | paid.c.fen.is_not(None))
    )
    return [
        Finding(f"owes {owed}, its payouts say {payouts}, the ledger moved {fen} in {times} entries", claim_id)
        for claim_id, owed, fen, times, payouts in rows
        if not (owed == fen == payouts and times == 1)
    ]


def _suspense(session: Session) -> list[Finding]:
    """What stands in suspense and unclaimed is what the open differences come to."""
    own = BillDifference.resolved_at.is_(None) & BillDifference.is_held
    held = BillDifference.kind.in_(HELD_BY_CHANNEL)
    unclaimed, lacking = (
        int(session.scalar(select(func.coalesce(func.sum(BillDifference.amount_fen), 0)).where(own, which)) or 0)
        for which in (held, ~held)
    )
    said = {each.code: each.balance_fen for each in balances(session)}
    wanted = {SUSPENSE.code: lacking - unclaimed, UNCLAIMED.code: unclaimed}
    return [
        Finding(f"holds {said.get(code, 0)}, open differences come to {fen}", code)
        for code, fen in wanted.items()
        if said.get(code, 0) != fen
    ]


def _closed(session: Session) -> list[Finding]:
    """A closed month still says what it said when it was closed."""
    found = []
    for period in session.scalars(select(LedgerPeriod)):
        told = at_end_of(session, period.ends_at)
        if told != period.balances:
            found.append(Finding("its balances changed after it was closed", period.month))
    return found


def at_end_of(session: Session, ends_at: datetime) -> dict[str, int]:
    """Balances by account just before an instant."""
    before = ends_at - datetime.resolution
    return {each.code: each.balance_fen for each in added_up(session, before)}

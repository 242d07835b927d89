"""What a shop owes the fund for a claim: asked back, taken from its deposit, repaid, written off, or not owed.

Every movement has the claim's id in its own, so each happens once. A deposit is two things at once: money that is held
(``deposit_held``) and a debt to the shop (``deposit:…``), and both shrink together.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import Conflict
from app.models import Claim
from app.money import accounts, agreements
from app.money.accounts import DEPOSIT_HELD, FUND, AccountName, available_fen, deposit, loss, recoverable
from app.money.amounts import yuan
from app.money.causes import CAUSES
from app.money.explain import for_merchant
from app.money.ledger import Entry, transfer
from app.money.lifecycle import move, note
from app.values.china_days import day_of
from app.values.claiming import State

LATE_EVIDENCE, WRITTEN_OFF = loss("late_evidence"), loss("written_off")


def begin(session: Session, claim: Claim, *, now: datetime) -> None:
    """After the buyer was paid: the shop is told what it owes and why, unless it owes nothing."""
    if CAUSES[claim.cause].liable == "platform":
        move(session, claim, State.WRITTEN_OFF, by="system", reason="平台依法自担，不向商家追偿", now=now)
    elif claim.exonerated_at is not None:
        exonerate(session, claim, reason="付款后收到履约证据", now=now)
    else:
        notice = for_merchant(
            cause=claim.cause,
            shop_id=claim.shop_id,
            order_id=claim.order_id,
            claim_id=claim.id,
            amount_fen=claim.amount_fen,
            basis=claim.basis,
        )
        details = {"notice": notice, "basis": claim.basis}
        move(session, claim, State.RECOVERING, by="system", reason="向商家追偿", now=now, details=details)


def take_deposit(session: Session, claim: Claim, *, by: str, now: datetime) -> None:
    """Take what is owed from the shop's deposit; raises Conflict where no agreement or too little money covers it."""
    open_fen = _open_fen(claim)
    agreement = agreements.in_force(session, claim.shop_id, day=day_of(now))
    if agreement is None:
        raise Conflict(f"店铺 {claim.shop_id} 没有生效的书面约定，不得动用保证金（电子商务法第五十八条）")
    if open_fen > agreement.limit_fen:
        raise Conflict(f"追偿 {yuan(open_fen)} 元超过约定的提取数额 {yuan(agreement.limit_fen)} 元")
    names = {deposit(claim.shop_id), DEPOSIT_HELD, FUND, recoverable(claim.shop_id)}
    rows = accounts.locked(session, names, now=now)
    has = min(available_fen(rows[deposit(claim.shop_id)]), available_fen(rows[DEPOSIT_HELD]))
    if has < open_fen:
        raise Conflict(f"保证金余额 {yuan(has)} 元，不足追偿 {yuan(open_fen)} 元")
    _book(session, claim, "deposit", deposit(claim.shop_id), recoverable(claim.shop_id), open_fen, by=by, now=now)
    _book(session, claim, "cash", FUND, DEPOSIT_HELD, open_fen, by=by, now=now)
    claim.recovered_fen += open_fen
    details = {"agreement": agreement.id, "amount_fen": open_fen}
    move(session, claim, State.RECOVERED, by=by, reason="已从商家保证金扣回", now=now, details=details)


def repaid(session: Session, claim: Claim, *, by: str, reason: str, now: datetime) -> None:
    """The shop paid back what was open."""
    open_fen = _open_fen(claim)
    _book(session, claim, "repaid", FUND, recoverable(claim.shop_id), open_fen, by=by, now=now)
    claim.recovered_fen += open_fen
    move(session, claim, State.RECOVERED, by=by, reason=reason, now=now, details={"amount_fen": open_fen})


def write_off(session: Session, claim: Claim, *, by: str, reason: str, now: datetime) -> None:
    """Nobody will pay it back."""
    open_fen = _open_fen(claim)
    _book(session, claim, "written_off", WRITTEN_OFF, recoverable(claim.shop_id), open_fen, by=by, now=now)
    move(session, claim, State.WRITTEN_OFF, by=by, reason=reason, now=now, details={"amount_fen": open_fen})


def exonerate(session: Session, claim: Claim, *, reason: str, now: datetime) -> None:
    """The shop never owed it: the loss is the fund's, on a named account, and what the shop gave goes back to it.

    Where the fund has too little to give back, the claim is left as it is and tried again.
    """
    if claim.state == State.WRITTEN_OFF:
        return  # the fund has borne it already
    shop = claim.shop_id
    open_fen = claim.amount_fen - claim.recovered_fen
    rows = accounts.locked(session, {FUND, DEPOSIT_HELD, deposit(shop), recoverable(shop), LATE_EVIDENCE}, now=now)
    if claim.recovered_fen > available_fen(rows[FUND]):
        told = f"基金余额不足，待退还店铺 {yuan(claim.recovered_fen)} 元"
        note(session, claim, State(claim.state), by="system", reason=told, now=now)
        return
    if open_fen > 0:
        _book(session, claim, "late_evidence", LATE_EVIDENCE, recoverable(shop), open_fen, by="system", now=now)
    if claim.recovered_fen > 0:
        given = claim.recovered_fen
        _book(session, claim, "given_back", LATE_EVIDENCE, deposit(shop), given, by="system", now=now)
        _book(session, claim, "given_back_cash", DEPOSIT_HELD, FUND, given, by="system", now=now)
    move(session, claim, State.WRITTEN_OFF, by="system", reason=f"{reason}，损失由基金承担", now=now)


def _open_fen(claim: Claim) -> int:
    if claim.state != State.RECOVERING:
        raise Conflict(f"理赔单 {claim.id} 现为 {claim.state}，没有待追偿的金额")
    return claim.amount_fen - claim.recovered_fen


def _book(
    session: Session,
    claim: Claim,
    what: str,
    debit: AccountName,
    credit: AccountName,
    amount_fen: int,
    *,
    by: str,
    now: datetime,
) -> None:
    entry = Entry(
        id=f"claim:{claim.id}:{what}",
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        purpose=what,
        actor=by,
        claim_id=claim.id,
    )
    if transfer(session, entry, now=now).refused:
        raise Conflict(f"余额不足：{accounts.title_of(debit.code)} / {accounts.title_of(credit.code)}")

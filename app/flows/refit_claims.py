"""Claims whose payment turned out to be another sum than they were opened by: nothing is paid by the old one.

A claim says what the buyer paid, or the part of it that it is about. Where the order was paid with less, or the claim
went by the whole of what was told before, it goes by what counts now: its cap, and a statutory amount made of it. Who
asked or approved saw the old sum, so a person looks again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.claim_news import keep_case
from app.flows.open_claims import WORKED
from app.flows.parts import Parts
from app.models import Claim, Order
from app.money import claims, order_caps
from app.money.lifecycle import hold, note
from app.values.access import SYSTEM
from app.values.claiming import BEFORE_MONEY, Doubt, State


def refit_order(session: Session, parts: Parts, order: Order, *, before_fen: int | None, now: datetime) -> None:
    """After a person said which payment counts: the order's claims that no money has left for."""
    if order.paid_fen is None or order.paid_fen == before_fen:
        return
    mine = (Claim.shop_id == order.shop_id) & (Claim.order_id == order.subject)
    going = Claim.state.in_([each.value for each in BEFORE_MONEY])
    for claim_id in session.scalars(select(Claim.id).where(mine, going).order_by(Claim.id)).all():
        claim = claims.take(session, claim_id, caller=SYSTEM)
        if State(claim.state) in BEFORE_MONEY and claim.paid_fen in {before_fen, *_above(claim, order.paid_fen)}:
            refit_claim(session, parts, claim, paid_fen=order.paid_fen, now=now)
            if "rule" not in claim.basis:  # what a rule opened is worked out anew by the rule
                _ask_again(session, claim, Doubt.AMOUNT, now=now)


def hold_elsewhere(session: Session, order: Order, *, now: datetime) -> None:
    """After a person said that another shop has the order: claims that no rule can take back wait for a person."""
    mine = (Claim.shop_id == order.shop_id) & (Claim.order_id == order.subject)
    going = Claim.state.in_([each.value for each in BEFORE_MONEY])
    for claim_id in session.scalars(select(Claim.id).where(mine, going).order_by(Claim.id)).all():
        claim = claims.take(session, claim_id, caller=SYSTEM)
        if State(claim.state) in BEFORE_MONEY and "rule" not in claim.basis:
            _ask_again(session, claim, Doubt.CONTESTED, now=now)


def exceeds_payment(session: Session, claim: Claim) -> int | None:
    """What the order was paid with as events tell it now, where the claim goes by more; else None."""
    own = (Order.shop_id == claim.shop_id) & (Order.subject == claim.order_id)
    paid_fen = session.scalar(select(Order.paid_fen).where(own).limit(1))
    return paid_fen if paid_fen is not None and claim.paid_fen > paid_fen else None


def refit_claim(session: Session, parts: Parts, claim: Claim, *, paid_fen: int, now: datetime) -> None:
    """Let a claim that is locked go by another payment."""
    before = {"paid_fen": claim.paid_fen, "amount_fen": claim.amount_fen}
    if "rule" not in claim.basis and claim.cause in WORKED:
        if claim.state == State.APPROVED:  # what was granted under the cap is the old amount
            claims.withdraw_approval(session, claim, now=now)
        worked = WORKED[claim.cause](paid_fen, int(claim.basis.get("facts", {}).get("loss_fen", 0)))
        facts = claim.basis.get("facts", {}) | {"paid_fen": str(paid_fen)}
        claim.amount_fen, claim.basis = worked.amount_fen, claim.basis | {"formula": worked.formula, "facts": facts}
    claim.paid_fen, claim.changed_at = paid_fen, now
    order_caps.fit(
        session, claim.shop_id, claim.order_id, cap_fen=paid_fen * parts.settings.fund_order_cap_bp // 10_000
    )
    details = {"before": before, "paid_fen": paid_fen, "amount_fen": claim.amount_fen}
    note(
        session,
        claim,
        State(claim.state),
        by=SYSTEM.name,
        reason="按核定后的实付金额重新核算",
        now=now,
        details=details,
    )


def _ask_again(session: Session, claim: Claim, why: Doubt, *, now: datetime) -> None:
    if claim.state == State.APPROVED:
        claims.withdraw_approval(session, claim, now=now)
    doubts = {why, *(Doubt(each) for each in claim.waits_for if each in set(Doubt))}
    hold(session, claim, doubts, needs_person=True, by=SYSTEM.name, now=now)
    keep_case(session, claim, now=now)


def _above(claim: Claim, paid_fen: int) -> tuple[int, ...]:
    return (claim.paid_fen,) if claim.paid_fen > paid_fen else ()

"""Opening claims: by a rule's effect, or because a buyer or somebody for them asks; a buyer's claim goes to a person.

how often has this buyer claimed? (it sends to a person, it never rejects) ─ one claim for each harm ─ audit row
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.access import ensure_shop, keyed_hash
from app.errors import InvalidInput, Problem
from app.flows.claim_news import OPENED, announce_claim, keep_case
from app.flows.parts import Parts
from app.models import Order
from app.money import amounts, claims
from app.money.causes import cause_of
from app.money.claims import Opened
from app.values.access import Caller
from app.values.claiming import Doubt, Opening

WORKED = {
    "false_advertising": lambda paid_fen, loss_fen: amounts.false_advertising(paid_fen),  # noqa: ARG005
    "unsafe_food": lambda paid_fen, loss_fen: amounts.unsafe_food(paid_fen, loss_fen=loss_fen),
    "guarantee_fake": lambda paid_fen, loss_fen: amounts.guarantee_fake(paid_fen, fee_fen=loss_fen),
}
"""By cause, what a law or guarantee makes of what was paid and what was lost."""


def open_one(session: Session, parts: Parts, opening: Opening, *, now: datetime) -> Opened:
    """Open a claim inside a transaction of somebody else's; raises InvalidInput for an unknown cause."""
    settings = parts.settings
    if opening.claimant is not None:
        lately = claims.in_last_days(session, opening.claimant, days=30, now=now)
        if lately >= settings.fund_claims_in_30_days:
            opening = replace(opening, doubts=(*opening.doubts, Doubt.FREQUENT))
    opened = claims.open_claim(
        session,
        opening,
        settle=timedelta(hours=settings.fund_settling_hours),
        order_cap_bp=settings.fund_order_cap_bp,
        now=now,
    )
    if opened.is_new:
        claim = opened.claim
        audit.record(
            session,
            actor=opening.opened_by,
            action="claim.open",
            object_type="claim",
            object_id=claim.id,
            shop_id=claim.shop_id,
            details={"cause": claim.cause, "order_id": claim.order_id, "amount_fen": claim.amount_fen},
            now=now,
        )
        announce_claim(session, claim, OPENED, now=now)
    for claim in (opened.claim, *claims.excluded_by(session, opened.claim)):  # an excluded one waits for nobody
        keep_case(session, claim, now=now)
    return opened


def open_for_buyer(
    parts: Parts,
    *,
    shop_id: str,
    order_id: str,
    cause: str,
    paid_fen: int,
    reason: str,
    caller: Caller,
    now: datetime,
    item: str = "",
    amount_fen: int | None = None,
    loss_fen: int = 0,
    transaction_id: str | None = None,
    buyer_ref: str | None = None,
    evidence: tuple[str, ...] = (),
) -> Opened:
    """A buyer's own claim. Statutory amounts are worked out; others are as asked, until a person assesses them."""
    caller.require_shop(shop_id)
    known = cause_of(cause)
    if not reason.strip():
        raise InvalidInput("申请须说明理由", problems=[Problem("reason", "is empty", "what happened")])
    worked = WORKED[cause](paid_fen, loss_fen) if cause in WORKED else None
    basis = {
        "reason": reason.strip(),
        "references": [known.law],
        "formula": worked.formula if worked else "按买家主张，待核定",
        "facts": {"paid_fen": str(paid_fen), "loss_fen": str(loss_fen)},
        "evidence": list(evidence),
    }
    opening = Opening(
        shop_id=shop_id,
        order_id=order_id,
        item=item,
        cause=cause,
        amount_fen=worked.amount_fen if worked else (amount_fen or 0),
        paid_fen=paid_fen,
        basis=basis,
        opened_by=caller.name,
        transaction_id=transaction_id,
        claimant=keyed_hash(parts.keyring.api_keys, f"buyer:{buyer_ref}") if buyer_ref else None,
        doubts=(Doubt.CONSUMER,),
    )

    def work(session: Session) -> Opened:
        ensure_shop(session, shop_id, now=now)
        return open_one(session, parts, _fitting(session, opening), now=now)

    return parts.db.write(work)


def _fitting(session: Session, opening: Opening) -> Opening:
    """The claim with the payment of the order as events told it; raises InvalidInput where it says another one."""
    own = (Order.shop_id == opening.shop_id) & (Order.subject == opening.order_id)
    order = session.scalars(select(Order).where(own).limit(1)).first()
    if order is None:
        return opening
    problems = []
    if order.transaction_id is not None and opening.transaction_id not in {None, order.transaction_id}:
        problems.append(Problem("transaction_id", "is another payment", "the order's own, or to be left out"))
    if order.paid_fen is not None and opening.paid_fen > order.paid_fen:
        problems.append(Problem("paid_fen", f"{opening.paid_fen}", f"at most {order.paid_fen}, what was paid"))
    if problems:
        raise InvalidInput("申请与订单不符", problems=problems)
    return replace(opening, transaction_id=order.transaction_id or opening.transaction_id)

"""One claim on its way to money: everything that must hold is looked at in one transaction, then it is reserved.

order and claim locked ─ accounts locked ─ stopped? feed fresh? caps? overlap? rules on fund.payout?
─ granted under the order's cap ─ owed and reserved in the ledger
─ order to the channel ─ queue row, which calls it after this has been committed
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, breakers, effects, queue
from app.flows.claim_news import keep_case, told_firings
from app.flows.parts import Parts
from app.flows.payment_facts import OVERLAP, overlap_of, overlaps_anew, payment_facts, rules_against
from app.flows.refit_claims import exceeds_payment, refit_claim
from app.models import Claim, Order
from app.money import accounts, claims, order_caps, payouts, stops
from app.money.accounts import FUND, IN_TRANSIT, PAYABLE, available_fen
from app.money.causes import CAUSES
from app.money.lifecycle import hold, move
from app.values.china_days import day_of
from app.values.claiming import PASSING, Doubt, FreshFacts, State

PAY = "pay_claim"
PAY_ATTEMPTS = 72
"""With an hour between the later ones: nearly three days. Then a person has to find out."""
_AGAIN = timedelta(minutes=5)
_FOR_PERSONS = frozenset({Doubt.OVERLAP, Doubt.AMOUNT})
"""Who approved it did not see this."""


def start_payment(
    session: Session, parts: Parts, claim: Claim, *, facts: FreshFacts, doubts: set[Doubt], now: datetime
) -> bool:
    """Approve (where no officer has) and reserve, or say what keeps the money. ``claim`` is locked by ``claims.take``.

    ``facts`` are what the platform says now, ``doubts`` those found while it was asked.
    """
    is_automatic = claim.state == State.ASSESSED or claims.is_by_itself(claim)
    rows = accounts.locked(session, {FUND, IN_TRANSIT, PAYABLE, payouts.bearer(claim)}, now=now)
    if (paid_fen := exceeds_payment(session, claim)) is not None:
        refit_claim(session, parts, claim, paid_fen=paid_fen, now=now)
        doubts = doubts | {Doubt.AMOUNT}
    doubts = doubts | _doubts(session, parts, claim, is_automatic=is_automatic, now=now)
    if available_fen(rows[FUND]) - claim.amount_fen < parts.settings.fund_floor_fen:
        doubts.add(Doubt.FUND_LOW)
    if overlaps_anew(claim, facts):
        doubts.add(Doubt.OVERLAP)
    about = payment_facts(
        session, parts, claim, facts, balance_fen=available_fen(rows[FUND]), is_automatic=is_automatic, now=now
    )
    held_by = rules_against(parts, claim, about, now=now) if is_automatic else {}
    doubts |= {Doubt.RULE} if held_by else set()
    if not doubts and claim.state == State.ASSESSED and not order_caps.grant(session, claim, lift=False):
        doubts.add(Doubt.ORDER_CAP)
    if doubts:
        needs_person = not doubts.isdisjoint(_FOR_PERSONS) or (is_automatic and not doubts <= PASSING)
        if needs_person and claim.state == State.APPROVED:
            claims.withdraw_approval(session, claim, now=now)
        if Doubt.OVERLAP in doubts:
            claim.basis = {**claim.basis, OVERLAP: overlap_of(facts)}
        told = {"rules": held_by} if held_by else None
        hold(session, claim, doubts, needs_person=needs_person, by="system", now=now, details=told)
        keep_case(session, claim, now=now, why=told_firings(held_by))
        claim.retry_at = now + _AGAIN
        session.flush()
        return False
    if claim.state == State.ASSESSED:
        reason = "在自动赔付额度内"
        move(session, claim, State.APPROVED, by="system", reason=reason, now=now, approved_by="system", approved_at=now)
    payout = payouts.begin(
        session,
        claim,
        channel=parts.channel.name,
        is_automatic=is_automatic,
        floor_fen=parts.settings.fund_floor_fen,
        now=now,
    )
    details = {"payout": payout.id, "channel": payout.channel}
    move(
        session,
        claim,
        State.PAYING,
        by="system",
        reason="已预留资金",
        now=now,
        details=details,
        waits_for=[],
        retry_at=None,
    )
    queue.add(
        session,
        kind=PAY,
        payload={"payout_id": payout.id},
        due_at=now,
        now=now,
        slot_key=f"{PAY}:{payout.id}",
        max_attempts=PAY_ATTEMPTS,
    )
    audit.record(
        session,
        actor="system",
        action="claim.pay",
        object_type="claim",
        object_id=claim.id,
        shop_id=claim.shop_id,
        details=details | {"amount_fen": claim.amount_fen, "approved_by": claim.approved_by},
        now=now,
    )
    return True


def _doubts(session: Session, parts: Parts, claim: Claim, *, is_automatic: bool, now: datetime) -> set[Doubt]:
    """What keeps the money, of the things that are looked at inside the transaction."""
    settings, found = parts.settings, set()
    if stops.stops(session, claim):
        found.add(Doubt.STOPPED)
    silent = parts.feeds.stale_since(session, shop_id=claim.shop_id, now=now)
    if silent is not None and (parts.confirms or silent < now):  # without any feed, only a dry run goes on
        found.add(Doubt.FEED_STALE)
    since = None if is_automatic else claim.approved_at  # who approved it knew what was frozen before
    if _is_contested(session, claim) or _is_shared(session, claim, since=since):
        found.add(Doubt.CONTESTED)
    if effects.is_frozen(session, claim.shop_id, "order", claim.order_id, since=since):
        found.add(Doubt.FROZEN if is_automatic else Doubt.CONTESTED)
    if is_automatic and claim.basis.get("rule") in breakers.tripped(session):
        found.add(Doubt.TRIPPED)  # what the rule opened before its breaker did is what tripped it
    signed = claim.basis.get("sign_offs") if is_automatic else None
    if signed and not parts.live.current.sign_offs.still_hold(signed, day=day_of(now)):
        found.add(Doubt.UNSIGNED)
    if is_automatic and claim.amount_fen > settings.fund_single_cap_fen:
        found.add(Doubt.SINGLE_CAP)
    left = payouts.left_on(session, day_of(now)) if is_automatic else 0
    if is_automatic and left + claim.amount_fen > settings.fund_daily_cap_fen:
        found.add(Doubt.DAILY_CAP)
    if is_automatic and CAUSES[claim.cause].person_only:
        found.add(Doubt.STATUTORY)
    return found


def _is_contested(session: Session, claim: Claim) -> bool:
    """Whether the order was told in contradicting ways, and nobody has said which counts, or another shop has it."""
    own = (Order.shop_id == claim.shop_id) & (Order.subject == claim.order_id)
    doubted = (Order.contested_count > 0) | Order.belongs_elsewhere.is_(True)
    return session.scalar(select(Order.id).where(own, doubted).limit(1)) is not None


def _is_shared(session: Session, claim: Claim, *, since: datetime | None) -> bool:
    """Whether the order's payment was told of another order, too, which is frozen until a person has looked at it."""
    own = (Order.shop_id == claim.shop_id) & (Order.subject == claim.order_id)
    transaction = session.scalar(select(Order.transaction_id).where(own).limit(1))
    return transaction is not None and effects.is_payment_frozen(session, claim.shop_id, transaction, since=since)

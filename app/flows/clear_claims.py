"""Evidence that a claim never was: before money leaves the claim ends; afterwards nobody but the fund bears it.

before the channel was called ─ reservation freed, claim void ─ what it had excluded stands again
afterwards ─ the shop owes nothing, what it gave is given back ─ the loss stands on the account ``loss:late_evidence``
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.flows.claim_news import keep_case
from app.models import Claim
from app.models.base import ORG
from app.money import claims, order_caps, payouts, recovery
from app.money.causes import CAUSES
from app.money.lifecycle import note
from app.values.access import SYSTEM
from app.values.claiming import BEFORE_MONEY, LEFT, State

_TOLD = {
    "dispatched_in_time": "迟到的事件表明已按时发货",
    "collected_in_time": "迟到的事件表明已按时揽收",
    "extension_agreed": "买卖双方已协商延期",
    "cancelled_in_time": "订单在时限前已取消",
    "refunded_in_time": "已按时退款",
    "temperature_kept": "温度记录表明冷链未断",
    "rule_withdrawn": "补齐事件后规则不再成立",
}


def clear_order(
    session: Session, *, order_id: str, shop_id: str, evidence: str, details: Mapping[str, Any], now: datetime
) -> list[Claim]:
    """Clear every claim of an order that this evidence speaks against."""
    order_caps.locked(session, shop_id, order_id, cap_fen=0)
    against = [name for name, cause in CAUSES.items() if evidence in cause.cleared_by]
    own = (Claim.org_id == ORG) & (Claim.order_id == order_id) & (Claim.shop_id == shop_id)
    found = session.scalars(select(Claim.id).where(own, Claim.cause.in_(against)).order_by(Claim.cause, Claim.item))
    cleared = [claims.take(session, claim_id, caller=SYSTEM) for claim_id in found.all()]
    for claim in cleared:
        clear_claim(session, claim, evidence=evidence, details=details, now=now)
    return cleared


def clear_claim(session: Session, claim: Claim, *, evidence: str, details: Mapping[str, Any], now: datetime) -> None:
    """Clear one claim, which ``claims.take`` has locked; clearing it again changes nothing."""
    if claim.exonerated_at is not None:
        return
    claim.exonerated_at = now
    reason, state = _TOLD[evidence], State(claim.state)
    details = {"evidence": evidence, **details}
    if state in BEFORE_MONEY or state is State.FAILED or (state is State.PAYING and _take_back(session, claim, now)):
        claims.void(session, claim, by="system", reason=reason, now=now)
        for revived in claims.revive(session, claim, now=now):
            keep_case(session, revived, now=now)
    else:
        note(session, claim, state, by="system", reason=reason, now=now, details=details)
        if state in LEFT:
            recovery.exonerate(session, claim, reason=reason, now=now)
    keep_case(session, claim, now=now)
    audit.record(
        session,
        actor="system",
        action="claim.clear",
        object_type="claim",
        object_id=claim.id,
        shop_id=claim.shop_id,
        reason=reason,
        details={"evidence": evidence, "was": state.value, "is": claim.state},
        now=now,
    )


def _take_back(session: Session, claim: Claim, now: datetime) -> bool:
    """Free the reservation of a claim whose order the channel has not been given; False when it has."""
    payout = payouts.newest_of(session, claim.id)
    assert payout is not None, "a claim that is being paid has an order"
    session.refresh(payout, with_for_update=True)
    if payout.sent_at is not None:
        return False
    payouts.give_up(session, payout, code="CLEARED", detail="付款前已终止", now=now)
    return True

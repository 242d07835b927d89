"""One order at the channel: asked for, asked about, and its end written into claim, ledger and recovery at once.

stopped and not yet sent? free it ─ note that it is sent (committed) ─ call the channel, outside any transaction
─ paid: move the money, ask it back from the shop ─ failed: free it ─ else: ask again later, by the same number
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import audit, queue
from app.errors import Conflict
from app.flows.claim_news import PAID, announce_claim, keep_case
from app.flows.parts import Parts
from app.metrics import PAYOUTS
from app.models import Claim, Payout
from app.money import accounts, claims, order_caps, payouts, recovery, stops
from app.money.accounts import FUND
from app.money.causes import CAUSES
from app.money.channel import Answer, Outcome, PayoutOrder, Retry
from app.money.lifecycle import hold, move
from app.queue import Claim as Work
from app.values.access import SYSTEM
from app.values.claiming import Doubt, State

_WAITS_S = (5, 30, 120, 600, 1_800, 3_600)
_MOST_LATER = 5
_log = structlog.get_logger(__name__)


def pay_claim(parts: Parts, work: Work, *, now: datetime) -> None:
    """Work one queue row."""
    payout_id = str(work.payload["payout_id"])
    with parts.db.read() as session:
        was_sent = payouts.find(session, payout_id).sent_at is not None
    order = parts.db.write(lambda session: _to_send(session, parts, work, payout_id, now=now))
    if order is None:
        return
    answer = parts.channel.query(order, now=now) if was_sent else parts.channel.pay(order, now=now)
    if was_sent and answer.outcome is Outcome.ABSENT:
        answer = parts.channel.pay(order, now=now)
    PAYOUTS.labels(parts.channel.name, answer.outcome.value).inc()
    _log.info("payout_answered", payout=payout_id, outcome=answer.outcome.value, code=answer.code)
    parts.db.write(lambda session: _note(session, parts, work, payout_id, answer, now=now))


def settled_by_person(
    session: Session, parts: Parts, payout_id: str, *, is_paid: bool, why: str, by: str, now: datetime
) -> None:
    """A person found out what became of an order whose channel never said it; a later bill still has the last word.

    Raises Conflict where the channel answered after all.
    """
    payout, claim = _locked(session, payout_id)
    if payout.state != payouts.PENDING:
        raise Conflict(f"付款单 {payout_id} 已有结果：{payout.state}")
    claim.needs_person = False
    if is_paid:
        _paid(session, payout, claim, Answer(Outcome.PAID, reference=None, detail=f"{by}：{why}"), now=now)
    else:
        answer = Answer(Outcome.FAILED, code="BY_PERSON", detail=f"{by}：{why}", retry=Retry.PERSON)
        _failed(session, parts, payout, claim, answer, now=now)
    keep_case(session, claim, now=now)


def _to_send(session: Session, parts: Parts, work: Work, payout_id: str, *, now: datetime) -> PayoutOrder | None:
    """The order, marked as sent before anybody is called; None when there is nothing to send any more.

    An order belongs to the channel it was made for: another one knows nothing of it and would pay it anew.
    """
    payout, claim = _locked(session, payout_id)
    if payout.state != payouts.PENDING:
        queue.finish(session, work, now=now)
        return None
    if payout.channel != parts.channel.name:
        _other_channel(session, work, payout, claim, now=now)
        return None
    if payout.sent_at is None:
        accounts.locked(session, {FUND}, now=now)  # a stop holds it too: what is sent is sent before the stop returns
    if payout.sent_at is None and stops.stops(session, claim):
        payouts.give_up(session, payout, code="STOPPED", detail="发出前已停付", now=now)
        move(session, claim, State.APPROVED, by="system", reason="发出前已停付，资金已释放", now=now)
        hold(session, claim, [Doubt.STOPPED], needs_person=False, by="system", now=now)
        queue.finish(session, work, now=now)
        return None
    payout.sent_at = payout.sent_at or now
    session.flush()
    remark = f"{CAUSES[claim.cause].title}先行赔付"
    return PayoutOrder(payout.id, payout.amount_fen, claim.transaction_id, remark)


def _other_channel(session: Session, work: Work, payout: Payout, claim: Claim, *, now: datetime) -> None:
    """The settings name another channel by now: begin again where nobody was called, else wait for the right one."""
    if payout.sent_at is not None:
        detail = f"付款单属于渠道 {payout.channel}，请恢复该渠道以查明结果"
        payout.code, payout.detail = "OTHER_CHANNEL", detail
        wait = timedelta(seconds=_WAITS_S[-1])
        queue.retry(session, work, error="OTHER_CHANNEL", due_at=now + wait, now=now)
        return
    payouts.give_up(session, payout, code="OTHER_CHANNEL", detail="发出前付款渠道已更换", now=now)
    move(session, claim, State.APPROVED, by="system", reason="发出前付款渠道已更换，资金已释放", now=now)
    queue.finish(session, work, now=now)


def _note(session: Session, parts: Parts, work: Work, payout_id: str, answer: Answer, *, now: datetime) -> None:
    payout, claim = _locked(session, payout_id)
    if payout.state != payouts.PENDING:  # another worker, after a lost lease, was faster
        queue.finish(session, work, now=now)
        return
    if answer.outcome is Outcome.PAID:
        _paid(session, payout, claim, answer, now=now)
        queue.finish(session, work, now=now)
    elif answer.outcome is Outcome.FAILED:
        _failed(session, parts, payout, claim, answer, now=now)
        queue.finish(session, work, now=now)
    else:
        payout.code, payout.detail = answer.code or answer.outcome.value, answer.detail[:2000]
        wait = timedelta(seconds=_WAITS_S[min(work.attempt, len(_WAITS_S)) - 1])
        queue.retry(session, work, error=answer.code or answer.outcome.value, due_at=now + wait, now=now)


def _paid(session: Session, payout: Payout, claim: Claim, answer: Answer, *, now: datetime) -> None:
    payouts.finish(session, payout, reference=answer.reference, now=now)
    details = {"payout": payout.id, "reference": answer.reference}
    move(session, claim, State.PAID, by=f"channel:{payout.channel}", reason="已付款", now=now, details=details)
    recovery.begin(session, claim, now=now)
    announce_claim(session, claim, PAID, now=now)
    _record(session, "claim.paid", claim, payout, answer, now=now)


def _failed(session: Session, parts: Parts, payout: Payout, claim: Claim, answer: Answer, *, now: datetime) -> None:
    """Free the money; a passing reason is tried again under a new number, anything else waits for a person."""
    payouts.give_up(session, payout, code=answer.code, detail=answer.detail, now=now)
    reason = f"付款失败：{answer.code} {answer.detail}".strip()
    move(session, claim, State.FAILED, by=f"channel:{payout.channel}", reason=reason, now=now)
    order_caps.take_back(session, claim)
    if claim.exonerated_at is not None:
        claims.void(session, claim, by="system", reason="付款失败，且已收到履约证据", now=now)
    elif answer.retry is Retry.LATER and payout.number < _MOST_LATER:
        again = now + timedelta(hours=parts.settings.fund_retry_hours)
        granted = order_caps.grant(session, claim, lift=False)
        assert granted, "it was granted a moment ago, and the order's row is locked"
        move(session, claim, State.APPROVED, by="system", reason="稍后换单重试", now=now, retry_at=again)
    else:
        claim.needs_person = True
    keep_case(session, claim, now=now, why=reason)
    _record(session, "claim.failed", claim, payout, answer, now=now)


def _locked(session: Session, payout_id: str) -> tuple[Payout, Claim]:
    payout = payouts.find(session, payout_id)
    claim = claims.take(session, payout.claim_id, caller=SYSTEM)
    session.refresh(payout, with_for_update=True)
    return payout, claim


def _record(session: Session, action: str, claim: Claim, payout: Payout, answer: Answer, *, now: datetime) -> None:
    audit.record(
        session,
        actor=f"channel:{payout.channel}",
        action=action,
        object_type="claim",
        object_id=claim.id,
        shop_id=claim.shop_id,
        details={"payout": payout.id, "amount_fen": payout.amount_fen, "code": answer.code},
        now=now,
    )

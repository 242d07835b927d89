"""A person decides a claim: approve (two where it is much), reject with a ground, hear an appeal.

claim locked ─ may this person? ─ approve: first of two asks, the second decides ─ counted under the order's cap
─ approved; it is paid when its settling delay is over ─ or rejected: what it excluded stands again
approved and much ─ taken back by one: no money leaves from then on ─ another rejects it, or two approve it anew
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import approvals, audit
from app.errors import Conflict, Forbidden, InvalidInput, Problem, SamePerson
from app.flows.claim_news import REFUSED, announce_claim, keep_case
from app.flows.parts import Parts
from app.models import Approval, Claim
from app.money import claims, order_caps
from app.money.amounts import yuan
from app.money.causes import CAUSES
from app.money.lifecycle import move, note, steps
from app.values.access import Caller
from app.values.claiming import State

ACTION, TAKE_BACK = "claim.approve", "claim.take_back"
GROUNDS = {
    "not_harmed": "未发生损害",
    "evidence": "证据表明商家已履约",
    "duplicate": "同一损害已赔付",
    "withdrawn": "买家撤回",
    "fraud_proven": "经查证为虚构事实",
}
"""Grounds for a rejection. How often somebody claims is none of them: it only brings a person to look."""


def approve_claim(
    parts: Parts,
    claim_id: str,
    *,
    reason: str,
    caller: Caller,
    now: datetime,
    amount_fen: int | None = None,
    seen_steps: int | None = None,
) -> Claim:
    """Approve, as the only person or as the first or second of two.

    ``seen_steps`` is how many steps of the claim's life whoever decides has seen; None: it is not asked.

    Raises:
        NotFound: no such claim in the caller's shops.
        Forbidden: the same person twice, the one whose rejection is appealed, or somebody bound to shops: the fund is
            everybody's, and a shop does not spend it on its own orders.
        Conflict: it cannot be approved any more, is over the order's cap, or has had a step that was not seen.
        InvalidInput: no reason, or no amount.
    """
    _require(reason)

    def work(session: Session) -> Claim:
        claim = claims.take(session, claim_id, caller=caller)
        if caller.shop_ids is not None:
            raise Forbidden(f"{caller.name} is bound to shops, and the fund is everybody's")
        _check_seen(session, claim, seen_steps)
        _heard_by_another(session, claim, caller)
        _assess(session, claim, amount_fen, by=caller.name, reason=reason, now=now)
        if claim.state not in {State.ASSESSED, State.FAILED}:
            raise Conflict(f"理赔单 {claim.id} 现为 {claim.state}，不能批准")
        if claim.amount_fen > parts.settings.fund_two_person_fen and not _second(
            session, claim, reason=reason, caller=caller, now=now
        ):
            keep_case(session, claim, now=now)
            return claim
        _settle_taking_back(session, claim, now=now)
        if not order_caps.grant(session, claim, lift=CAUSES[claim.cause].statutory):
            left = yuan(order_caps.left_fen(session, claim))
            raise Conflict(f"超过订单 {claim.order_id} 的赔付上限：还可赔付 {left} 元，请核减金额")
        values: dict[str, Any] = {
            "approved_by": caller.name,
            "approved_at": now,
            "needs_person": False,
            "waits_for": [],
            "retry_at": None,
        }
        move(session, claim, State.APPROVED, by=caller.name, reason=reason, now=now, **values)
        keep_case(session, claim, now=now)
        _record(session, ACTION, claim, reason=reason, caller=caller, now=now)
        return claim

    return parts.db.write(work)


def reject_claim(
    parts: Parts,
    claim_id: str,
    *,
    ground: str,
    reason: str,
    caller: Caller,
    now: datetime,
    seen_steps: int | None = None,
    undoes: bool = False,
) -> Claim:
    """Reject before any money is on its way; raises as ``approve_claim`` does.

    What was approved goes back to be decided first where it is so much that two have to approve it: then this is the
    first of two, and another person rejects it. Its money stays from the first on. With ``undoes`` a claim that is
    not approved is a Conflict.
    """
    _require(reason)
    if ground not in GROUNDS:
        raise InvalidInput("驳回须有正当理由", problems=[Problem("ground", f"{ground!r:.40}", ", ".join(GROUNDS))])

    def work(session: Session) -> Claim:
        claim = claims.take(session, claim_id, caller=caller)
        _check_seen(session, claim, seen_steps)
        _heard_by_another(session, claim, caller)
        was_granted = claim.state == State.APPROVED
        if undoes and not was_granted:
            raise Conflict(f"理赔单 {claim.id} 现为 {claim.state}，没有可撤销的批准")
        details = {"ground": ground} | ({"undid": approved_by(session, claim)} if was_granted else {})
        if was_granted:
            order_caps.take_back(session, claim)
        if was_granted and claim.amount_fen > parts.settings.fund_two_person_fen:
            return _take_back(session, claim, reason=reason, details=details, caller=caller, now=now)
        _confirm_taking_back(session, claim, reason=reason, caller=caller, now=now)
        move(session, claim, State.REJECTED, by=caller.name, reason=reason, now=now, details=details, waits_for=[])
        for revived in claims.revive(session, claim, now=now):
            keep_case(session, revived, now=now)
        keep_case(session, claim, now=now)
        announce_claim(session, claim, REFUSED, now=now, number=len(steps(session, claim.id)))
        _record(session, "claim.reject", claim, reason=f"{GROUNDS[ground]}：{reason}", caller=caller, now=now)
        return claim

    return parts.db.write(work)


def appeal_claim(parts: Parts, claim_id: str, *, reason: str, caller: Caller, now: datetime) -> Claim:
    """A rejected claim is heard again, by somebody else than who rejected it."""
    _require(reason)

    def work(session: Session) -> Claim:
        claim = claims.take(session, claim_id, caller=caller)
        if claim.state != State.REJECTED:
            raise Conflict(f"理赔单 {claim.id} 现为 {claim.state}，只有被驳回的可以申诉")
        values: dict[str, Any] = {"needs_person": True, "waits_for": ["appeal"]}
        move(session, claim, State.ASSESSED, by=caller.name, reason=f"申诉：{reason}", now=now, **values)
        keep_case(session, claim, now=now, why=f"申诉：{reason}")
        _record(session, "claim.appeal", claim, reason=reason, caller=caller, now=now)
        return claim

    return parts.db.write(work)


def _assess(session: Session, claim: Claim, amount_fen: int | None, *, by: str, reason: str, now: datetime) -> None:
    """Set the amount where it is open or changed by the person who approves."""
    wanted = claim.amount_fen if amount_fen is None else amount_fen
    if wanted <= 0:
        raise InvalidInput("金额尚未核定", problems=[Problem("amount_fen", "is missing", "赔付金额，分")])
    if wanted != claim.amount_fen:
        if claim.state not in {State.OPENED, State.ASSESSED}:
            raise Conflict("付过款单的金额不能再改")
        details = {"from_fen": claim.amount_fen, "to_fen": wanted}
        claim.amount_fen = wanted
        claim.basis = {**claim.basis, "formula": f"经人工核定为 {yuan(wanted)} 元：{reason}"}
        note(session, claim, State(claim.state), by=by, reason="改核金额", now=now, details=details)
    if claim.state == State.OPENED:
        move(session, claim, State.ASSESSED, by=by, reason="金额已核定", now=now)


def first_approval(session: Session, claim: Claim) -> str | None:
    """Who approved a claim's present amount as the first of two, while the second is waited for."""
    asked = approvals.newest_of(session, action=ACTION, object_id=claim.id)
    is_waiting = asked is not None and asked.state == "waiting" and asked.payload["amount_fen"] == claim.amount_fen
    return asked.requested_by if asked is not None and is_waiting and claim.state == State.ASSESSED else None


def taken_back(session: Session, claim: Claim) -> Approval | None:
    """That somebody took a claim's approval back, while another person is waited for to reject it."""
    asked = approvals.newest_of(session, action=TAKE_BACK, object_id=claim.id)
    return asked if asked is not None and asked.state == "waiting" and claim.state == State.ASSESSED else None


def approved_by(session: Session, claim: Claim) -> list[str]:
    """Who approved a claim that is approved: one, or the first of two and the second."""
    asked = approvals.newest_of(session, action=ACTION, object_id=claim.id)
    of_two = asked is not None and asked.state == "approved" and asked.decided_by == claim.approved_by
    first = [asked.requested_by] if asked is not None and of_two and asked.decided_at == claim.approved_at else []
    return [*first, *([claim.approved_by] if claim.approved_by else [])]


def _take_back(
    session: Session, claim: Claim, *, reason: str, details: dict[str, Any], caller: Caller, now: datetime
) -> Claim:
    """The first of two: the claim waits for another person, and nothing is paid meanwhile."""
    values: dict[str, Any] = {"approved_by": None, "approved_at": None}
    values |= {"needs_person": True, "waits_for": ["taken_back"]}
    said = f"撤销批准：{reason}"
    move(session, claim, State.ASSESSED, by=caller.name, reason=said, now=now, details=details, **values)
    asked: dict[str, Any] = {"action": TAKE_BACK, "object_id": claim.id, "payload": details}
    approvals.ask(session, **asked, reason=reason, by=caller.name, now=now)
    keep_case(session, claim, now=now, why=f"{said}（{GROUNDS[details['ground']]}），待另一位专员驳回或重新批准")
    _record(session, TAKE_BACK, claim, reason=f"{GROUNDS[details['ground']]}：{reason}", caller=caller, now=now)
    return claim


def _confirm_taking_back(session: Session, claim: Claim, *, reason: str, caller: Caller, now: datetime) -> None:
    """Whoever rejects what was taken back is another than who took it back."""
    if (asked := taken_back(session, claim)) is not None:
        approvals.decide(session, asked.id, approve=True, reason=reason, by=caller.name, now=now)


def _settle_taking_back(session: Session, claim: Claim, *, now: datetime) -> None:
    """It is approved anew: nobody is asked any more whether to reject it."""
    if (asked := taken_back(session, claim)) is not None:
        approvals.supersede(session, asked, now=now)


def _second(session: Session, claim: Claim, *, reason: str, caller: Caller, now: datetime) -> bool:
    """Whether this approval is the second one for this amount; the first is written down and waits."""
    asked = approvals.newest_of(session, action=ACTION, object_id=claim.id)
    if asked is not None and asked.state == "waiting" and asked.payload["amount_fen"] == claim.amount_fen:
        approvals.decide(session, asked.id, approve=True, reason=reason, by=caller.name, now=now)
        return True
    if asked is not None:
        approvals.supersede(session, asked, now=now)
    payload = {"amount_fen": claim.amount_fen}
    approvals.ask(session, action=ACTION, object_id=claim.id, payload=payload, reason=reason, by=caller.name, now=now)
    claim.needs_person, claim.waits_for = True, ["second_person"]
    note(session, claim, State(claim.state), by=caller.name, reason=f"第一位批准：{reason}", now=now, details=payload)
    _record(session, "claim.approve_first", claim, reason=reason, caller=caller, now=now)
    return False


def _check_seen(session: Session, claim: Claim, seen_steps: int | None) -> None:
    """What happened since somebody looked may change what they would decide: they look again."""
    life = steps(session, claim.id)
    if seen_steps is not None and len(life) > seen_steps:
        raise Conflict(f"理赔单在您打开后有了变化（{life[-1].reason}），请看过再定")


def _heard_by_another(session: Session, claim: Claim, caller: Caller) -> None:
    rejected = [step.actor for step in steps(session, claim.id) if step.to_state == State.REJECTED]
    if rejected and claim.state != State.REJECTED and approvals.is_same_person(rejected[-1], caller.name):
        raise SamePerson("申诉须由另一位专员复核")


def _require(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why")])


def _record(session: Session, action: str, claim: Claim, *, reason: str, caller: Caller, now: datetime) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type="claim",
        object_id=claim.id,
        shop_id=claim.shop_id,
        reason=reason,
        details={"amount_fen": claim.amount_fen, "cause": claim.cause, "order_id": claim.order_id},
        now=now,
    )

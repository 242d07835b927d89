"""The fund's own events: recoveries that should have begun or ended, and deposits nothing was agreed about in writing.

claims that were paid ─ ``fund.recover`` after a day, and again when open for long ─┐
shops whose deposit is held ─ ``fund.setup`` once a day ───────────────────────────┴─ rules, cases; each told once
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import event_log
from app.events.stored import SentEvent
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.flows.take_event import take_events
from app.flows.tell_days import SOURCE
from app.models import Claim, ClaimStep, LedgerAccount
from app.models.base import ORG
from app.money import agreements
from app.money.accounts import Kind
from app.money.causes import CAUSES
from app.values.china_days import day_of
from app.values.claiming import State
from app.values.policy import Policy
from app.values.rule_scope import RuleScope

HOURS, DAYS = "compensation.recover_hours", "compensation.recover_days"
_STAGES = {"day": HOURS, "long": DAYS}
_OPEN = (State.PAID.value, State.RECOVERING.value)
_LEAST = timedelta(hours=1)
_AT_ONCE = 500


def tell_fund(parts: Parts, *, now: datetime) -> int:
    """Tell what has not been told; how many events were new."""
    judge = parts.live.current
    with parts.db.read() as session:
        events = [*_recoveries(session, judge, now), *_deposits(session, now)]
        known = event_log.known(session, [(SOURCE, each.id) for each in events])
    fresh = [each for each in events if (SOURCE, each.id) not in known]
    told = take_events(parts, fresh, actor="system", now=now, is_heard=False) if fresh else []
    return sum(each.status == "accepted" for each in told)


def _recoveries(session: Session, judge: Judge, now: datetime) -> Iterable[SentEvent]:
    """One event for each stage that a paid claim has reached, with how it stands."""
    own = (Claim.org_id == ORG) & Claim.state.in_(_OPEN) & (Claim.changed_at < now - _LEAST)
    for claim in session.scalars(select(Claim).where(own).order_by(Claim.changed_at).limit(_AT_ONCE)).all():
        if CAUSES[claim.cause].liable == "platform":
            continue
        left, asked = _steps(session, claim.id)
        policy = judge.engine.policy(RuleScope(claim.shop_id))
        for stage, name in _STAGES.items():
            if left is not None and _has_come(policy, name, (asked or left) if stage == "long" else left, now):
                yield _recovery(claim, stage, left, asked, now)


def _has_come(policy: Policy, name: str, since: ClaimStep, now: datetime) -> bool:
    span = policy.span(name)
    return span is not None and now - since.at > span


def _recovery(claim: Claim, stage: str, left: ClaimStep, asked: ClaimStep | None, now: datetime) -> SentEvent:
    facts = {
        "order_id": claim.order_id,
        "amount_fen": claim.amount_fen,
        "open_fen": claim.amount_fen - claim.recovered_fen,
        "left_at": left.at,
        "asked_at": asked.at if asked else None,
        "has_basis": bool(asked and asked.details.get("notice") and asked.details.get("basis")),
        "stage": stage,
    }
    return SentEvent(f"recover:{claim.id}:{stage}", "fund.recover", SOURCE, claim.shop_id, claim.id, now, facts)


def _steps(session: Session, claim_id: str) -> tuple[ClaimStep | None, ClaimStep | None]:
    """When the money left, and when the merchant was asked for it."""
    wanted = select(ClaimStep).where(ClaimStep.claim_id == claim_id).order_by(ClaimStep.at.desc())
    found = {step.to_state: step for step in session.scalars(wanted) if step.from_state != step.to_state}
    return found.get(State.PAID.value), found.get(State.RECOVERING.value)


def _deposits(session: Session, now: datetime) -> Iterable[SentEvent]:
    """Every shop whose deposit is held, with what its agreement in force says."""
    day = day_of(now)
    held = (LedgerAccount.org_id == ORG) & (LedgerAccount.kind == Kind.DEPOSIT.value)
    has = held & (LedgerAccount.credits_fen > LedgerAccount.debits_fen)
    for account in session.scalars(select(LedgerAccount).where(has).order_by(LedgerAccount.code)).all():
        assert account.shop_id is not None, "a deposit is a shop's"
        agreed = agreements.in_force(session, account.shop_id, day=day)
        facts = {
            "day": day.isoformat(),
            "deposit_fen": account.credits_fen - account.debits_fen,
            "has_limit": agreed is not None and agreed.limit_fen > 0,
            "has_management": agreed is not None and bool(agreed.management.strip()),
            "has_usage": agreed is not None and bool(agreed.usage.strip()),
            "has_refund": agreed is not None and bool(agreed.refund.strip()),
        }
        name = f"setup:{account.shop_id}:{day.isoformat()}"
        yield SentEvent(name, "fund.setup", SOURCE, account.shop_id, account.shop_id, now, facts)

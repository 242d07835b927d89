"""What others are told of a claim: a webhook at each turn of its life, and a case while it waits for a person.

Equal doubts are one case: claims of a shop that wait for the same reason of the service's own (a number nobody signed,
a fund that is low) share the day's case for their cause. A buyer's own claim, damages by law and what was refused by
the channel are cases of their own, because somebody has to look at each. A case ends when no claim waits on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.screening_rows import announce_cases
from app.models import Claim
from app.models.base import ORG
from app.money.amounts import yuan
from app.money.causes import CAUSES
from app.outbox.messages import announce, is_heard
from app.review import cases
from app.values.china_days import day_of
from app.values.claiming import DOUBT_TITLES, PASSING, Doubt, State
from app.values.deciding import Verdict

CATEGORY = "claim"
SUBJECT, SUBJECTS = "claim", "claims"
OPENED, PAID, REFUSED, RECOVERED = "claim.opened", "claim.paid", "claim.refused", "claim.recovered"
WAITING = frozenset({State.OPENED, State.ASSESSED, State.FAILED, State.PAYING})
"""States in which a claim may wait for a person."""
_SHARED = frozenset({Doubt.UNSIGNED, Doubt.TRIPPED, Doubt.FUND_LOW, Doubt.DAILY_CAP, Doubt.RULE, *PASSING})
_ANSWERED_WITHIN = timedelta(hours=24)


def announce_claim(session: Session, claim: Claim, type_: str, *, now: datetime, number: int = 1) -> None:
    """Tell the webhooks; identifiers, amount and state, never who the buyer is. The same turn is told once."""
    said = {
        "claim_id": claim.id,
        "shop_id": claim.shop_id,
        "order_id": claim.order_id,
        "cause": claim.cause,
        "state": claim.state,
        "amount_fen": claim.amount_fen,
        "needs_person": claim.needs_person,
    }
    key = f"{type_}:{claim.id}:{number}"
    announce(session, type_=type_, natural_key=key, shop_id=claim.shop_id, data=said, now=now)


def keep_case(session: Session, claim: Claim, *, now: datetime, why: str = "") -> None:
    """Bring the claim's case in line with whether it waits for a person; ``why`` says more than its doubts do."""
    waits = claim.needs_person and State(claim.state) in WAITING
    case = _case(session, claim, why, now=now) if waits else None
    before, claim.case_id = claim.case_id, case
    session.flush()
    if before is not None and before != case:
        others = select(Claim.id).where(Claim.case_id == before).limit(1)
        if session.scalar(others) is None:
            cases.overtake(session, before, now=now, reason="所涉理赔单均已处理")


def _case(session: Session, claim: Claim, why: str, *, now: datetime) -> str:
    subject_type, subject, natural_key = _about(claim, now)
    doubts = "、".join(DOUBT_TITLES.get(each, each) for each in claim.waits_for) or (
        "付款结果不明" if claim.state == State.PAYING else "付款失败"
    )
    title = CAUSES[claim.cause].title
    told = (
        f"{title}，等待：{doubts}"
        if subject_type == SUBJECTS
        else f"{title} {yuan(claim.amount_fen)} 元，等待：{doubts}"
    )
    row, is_new = cases.open_about(
        session,
        natural_key=natural_key[:300],
        values={
            "org_id": ORG,
            "shop_id": claim.shop_id,
            "subject_type": subject_type,
            "subject": subject[:200],
            "decision": Verdict.REVIEW.value,
            "category": CATEGORY,
            "severity": 2,
            "summary": "；".join([told, *([why] if why else [])])[:500],
            "opened_at": now,
            "due_at": now + _ANSWERED_WITHIN,
        },
    )
    if is_new and is_heard(session):
        announce_cases(session, [{name: getattr(row, name) for name in cases.TOLD}])
    return row.id


def _about(claim: Claim, now: datetime) -> tuple[str, str, str]:
    doubts = ",".join(claim.waits_for)
    if claim.waits_for and {Doubt(each) for each in claim.waits_for if each in set(Doubt)} <= _SHARED and _known(claim):
        subject = f"{claim.cause}:{doubts}"
        return SUBJECTS, subject, f"claims|{claim.shop_id}|{subject}|{day_of(now).isoformat()}"
    return SUBJECT, claim.id, f"claim|{claim.id}|{doubts}"


def _known(claim: Claim) -> bool:
    return all(each in set(Doubt) for each in claim.waits_for)


def told_firings(firings: Mapping[str, Any]) -> str:
    """The rules that hold a payment, in words."""
    return "；".join(f"{rule}：{reason}" for rule, reason in firings.items())

"""Claims whose settling delay is over: ask the platform again about each, then pay, hold or end it.

assessed without need of a person, or approved by one ─ ask the platform (outside any transaction)
─ cleared by what it says? void ─ start_payment, which sends to a person what overlaps with a refund
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.errors import AppError
from app.flows.clear_claims import clear_claim
from app.flows.confirm_order import confirm_order
from app.flows.parts import Parts
from app.flows.start_payment import start_payment
from app.models import Claim
from app.models.base import ORG
from app.money import claims, recovery
from app.money.causes import CAUSES
from app.outages import concerns_all
from app.values.access import SYSTEM
from app.values.claiming import Doubt, FreshFacts, State

_AT_ONCE = 200
_log = structlog.get_logger(__name__)


def settle_claims(parts: Parts, *, now: datetime, limit: int = _AT_ONCE, until: datetime | None = None) -> int:
    """Look at every claim that is due; returns how many are on their way to be paid.

    A platform that hangs would keep all other work waiting, so none is begun after ``until``.
    """
    with parts.db.read() as session:
        longest = timedelta(hours=parts.settings.fund_retry_hours)
        due = list(session.scalars(_due(now, longest=longest).limit(limit)))
        owing = list(session.scalars(_OWING.limit(limit)))
    for claim_id in owing:
        parts.db.write(lambda session, claim_id=claim_id: _give_back(session, claim_id, now=now))  # type: ignore[misc]
    return sum(_settle(parts, claim, now=now) for claim in due if until is None or parts.now() < until)


def _settle(parts: Parts, claim: Claim, *, now: datetime) -> bool:
    try:
        facts, asked = _ask(parts, claim, now=now)
        return parts.db.write(lambda session: _decide(session, parts, claim.id, facts, asked, now=now))
    except AppError as error:  # one claim that cannot be settled must not keep the others
        _log.warning("claim_not_settled", claim=claim.id, error=error.code, detail=error.detail)
    except Exception as error:
        if concerns_all(error):
            raise  # the other claims would only meet the same
        _log.exception("claim_not_settled", claim=claim.id)
    return False


def _ask(parts: Parts, claim: Claim, *, now: datetime) -> tuple[FreshFacts, set[Doubt]]:
    """What the platform says now, and the doubt when it has to be asked and could not be."""
    facts = confirm_order(parts, shop_id=claim.shop_id, order_id=claim.order_id, now=now)
    if facts is None:
        return FreshFacts(), {Doubt.NOT_CONFIRMED} if parts.confirms else set()
    return facts, set()


def _decide(
    session: Session, parts: Parts, claim_id: str, facts: FreshFacts, doubts: set[Doubt], *, now: datetime
) -> bool:
    claim = claims.take(session, claim_id, caller=SYSTEM)
    is_due = claim.state == State.APPROVED or (claim.state == State.ASSESSED and not claim.needs_person)
    if not is_due:
        return False  # somebody was faster
    if cleared := facts.evidence & CAUSES[claim.cause].cleared_by:
        clear_claim(session, claim, evidence=min(cleared), details=dict(facts.details), now=now)
        return False
    return start_payment(session, parts, claim, facts=facts, doubts=doubts, now=now)


def _give_back(session: Session, claim_id: str, *, now: datetime) -> None:
    claim = claims.take(session, claim_id, caller=SYSTEM)
    recovery.exonerate(session, claim, reason="付款后收到履约证据", now=now)


_OWING = select(Claim.id).where(Claim.state == State.RECOVERED.value, Claim.exonerated_at.is_not(None))
"""What a shop gave for a claim that never was, while the fund had too little to give it back."""


def _due(now: datetime, *, longest: timedelta) -> Select[Claim]:
    """Claims to be looked at; nothing is put off for ``longest`` or more, so what seems so was by a clock ahead."""
    by_itself = (Claim.state == State.ASSESSED.value) & Claim.needs_person.is_(False)
    is_ready = or_(by_itself, Claim.state == State.APPROVED.value)
    may_retry = or_(Claim.retry_at.is_(None), Claim.retry_at <= now, Claim.retry_at > now + longest)
    is_time = (Claim.settles_at <= now) & may_retry
    return select(Claim).where(Claim.org_id == ORG, is_ready, is_time).order_by(Claim.settles_at, Claim.id)

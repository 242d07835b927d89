"""What the ledger says of a claim at the moment of its payment, and what the rules on ``fund.payout`` say to it.

The gates of ``start_payment`` stand by themselves; rules may only hold back more, never pay what a gate holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.events.kinds.fund_payout import KIND
from app.flows.parts import Parts
from app.models import Claim
from app.money import claims, payouts
from app.money.causes import CAUSES
from app.values.china_days import day_of
from app.values.claiming import LEFT, FreshFacts, State
from app.values.deciding import Verdict
from app.values.rule_scope import RuleScope

OVERLAP = "overlap"
_HOLDS = frozenset({Verdict.REVIEW, Verdict.HOLD, Verdict.BLOCK})


def payment_facts(
    session: Session,
    parts: Parts,
    claim: Claim,
    facts: FreshFacts,
    *,
    balance_fen: int,
    is_automatic: bool,
    now: datetime,
) -> dict[str, Any]:
    """The facts of ``fund.payout`` for a claim that is locked, with the accounts it moves."""
    settings = parts.settings
    paid = claims.rivals(session, claim, states=LEFT | {State.PAYING})
    return {
        "claim_id": claim.id,
        "order_id": claim.order_id,
        "cause": claim.cause,
        "amount_fen": claim.amount_fen,
        "is_automatic": is_automatic,
        "is_statutory": CAUSES[claim.cause].statutory,
        "balance_fen": balance_fen,
        "floor_fen": settings.fund_floor_fen,
        "single_cap_fen": settings.fund_single_cap_fen,
        "today_fen": payouts.left_on(session, day_of(now)),
        "daily_cap_fen": settings.fund_daily_cap_fen,
        "same_harm_fen": sum(other.amount_fen for other in paid),
        "refunded_fen": facts.refunded_fen,
        "compensated_fen": facts.compensated_fen,
        "price_fen": claim.paid_fen,
    }


def rules_against(parts: Parts, claim: Claim, about: Mapping[str, Any], *, now: datetime) -> dict[str, str]:
    """The rules in force that would rather not see it paid, with their reasons; empty where none does.

    A rule whose breaker is open, or that nobody signed, only asks for a person: that too keeps the money.
    """
    if not parts.live.is_ready:
        return {}
    judge = parts.live.current
    said = judge.engine.evaluate(
        KIND.name,
        dict(about),
        now=now,
        scope=RuleScope(claim.shop_id),
        sign_offs=judge.sign_offs,
        subject=f"{claim.shop_id}/{claim.id}",
        tripped=parts.live.tripped,
    )
    found = {each.rule: each.reason for each in said.firings if not each.shadow and each.decision in _HOLDS}
    return found | {"-": "；".join(said.doubts)} if said.doubts else found


def overlap_of(facts: FreshFacts) -> dict[str, int]:
    """What was refunded and compensated, as it is shown to the person who decides."""
    return {"refunded_fen": facts.refunded_fen, "compensated_fen": facts.compensated_fen}


def overlaps_anew(claim: Claim, facts: FreshFacts) -> bool:
    """Whether refunds or the platform's own compensation stand beside it that nobody has looked at yet.

    Who approved a claim that was held for an overlap had its sums before their eyes; more than these is new.
    """
    if CAUSES[claim.cause].statutory:
        return False
    if facts.compensated_fen <= 0 and facts.refunded_fen + claim.amount_fen <= claim.paid_fen:
        return False
    seen = claim.basis.get(OVERLAP) if claim.state == State.APPROVED and not claims.is_by_itself(claim) else None
    return seen is None or any(value > seen[name] for name, value in overlap_of(facts).items())

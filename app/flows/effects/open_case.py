"""``open_case``: a person has to look at an order, or another subject of events.

Equal doubts are one case: where the same rule lacks the same fact for many orders of a shop, they share the day's case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.carry_effects import Ask
from app.flows.parts import Parts
from app.flows.screening_rows import announce_cases
from app.models import Effect
from app.models.base import ORG
from app.review import cases
from app.values.china_days import day_of
from app.values.deciding import Verdict

VERB = "open_case"


def carry_out(session: Session, ask: Ask) -> Mapping[str, Any]:
    """Open the case, or join the one that is open for the same doubt."""
    settings, firing, is_hard = ask.parts.settings, ask.firing, ask.firing.decision is Verdict.BLOCK
    severity = 3 if is_hard else 2
    otherwise = settings.block_sla_minutes if is_hard else settings.review_sla_minutes
    subject_type, subject, natural_key = _about(ask)
    row, is_new = cases.open_about(
        session,
        natural_key=natural_key,
        values={
            "org_id": ORG,
            "shop_id": ask.key.shop_id,
            "subject_type": subject_type,
            "subject": subject,
            "decision": firing.decision.value if firing.decision is Verdict.BLOCK else Verdict.REVIEW.value,
            "category": firing.pack,
            "severity": severity,
            "amount_fen": _at_stake(firing.bindings),
            "summary": _summary(ask),
            "opened_at": ask.now,
            "due_at": ask.parts.clocks.due_at(ask.now, queue="orders", severity=severity, otherwise=otherwise),
        },
    )
    if is_new:
        announce_cases(session, [{name: getattr(row, name) for name in cases.TOLD}])
    return {"case_id": row.id}


def withdraw(session: Session, effect: Effect, *, parts: Parts, now: datetime) -> None:
    """Close the case if nobody decided it and nothing else stands on it."""
    del parts
    case_id = effect.result.get("case_id")
    wanted = select(Effect).where(Effect.shop_id == effect.shop_id, Effect.verb == VERB, Effect.rule == effect.rule)
    others = session.scalars(wanted.where(Effect.state == "open", Effect.id != effect.id))
    if case_id is not None and all(other.result.get("case_id") != case_id for other in others):
        cases.overtake(session, str(case_id), now=now)


def _at_stake(bindings: Mapping[str, Any]) -> int | None:
    """The most money among what the rule saw, fen: a case about much of it takes two officers."""
    amounts = [value for name, value in bindings.items() if name.endswith("_fen") and type(value) is int and value > 0]
    return max(amounts, default=None)


def _about(ask: Ask) -> tuple[str, str, str]:
    key = ask.key
    if ask.firing.missing:
        lacking = ",".join(ask.firing.missing)
        shared = f"{key.rule}:{lacking}"[:200]
        return "rule", shared, f"{key.shop_id}|{shared}|{day_of(ask.now).isoformat()}"[:300]
    whole = (key.shop_id, key.subject_type, key.subject, key.rule, str(key.number), key.occasion)
    figures = [f"{name}={value}" for name, value in sorted(ask.data.items())]  # other figures are another doubt
    return key.subject_type, key.subject, "|".join([*whole, *figures])[:300]


def _summary(ask: Ask) -> str:
    lacking = "、".join(ask.firing.missing)
    return "；".join([ask.firing.reason, *([f"缺少：{lacking}"] if lacking else []), *ask.unsigned])[:500]

"""The 3:5:2 mix of a shop: its contents of the last days by part, held against the targets, judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.aggregates.past.content_mix import PARTS, counted, figures, usual_window
from app.flows.blind_figures import contents_withheld
from app.flows.parts import Parts
from app.rules.engine import Evaluation
from app.values.access import Caller
from app.values.rule_scope import RuleScope

KIND = "content.plan"


@dataclass(frozen=True, slots=True)
class Mix:
    """Counts by part (``unknown`` apart), shares and targets in basis points, and what the rules say."""

    shop_id: str
    start_at: datetime
    end_at: datetime
    counts: dict[str, int]
    shares: dict[str, int | None]
    targets: dict[str, int | None]
    evaluation: Evaluation


def content_mix(parts: Parts, shop_id: str, *, caller: Caller, now: datetime) -> Mix:
    """The mix as it is now, less what the caller reviews blind; raises NotReady before the first snapshot is loaded."""
    judge = parts.live.current
    scope = RuleScope(shop=shop_id)
    policy = judge.engine.policy(scope)
    start = now - usual_window(policy)
    with parts.db.read() as session:
        counts = counted(session, shop_id, start=start, end=now, without=contents_withheld(session, caller))
    facts = figures(counts)
    evaluation = judge.engine.evaluate(KIND, facts, now=now, scope=scope, sign_offs=judge.sign_offs)
    return Mix(
        shop_id=shop_id,
        start_at=start,
        end_at=now,
        counts=counts,
        shares={name: facts[f"past.mix_{name}_bp"] for name in (*PARTS, "unknown")},
        targets={name: policy.count(f"content.mix_{name}_bp") for name in PARTS},
        evaluation=evaluation,
    )

"""The report of the funnel: people by step over a span, and the share of own channels by month with its limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotReady, Problem
from app.flows.parts import Parts
from app.flows.show_segments import as_csv
from app.funnel.gmv import months_before, share_by_month
from app.funnel.steps import TITLES, Span, funnel
from app.values.china_days import month_of
from app.values.rule_scope import RuleScope

USUAL = timedelta(days=30)
LONGEST = timedelta(days=366)
_START, _TARGET, _LIMIT = "funnel.private_start_bp", "funnel.private_target_bp", "funnel.private_month_limit_bp"
_CHANNELS = "funnel.private_channels"
_STEPS = ("step", "title", "people", "from_before", "conversion_bp", "passed_all")
_MONTHS = ("month", "gmv_fen", "private_fen", "unknown_fen", "share_bp", "growth_bp", "is_over_limit")


def span_of(shop_id: str, starts_at: datetime | None, ends_at: datetime | None, *, now: datetime) -> Span:
    """The span asked for, the last 30 days where it is left open; raises InvalidInput."""
    ends = ends_at or now
    starts = starts_at or ends - USUAL
    if not timedelta(0) < ends - starts <= LONGEST:
        problem = Problem("from", f"{starts.isoformat()} to {ends.isoformat()}", "a span of up to 366 days")
        raise InvalidInput("the span is wrong", problems=[problem])
    return Span(shop_id, starts, ends)


def funnel_report(parts: Parts, session: Session, span: Span, *, months: int = 6) -> dict[str, Any]:
    """Both, as plain data."""
    policy = parts.live.current.engine.policy(RuleScope(span.shop_id))
    bounds = {name: policy.count(name) for name in (_START, _TARGET, _LIMIT)}
    if None in bounds.values():
        raise NotReady("the rules in force have no pack funnel")
    limit = policy.count(_LIMIT) or 0
    listed = months_before(month_of(span.ends_at - timedelta.resolution), months)
    return {
        "shop_id": span.shop_id,
        "from_at": span.starts_at.isoformat(),
        "to_at": span.ends_at.isoformat(),
        "steps": [
            {
                "step": each.name,
                "title": TITLES[each.name],
                "people": each.people,
                "from_before": each.from_before,
                "conversion_bp": each.conversion_bp,
                "passed_all": each.passed_all,
            }
            for each in funnel(session, span, policy)
        ],
        "months": [
            {
                "month": each.month,
                "gmv_fen": each.gmv_fen,
                "private_fen": each.private_fen,
                "unknown_fen": each.unknown_fen,
                "share_bp": each.share_bp,
                "growth_bp": each.growth_bp,
                "is_over_limit": None if each.growth_bp is None else each.growth_bp > limit,
            }
            for each in share_by_month(session, span.shop_id, listed, policy.texts(_CHANNELS))
        ],
        "start_bp": bounds[_START],
        "target_bp": bounds[_TARGET],
        "month_limit_bp": bounds[_LIMIT],
    }


def funnel_csv(report: dict[str, Any]) -> str:
    """The steps as CSV, an empty line, and the months."""
    return as_csv(_STEPS, report["steps"]) + "\r\n" + as_csv(_MONTHS, report["months"])

"""Rules as they act: how often each fired, whether its breaker is open, and letting it act again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app import breakers
from app.breakers import Rate
from app.flows.follow_soon import follow_soon
from app.flows.parts import Parts
from app.flows.watch_rules import band_of, reset_rule
from app.models import RuleBreaker
from app.rules.definition import Rule
from app.rules.limits import Band
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.definition_answers import RuleAnswer
from app.web.definition_schemas import ReasonIn
from app.web.docs import PROBLEMS, SECURITY

blueprint = APIBlueprint(
    "rules",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="rules and wordlists", description="规则与词库 · what decisions are made by")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class RulePath(BaseModel):
    """Which rule."""

    rule_id: str = Field(pattern=r"^[A-Za-z0-9-]{1,40}$")


@blueprint.post("/rules/<string:rule_id>/reset", summary="Let a tripped rule act again", responses={200: RuleAnswer})
@answered_once
def reset(path: RulePath, body: ReasonIn) -> Response:
    """Close the breaker of a rule; only what is counted from the next minute on can trip it again."""
    by = caller(Scope.RULES)
    reset_rule(parts(), path.rule_id, reason=body.reason, by=by.name, now=parts().now())
    follow_soon(parts())
    found = [each for each in rule_answers(parts()) if each["id"] == path.rule_id]
    return Response(orjson.dumps(found[0] if found else {"id": path.rule_id}), content_type="application/json")


def rule_answers(of: Parts) -> list[dict[str, Any]]:
    """Every rule in force as plain data, with its counts of the last hour and day."""
    now = of.now()
    with of.db.read() as session:
        hour = breakers.rates(session, since=now - timedelta(hours=1))
        day = breakers.rates(session, since=now - timedelta(days=1))
        tripped = breakers.tripped(session)
    return [
        _answer(rule, band_of(rule, of.settings), hour.get(rule.id, Rate()), day.get(rule.id, Rate()))
        | {"tripped": _tripped(tripped.get(rule.id))}
        for rule in of.live.current.engine.rules
    ]


def _answer(rule: Rule, band: Band | None, hour: Rate, day: Rate) -> dict[str, Any]:
    return {
        "id": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "status": str(rule.status),
        "on": list(rule.on),
        "reason": rule.reason,
        "references": list(rule.references),
        "review_by": rule.review_by.isoformat(),
        "share_bp": 10_000 if rule.share is None else rule.share.bp,
        "last_hour": _rate(hour),
        "last_day": _rate(day),
        "band": None if band is None else _band(band, is_own=rule.band is not None),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {"evaluated": rate.evaluated, "fired": rate.fired, "unknown": rate.unknown, "rate_bp": rate.bp}


def _band(band: Band, *, is_own: bool) -> dict[str, Any]:
    return {
        "window_minutes": int(band.window / timedelta(minutes=1)),
        "min_evaluations": band.min_evaluations,
        "low_bp": band.low_bp,
        "high_bp": band.high_bp,
        "from": "rule" if is_own else "settings",
    }


def _tripped(breaker: RuleBreaker | None) -> dict[str, Any] | None:
    if breaker is None:
        return None
    return {"at": breaker.tripped_at, "why": breaker.why, **breaker.details}

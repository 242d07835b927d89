"""Asking the rules over HTTP: what they would say, and why they said what they said. Neither stores anything.

A what-if needs the scope ``rules``: it is the tool of whoever writes rules, and shows every condition and threshold.
The why of a stored decision needs ``screen`` beside it, because it speaks of one shop's content; that of an event
``events``. No text of a stored content goes out, so nothing personal is revealed and nothing has to be audited.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field, model_validator

from app.flows.ask_evidence import with_evidence
from app.flows.explain_screening import explain_screening
from app.flows.judge_content import Judge, check_content
from app.flows.screen_content import media_doubts
from app.flows.what_if import Asked, judge_for, what_if_content, what_if_facts
from app.flows.why_event import EventWhy, why_event, why_subject
from app.values.access import Scope
from app.values.change import Language
from app.web.api.screening import ScreeningPath
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.explained import EvaluationAnswer, EventWhyList, WhyAnswer
from app.web.schema_fields import Id, ShopId
from app.web.schemas import EvaluationIn

blueprint = APIBlueprint(
    "evaluations",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="evaluations", description="试算与解释 · what if, and why")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


@blueprint.post("/evaluations", summary="What if", responses={200: EvaluationAnswer})
def evaluate(body: EvaluationIn) -> Response:
    """Judge a content or an event's facts without storing anything, and explain every rule."""
    by, own = caller(Scope.RULES), parts()
    if body.content is not None:
        by.require_shop(body.content.shop_id)
    judge = judge_for(own, body.snapshot.model_dump() if body.snapshot else {})
    now = body.now or own.now()
    if body.content is not None:
        content = body.content.as_content()
        doubts = media_doubts(own, content)
        check_content(judge, content)
        content = with_evidence(own, content, now=now)
        answer = what_if_content(judge, content, now=now, doubts=doubts, only=body.rules, language=body.language)
    elif body.shop_id is not None:
        by.require_shop(body.shop_id)
        with own.db.read() as session:
            answer = _of_facts(judge, body, now=now, asked=Asked(session, body.shop_id, body.subject))
    else:
        answer = _of_facts(judge, body, now=now)
    return Response(orjson.dumps(answer), content_type="application/json")


def _of_facts(judge: Judge, body: EvaluationIn, *, now: datetime, asked: Asked | None = None) -> dict[str, Any]:
    kind, facts = body.kind or "", body.facts or {}
    return what_if_facts(judge, kind, facts, now=now, only=body.rules, asked=asked, language=body.language)


class WhyQuery(BaseModel, extra="forbid"):
    """In which language rules are explained; their titles and reasons are told as their packs give them."""

    language: Language = "zh"


@blueprint.get("/screenings/<string:screening_id>/why", summary="Why, and why not", responses={200: WhyAnswer})
def why(path: ScreeningPath, query: WhyQuery) -> Response:
    """Explain a stored decision by judging again what it saw, by the snapshots it names."""
    by = caller(Scope.SCREEN)
    by.require(Scope.RULES)
    replayed = explain_screening(parts(), path.screening_id, caller=by, language=query.language)
    answer = {
        "screening_id": path.screening_id,
        "kind": replayed.kind,
        "now": replayed.at,
        "decision": replayed.decision,
        **replayed.why.answer(),
        "replayed": {"same": not replayed.differences, "differences": replayed.differences},
        "snapshot": replayed.snapshot,
    }
    return Response(orjson.dumps(answer), content_type="application/json")


class EventWhyQuery(WhyQuery):
    """Which event of a shop, or all decisions about a subject; ``rule`` tells of one rule alone."""

    shop_id: ShopId
    event_id: Id | None = None
    subject: Id | None = None
    source: Id | None = None
    rule: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")] = None

    @model_validator(mode="after")
    def _is_one_question(self) -> EventWhyQuery:
        if (self.event_id is None) is (self.subject is None):
            raise ValueError("ask by `event_id` or by `subject`")
        if self.subject is not None and self.source is not None:
            raise ValueError("`source` goes with `event_id`")
        return self


@blueprint.get("/events/why", summary="Why, of events", responses={200: EventWhyList})
def why_of_events(query: EventWhyQuery) -> Response:
    """Explain what the rules said of an event (an order's, a refund's, a campaign's …), or why none of them spoke."""
    by = caller(Scope.EVENTS)
    by.require(Scope.RULES)
    by.require_shop(query.shop_id)
    if query.event_id is not None:
        shop_id, event_id, source = query.shop_id, query.event_id, query.source
        found = why_event(parts(), shop_id=shop_id, event_id=event_id, source=source, language=query.language)
    else:
        found = why_subject(parts(), shop_id=query.shop_id, subject=query.subject or "", language=query.language)
    items = [_event_answer(each, query) for each in found]
    return Response(orjson.dumps({"items": items, "next_cursor": None}), content_type="application/json")


def _event_answer(found: EventWhy, query: EventWhyQuery) -> dict[str, Any]:
    told = found.why.answer() if found.why is not None else {"rules": [], "near_misses": []}
    rules = [each for each in told["rules"] if query.rule in {None, each["rule"]}]
    return {
        "shop_id": query.shop_id,
        "kind": found.kind,
        "subject": found.subject,
        "source": found.source,
        "event_id": found.event_id,
        "now": found.at,
        "decided_at": found.decided.decided_at if found.decided else None,
        "decision": found.decision,
        "facts": found.facts,
        "void": found.is_void,
        "readable": found.why is not None,
        "rules": rules,
        "near_misses": told["near_misses"],
        "replayed": {"same": found.is_same},
        "snapshot": {"rules": found.rules_id},
    }

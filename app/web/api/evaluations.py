"""Asking the rules over HTTP: what they would say, and why they said what they said. Neither stores anything.

A what-if needs the scope ``rules``: it is the tool of whoever writes rules, and shows every condition and threshold.
The why of a stored decision needs ``screen`` beside it, because it speaks of one shop's content. No text of a stored
content goes out, so nothing personal is revealed and nothing has to be audited.
"""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from app.flows.ask_evidence import with_evidence
from app.flows.explain_screening import explain_screening
from app.flows.judge_content import check_content
from app.flows.screen_content import media_doubts
from app.flows.what_if import Asked, judge_for, what_if_content, what_if_facts
from app.values.access import Scope
from app.web.api.screening import ScreeningPath
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.explained import EvaluationAnswer, WhyAnswer
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
        answer = what_if_content(judge, content, now=now, doubts=doubts, only=body.rules)
    elif body.shop_id is not None:
        by.require_shop(body.shop_id)
        with own.db.read() as session:
            asked = Asked(session, body.shop_id, body.subject)
            answer = what_if_facts(judge, body.kind or "", body.facts or {}, now=now, only=body.rules, asked=asked)
    else:
        answer = what_if_facts(judge, body.kind or "", body.facts or {}, now=now, only=body.rules)
    return Response(orjson.dumps(answer), content_type="application/json")


@blueprint.get("/screenings/<string:screening_id>/why", summary="Why, and why not", responses={200: WhyAnswer})
def why(path: ScreeningPath) -> Response:
    """Explain a stored decision by judging again what it saw, by the snapshots it names."""
    by = caller(Scope.SCREEN)
    by.require(Scope.RULES)
    replayed = explain_screening(parts(), path.screening_id, caller=by)
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

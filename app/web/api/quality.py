"""The quality of contents over HTTP: scoring texts without storing them, and a shop's 3:5:2 mix."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.flows.content_mix import content_mix
from app.flows.judge_content import check_content, judge_content
from app.values.access import Scope
from app.values.answer import firing_answer
from app.values.deciding import hardest
from app.web.answers import FiringAnswer, Ladder, QualityAnswer
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import ShopId
from app.web.schemas import ScoreIn

blueprint = APIBlueprint(
    "quality",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="quality", description="内容质量 · quality and mix of contents")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class ScoreAnswer(QualityAnswer):
    """The quality of a content's texts, and what the rules about quality say."""

    decision: Ladder
    firings: list[FiringAnswer]
    advice: list[str]


class MixQuery(BaseModel, extra="forbid"):
    """Whose mix."""

    shop_id: ShopId


class MixPartAnswer(BaseModel):
    """One part of the mix; ``share_bp`` is null where nothing is known, ``target_bp`` where the pack has none."""

    name: str
    count: int
    share_bp: int | None
    target_bp: int | None


class MixAnswer(BaseModel):
    """The contents of the window by part, and what the rules say of it."""

    shop_id: str
    start_at: str
    end_at: str
    parts: list[MixPartAnswer]
    decision: Ladder
    firings: list[FiringAnswer]
    advice: list[str]


@blueprint.post("/contents/score", summary="Score a content", responses={200: ScoreAnswer})
def score(body: ScoreIn) -> Response:
    """Score the texts of a content in three dimensions; nothing is stored."""
    by, own = caller(Scope.SCREEN), parts()
    by.require_shop(body.shop_id)
    content = body.as_content()
    judge = own.live.current
    check_content(judge, content)
    scored = judge_content(judge, content, now=own.now(), tripped=own.live.tripped).scored
    assert scored is not None, "a score was asked for"
    live = [firing for firing in scored.evaluation.firings if not firing.shadow]
    answer = {
        **scored.answer(),
        "decision": hardest(firing.decision for firing in live).value,
        "firings": [firing_answer(firing) for firing in scored.evaluation.firings],
        "advice": [f"{firing.reason}。修改：{firing.remedy}" if firing.remedy else firing.reason for firing in live],
    }
    return Response(orjson.dumps(answer), content_type="application/json")


@blueprint.get("/content-mix", summary="A shop's mix of contents", responses={200: MixAnswer})
def mix(query: MixQuery) -> Response:
    """Contents of the last days by part of the 3:5:2 mix, each once; what could not be classified is counted apart."""
    by, own = caller(Scope.SCREEN), parts()
    by.require_shop(query.shop_id)
    found = content_mix(own, query.shop_id, caller=by, now=own.now())
    live = [firing for firing in found.evaluation.firings if not firing.shadow]
    answer = {
        "shop_id": found.shop_id,
        "start_at": found.start_at,
        "end_at": found.end_at,
        "parts": [
            {
                "name": name,
                "count": count,
                "share_bp": found.shares[name],
                "target_bp": found.targets.get(name),
            }
            for name, count in found.counts.items()
        ],
        "decision": hardest(firing.decision for firing in live).value,
        "firings": [firing_answer(firing) for firing in found.evaluation.firings],
        "advice": [f"{firing.reason}。修改：{firing.remedy}" if firing.remedy else firing.reason for firing in live],
    }
    return Response(orjson.dumps(answer), content_type="application/json")

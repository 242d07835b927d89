"""Screening over HTTP: one content, a batch, and what was decided before."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ValidationError

from app import contents
from app.errors import AppError, InvalidInput
from app.flows.judge_content import check_content
from app.flows.kept_back import hears_opinions, meet_content
from app.flows.screen_content import screen_contents
from app.flows.stored_screening import open_column
from app.metrics import SCREENING_SECONDS
from app.values.access import Caller, Scope
from app.values.content import ContentToScreen
from app.web.answers import BatchAnswer, ContentAnswer, ScreeningAnswer
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.errors import problem_response, problems_of
from app.web.limits import charge
from app.web.schema_fields import Id, ShopId
from app.web.schemas import BatchIn, ScreeningIn

blueprint = APIBlueprint(
    "screening",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="screening", description="内容审核 · screen contents")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class ScreeningPath(BaseModel):
    """Which screening."""

    screening_id: Id


class ContentPath(BaseModel):
    """Which content, by the shop's own id."""

    content_id: Id


class ShopQuery(BaseModel, extra="forbid"):
    """Which shop's, where several shops use the same id."""

    shop_id: ShopId | None = None


@blueprint.post("/screenings", summary="Screen one content", responses={200: ScreeningAnswer})
@answered_once
def screen_one(body: ScreeningIn) -> Response:
    """Judge a content before it is published and answer at once; the decision is stored before the answer goes out."""
    by = caller(Scope.SCREEN)
    content = _admit(body, by)
    with SCREENING_SECONDS.time():
        answer = screen_contents(parts(), [content], caller=by, now=parts().now())[0]
    return Response(answer.body, content_type="application/json")


@blueprint.post("/screenings/batch", summary="Screen up to 1,000 contents", responses={200: BatchAnswer})
@answered_once
def screen_batch(body: BatchIn) -> Response:
    """Judge many contents; results in order, and an item that cannot be read gets its own error."""
    by = caller(Scope.SCREEN)
    charge(len(body.items) - 1)
    results: list[Any] = []
    admitted: list[tuple[int, ContentToScreen]] = []
    for index, item in enumerate(body.items):
        try:
            admitted.append((index, _admit(ScreeningIn.model_validate(item), by)))
            results.append(None)
        except ValidationError as error:
            refused = InvalidInput("the item does not fit the contract", problems=problems_of(error))
            results.append(_item_error(index, refused))
        except AppError as error:
            results.append(_item_error(index, error))
    if admitted:
        answers = screen_contents(parts(), [content for _, content in admitted], caller=by, now=parts().now())
        for (index, _), answer in zip(admitted, answers, strict=True):
            results[index] = answer.body
    return Response(b'{"results":[' + b",".join(results) + b"]}", content_type="application/json")


@blueprint.get("/screenings/<string:screening_id>", summary="A stored decision", responses={200: ScreeningAnswer})
def get_screening(path: ScreeningPath) -> Response:
    """The decision exactly as it was answered; who is to judge its blind case alone gets no opinions."""
    by = caller(Scope.SCREEN)
    with parts().db.read() as session:
        screening = contents.find_screening(session, path.screening_id, caller=by)
        body = open_column(parts().people, session, screening, "answer")
        if not hears_opinions(parts(), session, screening.content_pk, caller=by):
            body = orjson.dumps(orjson.loads(body) | {"opinions": []})
    return Response(body, content_type="application/json")


@blueprint.get("/contents/<path:content_id>", summary="A content's outcome", responses={200: ContentAnswer})
def get_content(path: ContentPath, query: ShopQuery) -> Response:
    """The content's present outcome, after officers and reviewers."""
    by = caller(Scope.SCREEN)
    with parts().db.read() as session:
        content = contents.find_content(session, path.content_id, shop_id=query.shop_id, caller=by)
        hears = content.outcome_by != "reviewer" or hears_opinions(parts(), session, content.id, caller=by)
    meet_content(parts(), content.id, caller=by, now=parts().now())
    answer = {
        "content_id": content.content_id,
        "shop_id": content.shop_id,
        "version": content.version,
        "status": content.status,
        "decision": content.decision,
        "by": content.outcome_by,
        "at": content.outcome_at,
        "reason": content.outcome_reason if hears else None,
        "screening_id": content.screening_id,
    }
    return Response(orjson.dumps(answer), content_type="application/json")


def _admit(item: ScreeningIn, by: Caller) -> ContentToScreen:
    by.require_shop(item.shop_id)
    content = item.as_content()
    check_content(parts().live.current, content)
    return content


def _item_error(index: int, error: AppError) -> bytes:
    return b'{"index":%d,"error":%s}' % (index, problem_response(error).get_data())

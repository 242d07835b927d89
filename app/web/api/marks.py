"""Strikes and labels of shops and authors over HTTP: which there are, labelling, and taking one back."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.mark_entity import label_entity, void_mark
from app.models import EntityMark
from app.review import marks, second_reviews
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Reason, ShopId

blueprint = APIBlueprint(
    "marks",
    __name__,
    url_prefix="/v1/marks",
    abp_tags=[Tag(name="marks", description="记分与标签 · strikes and labels of shops and authors")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_COLUMNS = ("id", "shop_id", "entity_type", "entity_id", "kind", "value", "points", "reason", "case_id")
_WHEN = ("made_by", "made_at", "expires_at", "voided_by", "voided_at")


class MarkPath(BaseModel):
    """Which mark."""

    mark_id: Id


class MarksQuery(BaseModel, extra="forbid"):
    """Of which shop, or of which author in it."""

    shop_id: ShopId
    author_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class LabelIn(Contract):
    """A label on a shop, or on an author in it, for so many days."""

    shop_id: ShopId
    entity_type: Literal["shop", "author"]
    entity_id: Id | None = Field(None, description="the author; of a shop it is the shop")
    value: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*\S[^\x00]*$")
    reason: Reason
    days: int = Field(ge=1, le=1_096)


class VoidIn(Contract):
    """Why it is taken back."""

    reason: Reason


class MarkAnswer(BaseModel):
    """A strike or a label."""

    id: str
    shop_id: str
    entity_type: str
    entity_id: str
    kind: str
    value: str
    points: int
    reason: str
    case_id: str | None
    made_by: str
    made_at: str
    expires_at: str
    voided_by: str | None
    voided_at: str | None


class MarksAnswer(BaseModel):
    """How a shop or an author stands, and its marks, living and past, the newest first."""

    points: int
    step: str = Field(description="step of the penalty ladder; `none` below the first")
    labels: list[str]
    items: list[MarkAnswer]


@blueprint.get("", summary="Marks of a shop or an author", responses={200: MarksAnswer})
def list_marks(query: MarksQuery) -> Response:
    """Living marks count; voided and expired ones are told with when they ended.

    A strike from a case that this person reviews blind is left out, and not counted, until it is decided.
    """
    by = caller(Scope.CASES)
    by.require_shop(query.shop_id)
    named = ("shop", query.shop_id) if query.author_id is None else ("author", query.author_id)
    with parts().db.read() as session:
        blind = second_reviews.blind_cases(session, by)
        known = marks.standing_without(session, (query.shop_id, *named), without=blind, now=parts().now())
        rows = marks.marks_of(session, query.shop_id, *named, limit=query.limit, without=blind)
    said = {"points": known.points, "step": parts().ladder.step(known.points), "labels": list(known.labels)}
    return _json(said | {"items": [_answer(row) for row in rows]})


@blueprint.post("", summary="Label a shop or an author", responses={200: MarkAnswer})
@answered_once
def put_label(body: LabelIn) -> Response:
    """Rules may ask for labels; it ends by itself."""
    by = caller(Scope.CASES)
    said = body.model_dump() | {"entity_id": body.entity_id or body.shop_id}
    return _json(_answer(label_entity(parts(), **said, caller=by, now=parts().now())))


@blueprint.post("/<string:mark_id>/void", summary="Take a mark back", responses={200: MarkAnswer})
@answered_once
def void(path: MarkPath, body: VoidIn) -> Response:
    """A second time changes nothing."""
    by = caller(Scope.CASES)
    return _json(_answer(void_mark(parts(), path.mark_id, reason=body.reason, caller=by, now=parts().now())))


def _answer(row: EntityMark) -> dict[str, object]:
    return {name: getattr(row, name) for name in (*_COLUMNS, *_WHEN)}


def _json(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

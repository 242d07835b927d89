"""Deciding many cases at once over HTTP, and taking it back within the undo time."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.decide_bulk import BULK_MAX, ask_bulk, find_bulk, undo_bulk
from app.models import BulkDeed
from app.review.cases import Said
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Reason

blueprint = APIBlueprint(
    "bulk_deeds",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="cases", description="案件 · the review queue")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class BulkIn(Contract):
    """The same decision on many cases. Without ``policy`` each rests on its own category."""

    case_ids: list[Id] = Field(min_length=1, max_length=BULK_MAX)
    decision: Literal["pass", "label", "block"]
    reason: Reason
    policy: str | None = Field(None, min_length=1, max_length=100)


class BulkPath(BaseModel):
    """Which bulk decision."""

    bulk_id: Id


class BulkAnswer(BaseModel):
    """A bulk decision: it waits until ``due_at``, then it is carried out case by case."""

    bulk_id: str
    state: Literal["waiting", "done", "undone"]
    count: int
    created_at: str
    due_at: str
    result: dict[str, object] | None = Field(description="how many were decided, and why the others were not")


@blueprint.post("/cases/bulk", summary="Decide many cases", responses={200: BulkAnswer})
@answered_once
def ask(body: BulkIn) -> Response:
    """Nothing happens before `due_at`; one case that cannot be decided refuses all."""
    by = caller(Scope.CASES)
    said = Said(body.decision, body.reason, body.policy)
    return _answer(ask_bulk(parts(), body.case_ids, said, caller=by, now=parts().now()))


@blueprint.get("/cases/bulk/<string:bulk_id>", summary="A bulk decision", responses={200: BulkAnswer})
def show(path: BulkPath) -> Response:
    """How it stands."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        return _answer(find_bulk(session, path.bulk_id, caller=by))


@blueprint.post("/cases/bulk/<string:bulk_id>/undo", summary="Take it back", responses={200: BulkAnswer})
@answered_once
def undo(path: BulkPath) -> Response:
    """Until `due_at`; the cases are open again as if nothing had been said."""
    by = caller(Scope.CASES)
    return _answer(undo_bulk(parts(), path.bulk_id, caller=by, now=parts().now()))


def _answer(deed: BulkDeed) -> Response:
    when = {"created_at": deed.created_at, "due_at": deed.due_at}
    said = {"bulk_id": deed.id, "state": deed.state, "count": len(deed.case_ids), "result": deed.result, **when}
    return Response(orjson.dumps(said), content_type="application/json")

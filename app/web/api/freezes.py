"""Freezes over HTTP: what may be neither shared nor paid until a difference is explained, and lifting one."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.lift_freeze import freezes, lift_freeze
from app.models import Effect
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.money_answers import FreezeAnswer, FreezePage
from app.web.money_schemas import ReasonIn
from app.web.schema_fields import Id

blueprint = APIBlueprint(
    "freezes",
    __name__,
    url_prefix="/v1/freezes",
    abp_tags=[Tag(name="freezes", description="冻结 · what may be neither shared nor paid")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_TOLD = ("shop_id", "subject_type", "subject", "rule", "state", "opened_at", "lifted_by", "lifted_reason")


class FreezePath(BaseModel):
    """Which freeze."""

    freeze_id: Id


class FreezeQuery(BaseModel, extra="forbid"):
    """A page of freezes, newest first."""

    cursor: Annotated[str | None, Field(max_length=300)] = None
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("", summary="Freezes that stand", responses={200: FreezePage})
def list_freezes(query: FreezeQuery) -> Response:
    """Orders and splits that are frozen, in the key's shops."""
    by = caller(Scope.MONEY)
    with parts().db.read() as session:
        found = freezes(session, caller=by, before=read_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    more = write_cursor(page[-1].opened_at, page[-1].id) if len(found) > query.limit else None
    return _json({"items": [_freeze(row) for row in page], "next_cursor": more})


@blueprint.post("/<string:freeze_id>/lift", summary="Lift a freeze", responses={200: FreezeAnswer})
@answered_once
def lift(path: FreezePath, body: ReasonIn) -> Response:
    """Free it again, with a reason that stands in the audit rows; the same figures do not freeze it anew."""
    by = caller(Scope.MONEY)
    return _json(_freeze(lift_freeze(parts(), path.freeze_id, reason=body.reason, caller=by, now=parts().now())))


def _freeze(row: Effect) -> dict[str, Any]:
    return {"freeze_id": row.id} | {name: getattr(row, name) for name in _TOLD}


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

"""Segments over HTTP: the report, one person with the why, moves, and what-if."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.show_segments import person_report, report_csv, segment_report
from app.flows.try_tiers import try_tiers
from app.tiering import store
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Instant, ShopId
from app.web.segment_answers import MovePage, PersonSegments, SegmentReport, TriedAnswer

blueprint = APIBlueprint(
    "segments",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="segments", description="用户分层 · customers in segments")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class ReportQuery(BaseModel, extra="forbid"):
    """Of which shop, and as what."""

    shop_id: ShopId | None = None
    format: Literal["json", "csv"] = "json"


class PersonPath(BaseModel):
    """Who, by the shop's own opaque reference, with or without ``buyer:``."""

    person: Id


class ShopQuery(BaseModel, extra="forbid"):
    """Of which shop."""

    shop_id: ShopId | None = None


class MovesQuery(BaseModel, extra="forbid"):
    """A page of moves, the newest first."""

    shop_id: ShopId | None = None
    cursor: str | None = Field(None, max_length=400)
    limit: int = Field(50, ge=1, le=200)


class WhatIfIn(Contract):
    """Other numbers for some parameters of the pack ``tiering``."""

    shop_id: ShopId
    parameters: dict[
        Annotated[str, Field(max_length=64)], Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
    ] = Field(max_length=40)
    as_of: Instant | None = None


@blueprint.get("/segments", summary="Shares of the segments", responses={200: SegmentReport})
def show_report(query: ReportQuery) -> Response:
    """How many customers are in which segment, against the strategy's shares, and what each is offered."""
    by = caller(Scope.PEOPLE)
    with parts().db.read() as session:
        told = segment_report(parts(), session, by, shop_id=query.shop_id)
    if query.format == "csv":
        head = {"Content-Disposition": 'attachment; filename="segments.csv"'}
        return Response("\ufeff" + report_csv(told), content_type="text/csv; charset=utf-8", headers=head)
    return _json(told)


@blueprint.get("/segment-moves", summary="Who moved", responses={200: MovePage})
def list_moves(query: MovesQuery) -> Response:
    """Moves from one segment to another, the newest first."""
    by = caller(Scope.PEOPLE)
    if query.shop_id is not None:
        by.require_shop(query.shop_id)
    before = read_cursor(query.cursor)
    with parts().db.read() as session:
        found = store.newest_moves(session, by, shop_id=query.shop_id, before=before, limit=query.limit + 1)
    page = found[: query.limit]
    items = [
        {
            "id": row.id,
            "shop_id": row.shop_id,
            "person": row.person,
            "from": row.from_segment,
            "to": row.to_segment,
            "at": row.at,
            "figures": row.figures,
        }
        for row in page
    ]
    more = write_cursor(page[-1].at, page[-1].id) if len(found) > query.limit else None
    return _json({"items": items, "next_cursor": more})


@blueprint.post("/segments/what-if", summary="Try other numbers", responses={200: TriedAnswer})
@answered_once
def what_if(body: WhatIfIn) -> Response:
    """How many customers would be in which segment with other parameters; nothing is stored."""
    caller(Scope.PEOPLE).require_shop(body.shop_id)
    tried = try_tiers(parts(), body.shop_id, body.parameters, as_of=body.as_of, now=parts().now())
    return _json(
        {
            "shop_id": tried.shop_id,
            "as_of": tried.as_of.isoformat(),
            "from_stored": tried.from_stored,
            "before": dict(tried.before),
            "after": dict(tried.after),
            "moves": [{"from": before, "to": after, "count": count} for before, after, count in tried.moves],
        }
    )


@blueprint.get("/segments/<path:person>", summary="A person's segment", responses={200: PersonSegments})
def show_person(path: PersonPath, query: ShopQuery) -> Response:
    """Where a person stands in each of the key's shops: current, why, recommended treatment, history."""
    by = caller(Scope.PEOPLE)
    with parts().db.read() as session:
        return _json(person_report(parts(), session, by, path.person, shop_id=query.shop_id))


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), content_type="application/json")

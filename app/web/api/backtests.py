"""Backtests over HTTP: try a candidate on what was screened before, follow it, read what would change."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.backtesting import rows
from app.backtesting.report import as_csv
from app.errors import Conflict
from app.flows.backtest_answer import backtest_answer
from app.flows.start_backtest import Asked, cancel_backtest, start_backtest
from app.values.access import Caller, Scope
from app.web.auth import answered_once, caller, parts
from app.web.backtest_answers import BacktestAnswer, BacktestList
from app.web.definition_schemas import BacktestIn
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id

_EITHER = {
    "application/json": {"schema": {"$ref": "#/components/schemas/BacktestAnswer"}},
    "text/csv": {"schema": {"type": "string"}},
}
blueprint = APIBlueprint(
    "backtests",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="backtests", description="回测 · what a change would have done")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class BacktestPath(BaseModel):
    """Which backtest."""

    backtest_id: Id


class BacktestQuery(BaseModel, extra="forbid"):
    """As what the result is read: the whole as JSON, or the samples of changed decisions as CSV."""

    format: Literal["json", "csv"] = "json"


class BacktestsQuery(BaseModel, extra="forbid"):
    """How many."""

    limit: int = Field(50, ge=1, le=200)


@blueprint.post("/backtests", summary="Try a candidate", responses={202: BacktestAnswer})
@answered_once
def add_backtest(body: BacktestIn) -> Response:
    """Replay a candidate over a period's screenings and events, in the background; a bad one is refused at once."""
    by = caller(Scope.RULES)
    proposed = {kind: given for kind in ("rules", "wordlists") if (given := getattr(body.candidate, kind)) is not None}
    shop_ids = None if body.shop_ids is None else tuple(sorted(set(body.shop_ids)))
    asked = Asked(proposed, body.from_at, body.to_at, shop_ids, body.limit)
    backtest_id = start_backtest(parts(), asked, caller=by, now=parts().now())
    return _answer(backtest_id, by, status=202)


@blueprint.get("/backtests", summary="Backtests", responses={200: BacktestList})
def list_backtests(query: BacktestsQuery) -> Response:
    """The key's backtests, newest first, without their results."""
    by = caller(Scope.RULES)
    with parts().db.read() as session:
        found = rows.listed(session, caller=by, limit=query.limit)
        items = [backtest_answer(session, run, is_whole=False, caller=by) for run in found]
    return Response(orjson.dumps({"items": items, "next_cursor": None}), content_type="application/json")


@blueprint.get(
    "/backtests/<string:backtest_id>",
    summary="One backtest",
    responses={200: {"description": "The backtest", "content": _EITHER}},
)
def get_backtest(path: BacktestPath, query: BacktestQuery) -> Response:
    """Its state and progress, and its result when it is done."""
    by = caller(Scope.RULES)
    if query.format == "json":
        return _answer(path.backtest_id, by, status=200)
    with parts().db.read() as session:
        answer = backtest_answer(session, rows.find(session, path.backtest_id, caller=by), is_whole=True, caller=by)
    if answer["result"] is None:
        raise Conflict(f"the backtest is {answer['state']} and has no result")
    result = answer["result"]
    return Response(as_csv([*result["samples"], *result["events"]["samples"]]), content_type="text/csv; charset=utf-8")


@blueprint.post("/backtests/<string:backtest_id>/cancel", summary="Cancel", responses={200: BacktestAnswer})
@answered_once
def cancel(path: BacktestPath) -> Response:
    """End a backtest that is not done; what it counted is not shown."""
    by = caller(Scope.RULES)
    cancel_backtest(parts(), path.backtest_id, caller=by, now=parts().now())
    return _answer(path.backtest_id, by, status=200)


def _answer(backtest_id: str, by: Caller, *, status: int) -> Response:
    with parts().db.read() as session:
        answer = backtest_answer(session, rows.find(session, backtest_id, caller=by), is_whole=True, caller=by)
    return Response(orjson.dumps(answer), status=status, content_type="application/json")

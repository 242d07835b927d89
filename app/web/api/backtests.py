"""Backtests over HTTP: try a candidate on what was screened before, follow it, read what would change."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.backtesting import rows
from app.backtesting.report import as_csv
from app.errors import Conflict
from app.flows.backtest_answer import backtest_answer
from app.flows.edit_rules import check_but_examples, in_force
from app.flows.start_backtest import Asked, cancel_backtest, start_backtest
from app.flows.try_words import with_change, with_proposal, with_upload
from app.text.edit_lists import Edit
from app.values.access import Caller, Scope
from app.web.api.candidates import with_edits
from app.web.auth import answered_once, caller, parts
from app.web.backtest_answers import BacktestAnswer, BacktestList
from app.web.backtest_schemas import BacktestIn, CandidateIn
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
    proposed = _proposed(body.candidate)
    aside, rules = False, proposed.get("rules")
    if body.examples_aside and rules is not None and not isinstance(rules, str):
        aside = check_but_examples(parts().live.current.engine.packs, rules, settings=parts().settings)
    shop_ids = None if body.shop_ids is None else tuple(sorted(set(body.shop_ids)))
    asked = Asked(proposed, body.from_at, body.to_at, shop_ids, body.limit, aside)
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


def _proposed(candidate: CandidateIn) -> dict[str, str | Mapping[str, str]]:
    """The candidate's rules and wordlists: as sent, or what is in force with the change."""
    proposed: dict[str, str | Mapping[str, str]] = {}
    if (rules := candidate.rules) is not None:
        proposed["rules"] = rules
    if candidate.edits is not None:
        with parts().db.read() as session:
            _, files = in_force(session)
        proposed["rules"] = with_edits(files, candidate.edits)
    if (wordlists := _wordlists(candidate)) is not None:
        proposed["wordlists"] = wordlists
    return proposed


def _wordlists(candidate: CandidateIn) -> str | Mapping[str, str] | None:
    if (word := candidate.word) is not None:
        value = word.verdict if word.what == "add" else word.value
        return with_change(parts(), Edit(word.what, word.wordlist or "", word.category or "", word.word.strip(), value))
    if candidate.change_id is not None:
        return with_proposal(parts(), candidate.change_id)
    if (upload := candidate.upload) is not None:
        return with_upload(parts(), upload.name, base64.b64decode(upload.data), upload.shape())
    return candidate.wordlists


def _answer(backtest_id: str, by: Caller, *, status: int) -> Response:
    with parts().db.read() as session:
        answer = backtest_answer(session, rows.find(session, backtest_id, caller=by), is_whole=True, caller=by)
    return Response(orjson.dumps(answer), status=status, content_type="application/json")

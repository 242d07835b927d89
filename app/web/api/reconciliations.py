"""Daily matching over HTTP: the platform's bill comes in, what is unexplained is listed by age and explained."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.errors import Forbidden
from app.flows.match_bill import match_bill, resolve_difference
from app.money import differences
from app.values.access import Caller, Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.money_answers import BillDifferenceAnswer, DifferenceList, MatchedAnswer, difference_answer
from app.web.money_schemas import BillIn, ResolveIn
from app.web.schema_fields import Id

blueprint = APIBlueprint(
    "reconciliations",
    __name__,
    url_prefix="/v1/reconciliations",
    abp_tags=[Tag(name="reconciliations", description="对账 · the platform's bills against the ledger")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class DifferencePath(BaseModel):
    """Which difference."""

    difference_id: Id


@blueprint.get("", summary="What is unexplained", responses={200: DifferenceList})
def list_differences() -> Response:
    """Differences nobody has explained, oldest first, and how old they are."""
    _of_all_shops()
    with parts().db.read() as session:
        items = [difference_answer(row) for row in differences.open_differences(session)]
        ages = differences.ages(session, now=parts().now())
    told = {bucket: {"count": count, "fen": fen} for bucket, (count, fen) in ages.items()}
    return _json({"items": items, "next_cursor": None, "ages": told})


@blueprint.post("", summary="Match a bill", responses={200: MatchedAnswer, 201: MatchedAnswer})
@answered_once
def put_bill(body: BillIn) -> Response:
    """Import the bill of a day and compare it with the ledger; the same file again changes nothing."""
    by = _of_all_shops()
    matched = match_bill(parts(), body.bill.encode(), channel=body.channel, caller=by, now=parts().now())
    return _json(asdict(matched), status=201 if matched.is_new else 200)


@blueprint.post(
    "/<string:difference_id>/resolve", summary="Explain a difference", responses={200: BillDifferenceAnswer}
)
@answered_once
def resolve(path: DifferencePath, body: ResolveIn) -> Response:
    """Say what it was: money that came back into the fund, or a loss."""
    by = _of_all_shops()
    row = resolve_difference(
        parts(), path.difference_id, how=body.how, reason=body.reason, caller=by, now=parts().now()
    )
    return _json(difference_answer(row))


def _of_all_shops() -> Caller:
    by = caller(Scope.MONEY)
    if by.shop_ids is not None:
        raise Forbidden(f"{by.name} is bound to shops, and the fund belongs to all")
    return by


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

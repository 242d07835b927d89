"""All dead letters over HTTP: what needs a person because its attempts are used up, worked again or put away."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.flows.dead_letters import ALL, dead_letters, discard_letter, retry_letter
from app.values.access import Scope
from app.web.auth import answered_once, caller, of_all_shops, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.money_schemas import ReasonIn
from app.web.operation_answers import DeadLetterAnswer, DeadLetterList, LetterKind
from app.web.schema_fields import Contract, Id, Reason

blueprint = APIBlueprint(
    "dead_letters",
    __name__,
    url_prefix="/v1/dead-letters",
    abp_tags=[Tag(name="dead-letters", description="死信 · work that needs a person")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class LetterPath(BaseModel):
    """Which dead letter."""

    letter_id: Id


class LetterQuery(BaseModel, extra="forbid"):
    """Which kind of work; left out: all."""

    kind: LetterKind | None = None


class DiscardIn(Contract):
    """Why it is put away; for a payout also what became of the money."""

    reason: Reason
    outcome: Literal["paid", "failed"] | None = None


@blueprint.get("", summary="All dead letters", responses={200: DeadLetterList})
def list_letters(query: LetterQuery) -> Response:
    """Up to 200, oldest first: inbound messages, questions to platforms, payouts, webhooks."""
    of_all_shops(caller(Scope.ADMIN))
    with parts().db.read() as session:
        items = dead_letters(session, kinds=[query.kind] if query.kind else ALL)
    return Response(orjson.dumps({"items": items, "next_cursor": None}), content_type="application/json")


@blueprint.post("/<string:letter_id>/replay", summary="Work one again", responses={200: DeadLetterAnswer})
@answered_once
def replay(path: LetterPath, body: ReasonIn) -> Response:
    """Have it worked again with all its attempts, after what was wrong has been mended."""
    by = of_all_shops(caller(Scope.ADMIN))
    said = retry_letter(parts(), path.letter_id, by=by.name, now=parts().now(), kinds=ALL, reason=body.reason)
    return Response(orjson.dumps(said), content_type="application/json")


@blueprint.post("/<string:letter_id>/discard", summary="Put one away", responses={200: DeadLetterAnswer})
@answered_once
def discard(path: LetterPath, body: DiscardIn) -> Response:
    """Put it away for good. A payout needs the scope `money` too, and `outcome`: the ledger has to know."""
    by = of_all_shops(caller(Scope.ADMIN))
    if body.outcome is not None:
        by = caller(Scope.MONEY)
    said = discard_letter(
        parts(), path.letter_id, reason=body.reason, outcome=body.outcome, by=by.name, now=parts().now()
    )
    return Response(orjson.dumps(said), content_type="application/json")

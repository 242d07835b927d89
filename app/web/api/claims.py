"""Claims over HTTP: the list, one with everything that is told about it, opening, deciding, recovering."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.decide_claim import appeal_claim, approve_claim, reject_claim
from app.flows.move_fund import recover
from app.flows.open_claims import open_for_buyer
from app.money import claims
from app.money.lifecycle import find, steps
from app.values.access import Caller, Scope
from app.values.claiming import State
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.money_answers import ClaimAnswer, ClaimPage, WholeClaimAnswer, claim_answer, whole_claim
from app.web.money_schemas import ApproveClaimIn, ClaimIn, ReasonIn, RecoverIn, RejectClaimIn
from app.web.schema_fields import Id

blueprint = APIBlueprint(
    "claims",
    __name__,
    url_prefix="/v1/claims",
    abp_tags=[Tag(name="claims", description="理赔 · compensation claims")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class ClaimPath(BaseModel):
    """Which claim."""

    claim_id: Id


class ClaimQuery(BaseModel, extra="forbid"):
    """Which claims, newest first."""

    state: State | None = None
    cause: str | None = Field(None, max_length=32)
    order_id: str | None = Field(None, max_length=128)
    cursor: str | None = Field(None, max_length=300)
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("", summary="Claims", responses={200: ClaimPage})
def list_claims(query: ClaimQuery) -> Response:
    """Claims of the key's shops, newest first."""
    by = caller(Scope.MONEY)
    with parts().db.read() as session:
        found = claims.listed(
            session,
            caller=by,
            state=query.state and query.state.value,
            cause=query.cause,
            order_id=query.order_id,
            before=read_cursor(query.cursor),
            limit=query.limit + 1,
        )
    page = found[: query.limit]
    more = write_cursor(page[-1].opened_at, page[-1].id) if len(found) > query.limit else None
    return _json({"items": [claim_answer(each) for each in page], "next_cursor": more})


@blueprint.get("/<string:claim_id>", summary="One claim", responses={200: WholeClaimAnswer})
def get_claim(path: ClaimPath) -> Response:
    """One claim with its calculation, its life, and what buyer and merchant are told."""
    return _whole(path.claim_id, caller(Scope.MONEY))


@blueprint.post("", summary="Open a claim for a buyer", responses={200: ClaimAnswer, 201: ClaimAnswer})
@answered_once
def open_claim(body: ClaimIn) -> Response:
    """Open a buyer's claim, or find the one there is for this order, item and cause; a person decides it."""
    by = caller(Scope.MONEY)
    asked = body.model_dump() | {"evidence": tuple(body.evidence)}
    opened = open_for_buyer(parts(), **asked, caller=by, now=parts().now())
    return _json(claim_answer(opened.claim), status=201 if opened.is_new else 200)


@blueprint.post("/<string:claim_id>/approve", summary="Approve a claim", responses={200: WholeClaimAnswer})
@answered_once
def approve(path: ClaimPath, body: ApproveClaimIn) -> Response:
    """Approve; above the higher cap the first of two approvals waits for another person's."""
    by = caller(Scope.MONEY)
    approve_claim(parts(), path.claim_id, reason=body.reason, amount_fen=body.amount_fen, caller=by, now=parts().now())
    return _whole(path.claim_id, by)


@blueprint.post("/<string:claim_id>/reject", summary="Reject a claim", responses={200: WholeClaimAnswer})
@answered_once
def reject(path: ClaimPath, body: RejectClaimIn) -> Response:
    """Reject before money is on its way; the buyer may appeal."""
    by = caller(Scope.MONEY)
    reject_claim(parts(), path.claim_id, ground=body.ground, reason=body.reason, caller=by, now=parts().now())
    return _whole(path.claim_id, by)


@blueprint.post("/<string:claim_id>/appeal", summary="Appeal a rejection", responses={200: WholeClaimAnswer})
@answered_once
def appeal(path: ClaimPath, body: ReasonIn) -> Response:
    """Have a rejected claim heard again, by somebody else."""
    by = caller(Scope.MONEY)
    appeal_claim(parts(), path.claim_id, reason=body.reason, caller=by, now=parts().now())
    return _whole(path.claim_id, by)


@blueprint.post("/<string:claim_id>/recover", summary="End a recovery", responses={200: WholeClaimAnswer})
@answered_once
def end_recovery(path: ClaimPath, body: RecoverIn) -> Response:
    """Take it from the merchant's deposit (only by written agreement), note that it was repaid, or write it off."""
    by = caller(Scope.MONEY)
    recover(parts(), path.claim_id, how=body.how, reason=body.reason, caller=by, now=parts().now())
    return _whole(path.claim_id, by)


def _whole(claim_id: str, by: Caller) -> Response:
    with parts().db.read() as session:
        return _json(whole_claim(find(session, claim_id, caller=by), steps(session, claim_id)))


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

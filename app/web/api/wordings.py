"""Wordings over HTTP: versions, proposing the next, approving."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.keep_wordings import decide_wording, propose_wording
from app.models import Wording
from app.review import wordings
from app.review.wordings import POLICY_MAX, TEXT_MAX
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Reason

blueprint = APIBlueprint(
    "wordings",
    __name__,
    url_prefix="/v1/wordings",
    abp_tags=[Tag(name="wordings", description="处置话术 · what merchants are told with an outcome")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_Outcome = Literal["pass", "label", "return", "block"]


class WordingPath(BaseModel):
    """Which version."""

    wording_id: Id


class WordingsQuery(BaseModel, extra="forbid"):
    """A page of versions, the newest first."""

    state: Literal["waiting", "approved", "refused"] | None = None
    outcome: _Outcome | None = None
    cursor: Annotated[str | None, Field(max_length=36)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class WordingIn(Contract):
    """The next version; an empty policy is any, an empty text ends what is in force."""

    outcome: _Outcome
    policy: str = Field("", max_length=POLICY_MAX)
    text: str = Field(max_length=TEXT_MAX, pattern=r"^[^\x00]*$")
    reason: Reason


class DecideWordingIn(Contract):
    """Approval or refusal."""

    approve: bool
    reason: Reason


class WordingAnswer(BaseModel):
    """One version."""

    id: str
    outcome: str
    policy: str
    version: int
    text: str
    state: str
    reason: str
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decided_reason: str | None


class WordingPage(BaseModel):
    """A page of versions."""

    items: list[WordingAnswer]
    next_cursor: str | None


@blueprint.get("", summary="Versions of wordings", responses={200: WordingPage})
def list_wordings(query: WordingsQuery) -> Response:
    """Of all outcomes and policies; the approved one with the highest version is in force."""
    caller(Scope.CASES)
    with parts().db.read() as session:
        found = wordings.listed(
            session, state=query.state, outcome=query.outcome, before=query.cursor, limit=query.limit + 1
        )
    page = found[: query.limit]
    more = page[-1].id if len(found) > query.limit else None
    return _json({"items": [_answer(row) for row in page], "next_cursor": more})


@blueprint.post("", summary="Propose the next version", responses={200: WordingAnswer})
@answered_once
def propose(body: WordingIn) -> Response:
    """It waits for a second person."""
    by = caller(Scope.CASES)
    return _json(_answer(propose_wording(parts(), **body.model_dump(), caller=by, now=parts().now())))


@blueprint.post("/<string:wording_id>/decide", summary="Approve or refuse", responses={200: WordingAnswer})
@answered_once
def decide(path: WordingPath, body: DecideWordingIn) -> Response:
    """By somebody else than its author; the next decision uses it."""
    by = caller(Scope.CASES)
    row = decide_wording(
        parts(), path.wording_id, approve=body.approve, reason=body.reason, caller=by, now=parts().now()
    )
    return _json(_answer(row))


def _answer(row: Wording) -> dict[str, object]:
    return {name: getattr(row, name) for name in WordingAnswer.model_fields}


def _json(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

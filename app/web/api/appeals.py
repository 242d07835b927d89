"""Appeals over HTTP: offering the link, the merchant's side of it (the link is the key), and deciding."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.flows.appeal_case import decide_appeal, file_appeal, offer_appeal
from app.flows.keep_wordings import wording_of
from app.models import Appeal, Case
from app.review import appeals
from app.review.appeals import FILES_MAX, TEXT_MAX, Sent
from app.values.access import Scope
from app.web.api.cases import CasePath, case_answers
from app.web.auth import answered_once, caller, parts
from app.web.case_answers import CaseAnswer
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Reason

blueprint = APIBlueprint(
    "appeals",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="appeals", description="申诉 · contesting a decision")],
    abp_responses=PROBLEMS,
)


class OfferedAnswer(BaseModel):
    """A link for the merchant; whoever has it can contest this one case until it expires."""

    appeal_id: str
    case_id: str
    url: str
    expires_at: str


class TokenPath(BaseModel):
    """What stands in the link."""

    token: str = Field(max_length=200)


class FileIn(Contract):
    """A file: PDF, JPEG or PNG."""

    name: str = Field(min_length=1, max_length=255)
    content_base64: str = Field(min_length=4, max_length=2**25)


class AppealIn(Contract):
    """Why the decision is wrong."""

    text: str = Field(min_length=1, max_length=TEXT_MAX)
    files: list[FileIn] = Field(default_factory=list, max_length=FILES_MAX)


class AppealAnswer(BaseModel):
    """How an appeal stands, for the merchant; what was written is not said again."""

    appeal_id: str
    state: Literal["offered", "filed", "upheld", "overturned"]
    decision: str | None = Field(description="what was decided: label, block or return; after the appeal, what holds")
    decision_reason: str | None
    wording: str | None = Field(description="what else is told with such a decision")
    link_expires_at: str
    filed_at: str | None
    due_at: str | None
    decided_at: str | None
    reason: str | None


class DecideAppealIn(Contract):
    """``upheld`` leaves the decision; ``pass`` and ``label`` take its place."""

    decision: Literal["upheld", "pass", "label"]
    reason: Reason


@blueprint.post(
    "/cases/<string:case_id>/appeals", summary="A link to contest", security=SECURITY, responses={200: OfferedAnswer}
)
@answered_once
def offer(path: CasePath) -> Response:
    """For a case decided against the merchant; asked again, the same link while it works."""
    by = caller(Scope.CASES)
    appeal, url = offer_appeal(parts(), path.case_id, caller=by, now=parts().now())
    said = {"appeal_id": appeal.id, "case_id": appeal.case_id, "url": url, "expires_at": appeal.link_expires_at}
    return Response(orjson.dumps(said), content_type="application/json")


@blueprint.get("/appeals/<string:token>", summary="How an appeal stands", responses={200: AppealAnswer})
def show(path: TokenPath) -> Response:
    """Needs no key: the token is one."""
    now = parts().now()
    with parts().db.read() as session:
        appeal = appeals.open_token(session, path.token, key=parts().keyring.appeals, now=now)
        return _answer(session, appeal)


@blueprint.post("/appeals/<string:token>", summary="Contest", responses={200: AppealAnswer})
def contest(path: TokenPath, body: AppealIn) -> Response:
    """Once; needs no key: the token is one."""
    files = [
        Sent(each.name, decoded(f"files.{number}.content_base64", each.content_base64))
        for number, each in enumerate(body.files)
    ]
    appeal = file_appeal(parts(), path.token, text=body.text, files=files, now=parts().now())
    with parts().db.read() as session:
        return _answer(session, appeal)


@blueprint.post(
    "/cases/<string:case_id>/appeal/decide", summary="Decide an appeal", security=SECURITY, responses={200: CaseAnswer}
)
@answered_once
def decide(path: CasePath, body: DecideAppealIn) -> Response:
    """By somebody who had no say in the decision; overturning ends its precedents and takes its strikes back."""
    by = caller(Scope.CASES)
    outcome = None if body.decision == "upheld" else body.decision
    case = decide_appeal(parts(), path.case_id, outcome=outcome, reason=body.reason, caller=by, now=parts().now())
    with parts().db.read() as session:
        answer = case_answers(session, [case])[0]
    return Response(orjson.dumps(answer), content_type="application/json")


def _answer(session: Session, appeal: Appeal) -> Response:
    case = session.get_one(Case, appeal.case_id)
    wording = wording_of(session, case)
    when = {name: getattr(appeal, name) for name in ("link_expires_at", "filed_at", "due_at", "decided_at", "reason")}
    said = {"appeal_id": appeal.id, "state": appeal.state, "decision": case.outcome, "decision_reason": case.reason}
    said["wording"] = None if wording is None else wording.text
    return Response(orjson.dumps(said | when), content_type="application/json")


def decoded(field: str, content: str) -> bytes:
    """Bytes of base64; raises InvalidInput naming the field."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        problem = Problem(field, "is not base64", "RFC 4648, padded")
        raise InvalidInput("a file cannot be read", problems=[problem]) from None

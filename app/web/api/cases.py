"""Cases over HTTP, for other tools: the queue, one case, and deciding it."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.flows.decide_case import decide_case
from app.models import Case, Content, Deadline, Screening
from app.review import cases
from app.values.access import Scope
from app.web.answers import CaseAnswer, CasePage
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schemas import DecideIn, Id

blueprint = APIBlueprint(
    "cases",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="cases", description="案件 · the review queue")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class CasePath(BaseModel):
    """Which case."""

    case_id: Id


class CaseQuery(BaseModel, extra="forbid"):
    """A page of the queue, oldest due first."""

    state: Literal["open", "decided", "superseded"] | None = None
    cursor: str | None = Field(None, max_length=200)
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("/cases", summary="The queue", responses={200: CasePage})
def list_cases(query: CaseQuery) -> Response:
    """Cases of the key's shops, by due time."""
    by = caller(Scope.CASES)
    after = read_cursor(query.cursor)
    with parts().db.read() as session:
        found = cases.listed(session, caller=by, state=query.state, after=after, limit=query.limit + 1)
        page = found[: query.limit]
        items = case_answers(session, page)
    more = write_cursor(page[-1]) if len(found) > query.limit else None
    return Response(orjson.dumps({"items": items, "next_cursor": more}), content_type="application/json")


@blueprint.get("/cases/<string:case_id>", summary="One case", responses={200: CaseAnswer})
def get_case(path: CasePath) -> Response:
    """One case of the key's shops."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        answer = case_answers(session, [cases.find(session, path.case_id, caller=by)])[0]
    return Response(orjson.dumps(answer), content_type="application/json")


@blueprint.post("/cases/<string:case_id>/decide", summary="Decide a case", responses={200: CaseAnswer})
@answered_once
def decide(path: CasePath, body: DecideIn) -> Response:
    """Close the case; the content's outcome follows and webhooks are told."""
    by = caller(Scope.CASES)
    now = parts().now()
    decide_case(parts(), path.case_id, outcome=body.decision, reason=body.reason, caller=by, now=now)
    with parts().db.read() as session:
        answer = case_answers(session, [cases.find(session, path.case_id, caller=by)])[0]
    return Response(orjson.dumps(answer), content_type="application/json")


def case_answers(session: Session, found: list[Case]) -> list[dict[str, Any]]:
    """Cases as plain data, with the excerpt of what was screened."""
    wanted = [case.screening_id for case in found]
    texts = _by_id(session, select(Screening.id, Screening.excerpt).where(Screening.id.in_(wanted)))
    owners = [case.content_pk for case in found]
    names = _by_id(session, select(Content.id, Content.content_id).where(Content.id.in_(owners)))
    columns = ("id", "shop_id", "screening_id", "state", "decision", "category", "severity", "summary", "opened_at")
    about = ("subject_type", "subject")
    later = ("due_at", "outcome", "reason", "decided_by", "decided_at")
    return [
        {name: getattr(case, name) for name in (*columns, *about, *later)}
        | {"excerpt": texts.get(case.screening_id or ""), "content_id": names.get(case.content_pk or "")}
        for case in found
    ]


def _by_id(session: Session, pairs: Select[str, str]) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(pairs)}


def write_cursor(case: Case | Deadline) -> str:
    """Where the next page begins, opaque to the caller."""
    return base64.urlsafe_b64encode(f"{case.due_at.isoformat()} {case.id}".encode()).decode()


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The last seen (due_at, id); raises InvalidInput for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        due_at, _, case_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        instant = datetime.fromisoformat(due_at)
    except (binascii.Error, UnicodeError, ValueError):
        instant, case_id = None, ""
    if instant is None or instant.tzinfo is None or not case_id:
        problem = Problem("cursor", "is none of ours", "next_cursor of the page before")
        raise InvalidInput("the cursor is wrong", problems=[problem])
    return instant, case_id

"""Cases over HTTP, for other tools: the queue, one case, and deciding it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.flows.decide_case import decide_case
from app.models import Case, Content, Deadline, Screening, Wording
from app.review import blindness, cases, second_reviews, wordings
from app.review.cases import STATES, Said
from app.values.access import Scope
from app.web import cursors
from app.web.auth import answered_once, caller, parts
from app.web.case_answers import CaseAnswer, CasePage
from app.web.cursors import read_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id
from app.web.schemas import DecideIn

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
    """A page of the queue, oldest due first. `open` are also those somebody has taken."""

    state: Literal[*STATES] | None = None  # type: ignore[valid-type]
    queue: Literal["content", "orders", "senior"] | None = None
    category: str | None = Field(None, max_length=64)
    shop_id: str | None = Field(None, max_length=128)
    severity: int | None = Field(None, ge=1, le=5)
    assigned_to: str | None = Field(None, max_length=128)
    claimed_by: str | None = Field(None, max_length=128)
    cursor: str | None = Field(None, max_length=200)
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("/cases", summary="The queue", responses={200: CasePage})
def list_cases(query: CaseQuery) -> Response:
    """Cases of the key's shops, by due time."""
    by = caller(Scope.CASES)
    after = read_cursor(query.cursor)
    with parts().db.read() as session:
        about = query.model_dump(exclude={"state", "cursor", "limit"}, exclude_none=True)
        found = cases.listed(session, caller=by, state=query.state, after=after, limit=query.limit + 1, about=about)
        page = found[: query.limit]
        blind = second_reviews.blind_cases(session, by)
        items = [_blinded(each) if each["id"] in blind else each for each in case_answers(session, page)]
        if query.state in blindness.TELLING:
            items = [each for each in items if each["id"] not in blind]
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
    said = Said(body.decision, body.reason, body.policy, body.suggestion, body.stamp)
    decide_case(parts(), path.case_id, said, caller=by, now=now)
    with parts().db.read() as session:
        answer = case_answers(session, [cases.find(session, path.case_id, caller=by)])[0]
    return Response(orjson.dumps(answer), content_type="application/json")


_KEPT_BACK = (
    "outcome",
    "policy",
    "reason",
    "suggestion",
    "wording",
    "decided_by",
    "decided_at",
    "first_by",
    "first_at",
)


def _blinded(answer: dict[str, Any]) -> dict[str, Any]:
    """A case that the caller reviews blind, without its first decision."""
    return answer | dict.fromkeys(_KEPT_BACK) | {"state": "decided"}


def case_answers(session: Session, found: list[Case]) -> list[dict[str, Any]]:
    """Cases as plain data, with the excerpt of what was screened."""
    wanted = [case.screening_id for case in found]
    texts = _by_id(session, select(Screening.id, Screening.excerpt).where(Screening.id.in_(wanted)))
    owners = [case.content_pk for case in found]
    names = _by_id(session, select(Content.id, Content.content_id).where(Content.id.in_(owners)))
    columns = ("id", "shop_id", "screening_id", "state", "decision", "category", "severity", "summary", "opened_at")
    about = ("subject_type", "subject")
    later = ("due_at", "outcome", "policy", "reason", "suggestion", "decided_by", "decided_at")
    work = ("queue", "size", "stamp", "author_id", "amount_fen", "assigned_to", "held_until", "first_by", "first_at")
    used = [case.wording_id for case in found if case.wording_id]
    told = {row.id: wordings.told(row) for row in session.scalars(select(Wording).where(Wording.id.in_(used)))}
    now = parts().now()
    return [
        {name: getattr(case, name) for name in (*columns, *about, *later, *work)}
        | {"wording": told.get(case.wording_id or "")}
        | {"excerpt": texts.get(case.screening_id or ""), "content_id": names.get(case.content_pk or "")}
        | claim_answer(case, now)
        for case in found
    ]


def claim_answer(case: Case, now: datetime) -> dict[str, Any]:
    """Who has the case; a claim that has timed out is none."""
    if not cases.is_claimed(case, now):
        return {"claimed_by": None, "claimed_until": None}
    state = {"state": "claimed"} if case.state == "open" else {}
    return {"claimed_by": case.claimed_by, "claimed_until": case.claimed_until, **state}


def _by_id(session: Session, pairs: Select[str, str]) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(pairs)}


def write_cursor(case: Case | Deadline) -> str:
    """Where the next page begins, opaque to the caller."""
    return cursors.write_cursor(case.due_at, case.id)

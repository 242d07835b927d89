"""Reviewers over HTTP: who is set up, how far they agree with officers, where they do not, and a case's opinions."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.heard_opinions import heard_of_case, reviewers_told
from app.review import ai_agreement, cases, second_reviews
from app.values.access import Scope
from app.web.auth import caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id, ShopId

blueprint = APIBlueprint(
    "reviewers",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="reviewers", description="机审 · reviewers before the person")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class TallyAnswer(BaseModel):
    """Opinions against officers' decisions; shares are null where there is nothing to divide by."""

    decided: int
    opinions: int
    abstained: int
    both_objected: int
    reviewer_only: int
    officer_only: int
    both_let: int
    coverage_bp: int | None
    agreement_bp: int | None
    precision_bp: int | None
    recall_bp: int | None
    kappa_bp: int | None


class ReviewerAnswer(BaseModel):
    """One reviewer. ``rests``: it failed too often and is left alone; ``answers`` are counted by what came of them."""

    reviewer: str
    title: str
    is_set_up: bool
    is_advice: bool
    rests: bool
    answers: dict[str, int]
    agreement: TallyAnswer
    blind: TallyAnswer


class LinearModelAnswer(BaseModel):
    """The trained model in use, with its trial."""

    model_id: str
    trained_at: str
    used_at: str
    used_by: str
    reason: str
    report: dict[str, Any]


class ReviewersAnswer(BaseModel):
    """All reviewers over a span of time."""

    start_at: str
    end_at: str
    items: list[ReviewerAnswer]
    model: LinearModelAnswer | None


class DisagreementAnswer(BaseModel):
    """A content a reviewer and an officer judged otherwise."""

    case_id: str
    shop_id: str
    category: str
    reviewer: str
    verdict: Literal["pass", "label", "review", "block"]
    score_bp: int
    reason: str
    outcome: Literal["pass", "label", "block", "return"]
    decided_at: str


class DisagreementPage(BaseModel):
    """A page of them, the newest first."""

    items: list[DisagreementAnswer]
    next_cursor: str | None


class PictureHitAnswer(BaseModel):
    """A listed word in what was read; ``start`` and ``end`` count code points of the line."""

    start: int
    end: int
    word: str
    category: str
    verdict: str
    source: str


class PictureLineAnswer(BaseModel):
    """A line read in the content's picture of that number (0 is the first), personal data starred."""

    picture: int
    text: str
    score_bp: int
    hits: list[PictureHitAnswer]


class HeardAnswer(BaseModel):
    """What one reviewer said of a case's content; ``why`` is set where it abstained."""

    reviewer: str
    title: str
    state: Literal["given", "abstained", "awaited"]
    verdict: Literal["pass", "label", "review", "block"] | None
    score_bp: int | None
    reason: str
    why: str | None
    is_advice: bool
    is_repeated: bool
    read: list[PictureLineAnswer]
    asked_at: str
    answered_at: str | None


class CaseOpinionsAnswer(BaseModel):
    """A case's opinions; none while the case ``is_blind`` and not decided."""

    case_id: str
    is_blind: bool
    items: list[HeardAnswer]


class SpanQuery(BaseModel, extra="forbid"):
    """Over which days up to now, and whose."""

    days: Annotated[int, Field(ge=1, le=731)] = 30
    shop_id: ShopId | None = None


class DisagreementQuery(BaseModel, extra="forbid"):
    """A page of disagreements."""

    reviewer: Id | None = None
    shop_id: ShopId | None = None
    cursor: Annotated[str | None, Field(max_length=700)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class OpinionsPath(BaseModel):
    """Which case."""

    case_id: Id


@blueprint.get("/reviewers", summary="Reviewers", responses={200: ReviewersAnswer})
def list_reviewers(query: SpanQuery) -> Response:
    """Every reviewer that is set up or was, with how far it agreed with officers; and the trained model in use."""
    by, own = caller(Scope.CASES), parts()
    if query.shop_id is not None:
        by.require_shop(query.shop_id)
    with own.db.read() as session:
        return _json(reviewers_told(own, session, caller=by, days=query.days, shop_id=query.shop_id, now=own.now()))


@blueprint.get(
    "/reviewers.csv",
    summary="Agreement as a table",
    responses={200: {"description": "The table", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def table(query: SpanQuery) -> Response:
    """The agreement of reviewers with officers as CSV: a line a reviewer, over all cases and over blind ones."""
    by, own = caller(Scope.CASES), parts()
    if query.shop_id is not None:
        by.require_shop(query.shop_id)
    now = own.now()
    with own.db.read() as session:
        found = ai_agreement.agreement(
            session,
            caller=by,
            since=now - timedelta(days=query.days),
            until=now,
            is_blind=own.review_settings.is_blind,
            shop_id=query.shop_id,
        )
    return Response(ai_agreement.as_csv(found.items()), content_type="text/csv; charset=utf-8")


@blueprint.get("/reviewers/disagreements", summary="Disagreements", responses={200: DisagreementPage})
def list_disagreements(query: DisagreementQuery) -> Response:
    """Contents that a reviewer and an officer judged otherwise, the newest first.

    A case that this person reviews blind is left out until it is decided.
    """
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        found = ai_agreement.disagreements(
            session,
            caller=by,
            limit=query.limit + 1,
            reviewer=query.reviewer,
            shop_id=query.shop_id,
            after=read_cursor(query.cursor),
            without=second_reviews.blind_cases(session, by),
        )
    page = found[: query.limit]
    more = None
    if len(found) > query.limit and page[-1].case.decided_at is not None:
        more = write_cursor(page[-1].case.decided_at, page[-1].opinion.id)
    return _json({"items": [each.answer() for each in page], "next_cursor": more})


@blueprint.get("/cases/<string:case_id>/opinions", summary="A case's opinions", responses={200: CaseOpinionsAnswer})
def case_opinions(path: OpinionsPath) -> Response:
    """What reviewers said of the case's content; a blind case says nothing before it is decided."""
    by, own = caller(Scope.CASES), parts()
    with own.db.read() as session:
        heard = heard_of_case(own, session, cases.find(session, path.case_id, caller=by))
    items = [each.answer() for each in heard.items]
    return _json({"case_id": path.case_id, "is_blind": heard.is_blind, "items": items})


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

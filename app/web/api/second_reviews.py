"""Second reviews and gold cases over HTTP: agreement, the next one blind, deciding, resolving, marking, results."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows import second_review, train_officer
from app.flows.agreement_file import agreement_csv
from app.models import Case, Screening, SecondReview
from app.review import gold, second_reviews
from app.values.access import Scope
from app.web.api.cases import CasePath
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Reason

blueprint = APIBlueprint(
    "second_reviews",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="quality", description="抽检 · second reviews, agreement, gold cases")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_Outcome = Literal["pass", "label", "return", "block"]


class ReviewPath(BaseModel):
    """Which review."""

    review_id: Id


class ReviewsQuery(BaseModel, extra="forbid"):
    """A page of reviews, the newest first."""

    state: Literal["waiting", "agreed", "disputed", "resolved"] | None = None
    cursor: Annotated[str | None, Field(max_length=36)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AgreementQuery(BaseModel, extra="forbid"):
    """Over how many days, told how."""

    days: int = Field(90, ge=1, le=366)
    format: Literal["json", "csv"] = "json"


class DecideReviewIn(Contract):
    """The second decision."""

    decision: _Outcome
    policy: str | None = Field(None, max_length=100)
    reason: Reason


class ResolveReviewIn(Contract):
    """What is right, what is to be learnt, and whether the case itself follows."""

    decision: _Outcome
    lesson: Reason
    corrects: bool = False


class GoldIn(Contract):
    """Why the decision is right."""

    lesson: Reason


class SecondReviewAnswer(BaseModel):
    """A review. While it waits nothing of the first decision is told."""

    id: str
    case_id: str
    shop_id: str
    queue: str
    category: str
    state: str
    drawn_at: str
    first_by: str | None
    first_outcome: str | None
    second_by: str | None
    second_at: str | None
    second_outcome: str | None
    resolved_by: str | None
    resolved_at: str | None
    resolved_outcome: str | None
    lesson: str | None


class SecondReviewPage(BaseModel):
    """A page of reviews."""

    items: list[SecondReviewAnswer]
    next_cursor: str | None
    waiting: int = Field(description="how many wait for a second decision, up to 1,000")


class BlindAnswer(BaseModel):
    """The review that was taken, with what the case is about; null when none is left."""

    review: SecondReviewAnswer | None
    summary: str | None
    excerpt: str | None


class OfficersAgreementAnswer(BaseModel):
    """Agreement, whole and by officer, category and rule, in basis points with 95 % intervals."""

    days: int
    all: dict[str, Any] | None
    officers: dict[str, Any]
    categories: dict[str, Any]
    rules: dict[str, Any]
    drift: dict[str, Any]


class GoldCaseAnswer(BaseModel):
    """A gold case."""

    id: str
    case_id: str
    outcome: str
    lesson: str
    marked_by: str
    marked_at: str


class GoldOverviewAnswer(BaseModel):
    """Gold cases in the training (the newest 100), and how officers did."""

    items: list[GoldCaseAnswer]
    results: dict[str, dict[str, int]]


@blueprint.get("/second-reviews", summary="Second reviews", responses={200: SecondReviewPage})
def list_reviews(query: ReviewsQuery) -> Response:
    """Reviews of the key's shops; of those that wait only the ones this person has taken, and how many there are."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        found = second_reviews.listed(session, caller=by, state=query.state, before=query.cursor, limit=query.limit + 1)
        waiting = second_review.reviews_waiting(session, caller=by)
    page = found[: query.limit]
    more = page[-1].id if len(found) > query.limit else None
    return _json({"items": [_review(row) for row in page], "next_cursor": more, "waiting": waiting})


@blueprint.get("/second-reviews/agreement", summary="How far officers agree", responses={200: OfficersAgreementAnswer})
def agreement(query: AgreementQuery) -> Response:
    """Cohen's κ and the share of agreement of first and second decisions, by first officer, category and rule."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        since = parts().now() - timedelta(days=query.days)
        found = second_reviews.agreement(session, caller=by, since=since)
        drift = second_review.drift_of(parts(), session)
    if query.format == "csv":
        head = {"Content-Disposition": 'attachment; filename="second-reviews.csv"'}
        return Response(agreement_csv(found), content_type="text/csv; charset=utf-8", headers=head)
    whole = found["all"].get("")
    named = {"officers": "officer", "categories": "category", "rules": "rule"}
    said = {name: {key: asdict(each) for key, each in found[group].items()} for name, group in named.items()}
    return _json({"days": query.days, "all": whole and asdict(whole), **said, "drift": asdict(drift)})


@blueprint.post("/second-reviews/next", summary="Take the next review", responses={200: BlindAnswer})
@answered_once
def take_next() -> Response:
    """The oldest one of a case this key had no hand in; what was decided first is kept back."""
    by = caller(Scope.CASES)
    row = second_review.take_review(parts(), caller=by, now=parts().now())
    if row is None:
        return _json({"review": None, "summary": None, "excerpt": None})
    with parts().db.read() as session:
        case = session.get_one(Case, row.case_id)
        screening = session.get(Screening, case.screening_id) if case.screening_id else None
    excerpt = None if screening is None else screening.excerpt
    return _json({"review": _review(row), "summary": case.summary, "excerpt": excerpt})


@blueprint.post(
    "/second-reviews/<string:review_id>/decide", summary="Decide a second time", responses={200: SecondReviewAnswer}
)
@answered_once
def decide(path: ReviewPath, body: DecideReviewIn) -> Response:
    """The answer tells the first decision; where the two differ, a third person resolves."""
    by = caller(Scope.CASES)
    said: dict[str, Any] = {"outcome": body.decision, "policy": body.policy, "reason": body.reason}
    row = second_review.say_review(parts(), path.review_id, **said, caller=by, now=parts().now())
    return _json(_review(row))


@blueprint.post(
    "/second-reviews/<string:review_id>/give-up", summary="Give a review up", responses={200: SecondReviewAnswer}
)
@answered_once
def give_up(path: ReviewPath) -> Response:
    """The case may be looked at again, and the review is somebody else's; it is never offered again to this person."""
    by = caller(Scope.CASES)
    return _json(_review(second_review.give_up_review(parts(), path.review_id, caller=by, now=parts().now())))


@blueprint.post(
    "/second-reviews/<string:review_id>/resolve", summary="Resolve a disagreement", responses={200: SecondReviewAnswer}
)
@answered_once
def resolve(path: ReviewPath, body: ResolveReviewIn) -> Response:
    """By somebody who gave neither decision; it becomes a teaching case, and with `corrects` the case follows."""
    by = caller(Scope.CASES)
    said: dict[str, Any] = {"outcome": body.decision, "lesson": body.lesson, "corrects": body.corrects}
    row = second_review.resolve_review(parts(), path.review_id, **said, caller=by, now=parts().now())
    return _json(_review(row))


@blueprint.post("/cases/<string:case_id>/gold", summary="Make a case gold", responses={200: GoldCaseAnswer})
@answered_once
def mark_gold(path: CasePath, body: GoldIn) -> Response:
    """A decided case whose decision is beyond doubt, for officers to train on."""
    by = caller(Scope.CASES)
    row = train_officer.mark_gold(parts(), path.case_id, lesson=body.lesson, caller=by, now=parts().now())
    return _json({name: getattr(row, name) for name in GoldCaseAnswer.model_fields})


@blueprint.get("/gold-cases", summary="Gold cases and results", responses={200: GoldOverviewAnswer})
def list_gold() -> Response:
    """What officers train on, and how they did."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        found, told = gold.listed(session, caller=by), gold.results(session)
    items = [{name: getattr(row, name) for name in GoldCaseAnswer.model_fields} for row in found]
    results = {officer: {"answered": times, "right": right} for officer, (times, right) in told.items()}
    return _json({"items": items, "results": results})


def _review(row: SecondReview) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in SecondReviewAnswer.model_fields}
    return said | ({"first_by": None, "first_outcome": None} if row.state == "waiting" else {})


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

"""Service providers over HTTP: the register, one whole, ratings decided and contested, the badge given and taken."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, Field

from app.flows.decide_rating import appeal_rating, decide_appeal, decide_rating
from app.flows.grant_badge import grant_badge, withdraw_badge
from app.providers import appeals, ratings, register
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, read_pair, write_cursor, write_pair
from app.web.docs import PROBLEMS, SECURITY
from app.web.partner_answers import (
    AppealPage,
    BadgeAnswer,
    ProviderAnswer,
    ProviderPage,
    RatingAnswer,
    RatingAppealAnswer,
    appeal_answer,
    badge_answer,
    rating_answer,
)
from app.web.schema_fields import Contract, Id, Reason, ShopId, starred

blueprint = APIBlueprint(
    "providers",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="providers", description="服务商 · service providers, ratings and badges")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
Limit = Annotated[int, Field(ge=1, le=200)]
Evidence = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S"), AfterValidator(starred)]


class ProviderPath(BaseModel):
    """Which provider, by the shop's own id."""

    provider_id: Id


class RatingPath(BaseModel):
    """Which rating."""

    rating_id: Id


class AppealPath(BaseModel):
    """Which appeal."""

    appeal_id: Id


class ProviderQuery(BaseModel, extra="forbid"):
    """Which shop's, where several shops use the same id."""

    shop_id: ShopId | None = None


class ProvidersQuery(BaseModel, extra="forbid"):
    """A page of providers, by shop and id."""

    shop_id: ShopId | None = None
    provider_type: Literal["technology", "training", "operation", "warehouse", "other"] | None = None
    cursor: Annotated[str | None, Field(max_length=700)] = None
    limit: Limit = 50


class AppealsQuery(BaseModel, extra="forbid"):
    """A page of appeals, the next due first."""

    state: Literal["waiting", "upheld", "dismissed"] | None = None
    cursor: Annotated[str | None, Field(max_length=300)] = None
    limit: Limit = 50


class DecideRatingIn(Contract):
    """Whether a held rating may hold."""

    approve: bool
    reason: Reason


class AppealIn(Contract):
    """What a provider says against a rating, and where its evidence is."""

    text: Reason
    evidence_ref: Evidence | None = None


class DecideAppealIn(Contract):
    """Whether an appeal is right: then the rating is revoked."""

    uphold: bool
    reason: Reason


class BadgeIn(Contract):
    """The badge is given or taken away."""

    action: Literal["grant", "withdraw"]
    shop_id: ShopId | None = None
    paid: bool = False
    auctioned: bool = False
    reason: Reason


@blueprint.get("/providers", summary="Service providers", responses={200: ProviderPage})
def list_providers(query: ProvidersQuery) -> Response:
    """Providers of the key's shops with the ratings that hold."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        found = register.listed(
            session,
            caller=by,
            shop_id=query.shop_id,
            provider_type=query.provider_type,
            after=read_pair(query.cursor),
            limit=query.limit + 1,
        )
    page = found[: query.limit]
    more = write_pair(page[-1].row.shop_id, page[-1].row.subject) if len(found) > query.limit else None
    return _json({"items": [each.answer() for each in page], "next_cursor": more})


@blueprint.get("/providers/<path:provider_id>", summary="One service provider", responses={200: ProviderAnswer})
def get_provider(path: ProviderPath, query: ProviderQuery) -> Response:
    """A provider with its ratings, badges and appeals."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        found = register.find(session, path.provider_id, caller=by, shop_id=query.shop_id)
        shop_id, provider_id = found.row.shop_id, found.row.subject
        told = {
            "ratings": [rating_answer(row) for row in ratings.history(session, shop_id, provider_id)],
            "badges": [badge_answer(row) for row in register.badges(session, shop_id, provider_id)],
            "appeals": [
                appeal_answer(row)
                for row in appeals.listed(session, caller=by, provider_id=provider_id, shop_id=shop_id)
            ],
        }
    return _json(found.answer() | told)


@blueprint.post("/providers/<path:provider_id>/badge", summary="The badge 优选标识", responses={200: BadgeAnswer})
@answered_once
def badge(path: ProviderPath, body: BadgeIn) -> Response:
    """Give the badge where every rule lets it, or take it away."""
    by, now = caller(Scope.CASES), parts().now()
    said: dict[str, Any] = {"shop_id": body.shop_id, "reason": body.reason}
    if body.action == "withdraw":
        return _json(badge_answer(withdraw_badge(parts(), path.provider_id, **said, caller=by, now=now)))
    given: dict[str, Any] = {"paid": body.paid, "auctioned": body.auctioned}
    return _json(badge_answer(grant_badge(parts(), path.provider_id, **said, **given, caller=by, now=now)))


@blueprint.post("/provider-ratings/<string:rating_id>/decide", summary="Decide a rating", responses={200: RatingAnswer})
@answered_once
def decide(path: RatingPath, body: DecideRatingIn) -> Response:
    """Let a held rating hold, or refuse it; never by whoever made it."""
    by, own = caller(Scope.CASES), parts()
    row = decide_rating(own, path.rating_id, approve=body.approve, reason=body.reason, caller=by, now=own.now())
    return _json(rating_answer(row))


@blueprint.post("/provider-ratings/<string:rating_id>/appeal", summary="Appeal", responses={201: RatingAppealAnswer})
@answered_once
def appeal(path: RatingPath, body: AppealIn) -> Response:
    """Contest a rating, in time and once."""
    by, own = caller(Scope.CASES), parts()
    said: dict[str, Any] = {"text": body.text, "evidence_ref": body.evidence_ref}
    return _json(appeal_answer(appeal_rating(own, path.rating_id, **said, caller=by, now=own.now())), status=201)


@blueprint.get("/provider-appeals", summary="Appeals", responses={200: AppealPage})
def list_appeals(query: AppealsQuery) -> Response:
    """Appeals of the key's shops."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        after, limit = read_cursor(query.cursor), query.limit + 1
        found = appeals.listed(session, caller=by, state=query.state, after=after, limit=limit)
    page = found[: query.limit]
    more = write_cursor(page[-1].due_at, page[-1].id) if len(found) > query.limit else None
    return _json({"items": [appeal_answer(row) for row in page], "next_cursor": more})


@blueprint.post(
    "/provider-appeals/<string:appeal_id>/decide", summary="Hear an appeal", responses={200: RatingAppealAnswer}
)
@answered_once
def hear(path: AppealPath, body: DecideAppealIn) -> Response:
    """Uphold an appeal, and the rating is revoked, or dismiss it; never by whoever rated or asked."""
    by, own = caller(Scope.CASES), parts()
    row = decide_appeal(own, path.appeal_id, uphold=body.uphold, reason=body.reason, caller=by, now=own.now())
    return _json(appeal_answer(row))


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

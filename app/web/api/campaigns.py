"""Campaigns over HTTP: the list, one whole, a check before the start, and what another threshold would change."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.campaigns import rows
from app.flows.check_campaign import check_campaign
from app.flows.show_campaigns import as_csv, list_campaigns, show_campaign
from app.flows.what_if_campaigns import Change, what_if_campaigns
from app.values.access import Scope
from app.web.auth import caller, parts
from app.web.campaign_answers import (
    CampaignAnswer,
    CampaignCheckAnswer,
    CampaignCheckIn,
    CampaignPage,
    CampaignWhatIfAnswer,
    CampaignWhatIfIn,
)
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id, ShopId

TABLE_MAX = 10_000
blueprint = APIBlueprint(
    "campaigns",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="campaigns", description="营销活动 · campaigns before and while they run")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class CampaignPath(BaseModel):
    """Which campaign, by the shop's own id."""

    campaign_id: Id


class CampaignQuery(BaseModel, extra="forbid"):
    """Which shop's, where several shops use the same id."""

    shop_id: ShopId | None = None


class TableQuery(BaseModel, extra="forbid"):
    """Which campaigns."""

    shop_id: ShopId | None = None
    type: Annotated[str | None, Field(max_length=32)] = None
    state: Literal["planned", "running", "ended"] | None = None


class CampaignsQuery(TableQuery):
    """A page of campaigns, the newest first."""

    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@blueprint.get("/campaigns", summary="Campaigns", responses={200: CampaignPage})
def list_all(query: CampaignsQuery) -> Response:
    """Campaigns of the key's shops, each with its state and what the rules say of it now."""
    by, own = caller(Scope.EVENTS), parts()
    wanted = rows.Wanted(own.now(), query.shop_id, query.type, query.state)
    after = read_cursor(query.cursor)
    with own.db.read() as session:
        found = list_campaigns(session, own.live.current, wanted, caller=by, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    more = None
    if len(found) > query.limit and (last := page[-1][0]).created_at is not None:
        more = write_cursor(last.created_at, last.id)
    return _json({"items": [answer for _, answer in page], "next_cursor": more})


@blueprint.get(
    "/campaigns.csv",
    summary="Campaigns as a table",
    responses={200: {"description": "The table", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def table(query: TableQuery) -> Response:
    """Campaigns of the key's shops as CSV, the newest 10,000, with rules and reasons."""
    by, own = caller(Scope.EVENTS), parts()
    wanted = rows.Wanted(own.now(), query.shop_id, query.type, query.state)
    with own.db.read() as session:
        found = list_campaigns(session, own.live.current, wanted, caller=by, limit=TABLE_MAX)
    return Response(as_csv(answer for _, answer in found), content_type="text/csv; charset=utf-8")


@blueprint.post("/campaigns/check", summary="Check a campaign", responses={200: CampaignCheckAnswer})
def check(body: CampaignCheckIn) -> Response:
    """Judge a whole campaign before it starts; what the service knows of the shop is worked out, nothing is stored."""
    by, own = caller(Scope.EVENTS), parts()
    by.require_shop(body.shop_id)
    document = body.model_dump(exclude_none=True, exclude={"now"})
    with own.db.read() as session:
        return _json(check_campaign(own.live.current, document, now=body.now or own.now(), session=session))


@blueprint.post("/campaigns/what-if", summary="Another threshold", responses={200: CampaignWhatIfAnswer})
def what_if(body: CampaignWhatIfIn) -> Response:
    """Judge the period's campaigns again with some parameters changed, and count what would come out differently."""
    by, own = caller(Scope.RULES), parts()
    by.require(Scope.EVENTS)
    shop_ids = None if body.shop_ids is None else tuple(sorted(set(body.shop_ids)))
    return _json(what_if_campaigns(own, Change(body.parameters, body.from_at, body.to_at, shop_ids), caller=by))


@blueprint.get("/campaigns/<path:campaign_id>", summary="One campaign, whole", responses={200: CampaignAnswer})
def get_one(path: CampaignPath, query: CampaignQuery) -> Response:
    """The campaign as it stands, its coupons and contests, every judgement, its figures now and by day."""
    by, own = caller(Scope.EVENTS), parts()
    with own.db.read() as session:
        answer = show_campaign(
            session, own.live.current, path.campaign_id, shop_id=query.shop_id, caller=by, now=own.now()
        )
    return _json(answer)


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), content_type="application/json")

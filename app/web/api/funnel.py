"""The funnel over HTTP: steps from the public feed to a deal, and the share of own channels by month."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.show_funnel import funnel_csv, funnel_report, span_of
from app.values.access import Scope
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import QueryInstant, ShopId
from app.web.segment_answers import FunnelAnswer

blueprint = APIBlueprint(
    "funnel",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="funnel", description="私域漏斗 · from the public feed to a deal")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class FunnelQuery(BaseModel, extra="forbid"):
    """Of which shop, over which span (default: the last 30 days), with how many months."""

    shop_id: ShopId
    from_at: QueryInstant | None = None
    to_at: QueryInstant | None = None
    months: int = Field(6, ge=1, le=36)
    format: Literal["json", "csv"] = "json"


@blueprint.get("/funnel", summary="The private-domain funnel", responses={200: FunnelAnswer})
def show_funnel(query: FunnelQuery) -> Response:
    """公域获客 → 社群沉淀 → 朋友圈触达 → 小程序成交: people by step, conversion, and GMV of own channels by month."""
    by = caller(Scope.METRICS)
    by.require_shop(query.shop_id)
    span = span_of(query.shop_id, query.from_at, query.to_at, now=parts().now())
    with parts().db.read() as session:
        told = funnel_report(parts(), session, span, months=query.months)
    if query.format == "csv":
        head = {"Content-Disposition": 'attachment; filename="funnel.csv"'}
        return Response("\ufeff" + funnel_csv(told), content_type="text/csv; charset=utf-8", headers=head)
    return Response(orjson.dumps(told), content_type="application/json")

"""The dashboard over HTTP: the same figures as on its page, as JSON or one table as CSV."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.count_figures import count_if_stale
from app.flows.show_figures import Wanted, as_csv, figures_report, span_of
from app.values.access import Scope
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.figure_answers import DashboardAnswer
from app.web.schema_fields import QueryInstant, ShopId

blueprint = APIBlueprint(
    "figures",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="figures", description="看板 · volumes, times, quality, money")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_Key = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]


class FiguresQuery(BaseModel, extra="forbid"):
    """Of which span (default: seven days with today), by which step, narrowed to what, told how."""

    from_at: QueryInstant | None = None
    to_at: QueryInstant | None = None
    step: Literal["hour", "day"] | None = None
    shop_id: ShopId | None = None
    category: _Key | None = None
    rule: _Key | None = None
    officer: _Key | None = None
    format: Literal["json", "csv"] = "json"
    table: Literal["series", "totals", "categories", "rules", "officers", "shops"] = "series"


@blueprint.get("/figures", summary="The dashboard's figures", responses={200: DashboardAnswer})
def show_figures(query: FiguresQuery) -> Response:
    """Volumes, automation, time limits, false positives, load, latency, compensation, dispatch: now and before."""
    by, now = caller(Scope.CASES), parts().now()
    span = span_of(query.from_at, query.to_at, query.step, now=now)
    wanted = Wanted(query.shop_id, query.category, query.rule, query.officer)
    count_if_stale(parts(), now=now)
    with parts().db.read() as session:
        report = figures_report(session, span, wanted, caller=by, now=now)
    if query.format == "csv":
        head = {"Content-Disposition": f'attachment; filename="figures-{query.table}.csv"'}
        return Response(as_csv(report, query.table), content_type="text/csv; charset=utf-8", headers=head)
    return Response(orjson.dumps(report), content_type="application/json")

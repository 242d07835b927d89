"""Reports for people who sign and file them: the compliance month (合规月报), as a workbook, on paper or as data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.compliance_month import TITLE, compliance_month
from app.money.workbook import TYPE, as_workbook
from app.values.access import Scope
from app.values.china_days import month_of
from app.web.auth import caller, parts
from app.web.console.report_pdf import TYPE as PDF
from app.web.console.report_pdf import report_pdf
from app.web.console.titles import category_titler
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import ShopId

blueprint = APIBlueprint(
    "reports",
    __name__,
    url_prefix="/v1/reports",
    abp_tags=[Tag(name="reports", description="报表 · reports of a month")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class ComplianceQuery(BaseModel, extra="forbid"):
    """Which month, ``YYYY-MM``, this one when left out; of one shop or all of the key's; and as what."""

    month: Annotated[str, Field(max_length=7)] | None = None
    shop_id: ShopId | None = None
    format: Literal["json", "xlsx", "pdf"] = "json"


class ComplianceMonth(BaseModel):
    """The month as tables."""

    month: str
    shop_id: str | None
    tables: list[dict[str, Any]]


_FILES = {
    "application/json": {"schema": ComplianceMonth.model_json_schema(ref_template="#/components/schemas/{model}")},
    TYPE: {"schema": {"type": "string", "format": "binary"}},
    PDF: {"schema": {"type": "string", "format": "binary"}},
}


@blueprint.get(
    "/compliance", summary="A month of compliance", responses={200: {"description": "The month", "content": _FILES}}
)
def compliance(query: ComplianceQuery) -> Response:
    """合规月报: contents, cases, appeals, notices, evidence, claims, and who looked at personal data."""
    by, now = caller(Scope.CASES), parts().now()
    month = query.month or month_of(now)
    with parts().db.read() as session:
        titled = category_titler(parts(), session) if query.format != "json" else str
        tables = compliance_month(session, month, shop_id=query.shop_id, caller=by, now=now, category_title=titled)
    if query.format == "json":
        told = {"month": month, "shop_id": query.shop_id, "tables": [asdict(each) for each in tables]}
        return Response(orjson.dumps(told), content_type="application/json")
    if query.format == "pdf":
        answer = Response(report_pdf(f"{TITLE} {month}", tables, made_by=by.name, at=now), content_type=PDF)
    else:
        answer = Response(as_workbook(tables), content_type=TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="compliance-{month}.{query.format}"'
    return answer

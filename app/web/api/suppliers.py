"""Suppliers over HTTP: the list with tiers, and one with its history."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.try_supplier_tiers import plain, try_supplier_tiers
from app.suppliers import ranks
from app.suppliers.across import across_shops
from app.values.access import Scope
from app.web.auth import caller, parts
from app.web.cursors import read_pair, write_pair
from app.web.docs import PROBLEMS, SECURITY
from app.web.partner_answers import SupplierAnswer, SupplierPage, rank_answer
from app.web.schema_fields import Id, ShopId
from app.web.supplier_answers import AcrossPage, SupplierWhatIfAnswer, SupplierWhatIfIn

blueprint = APIBlueprint(
    "suppliers",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="suppliers", description="供应商 · suppliers and their tiers")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_OWN = ("name", "serves", "assigned_tier", "assigned_at", "exclusive_line", "daily_capacity_count")


class SupplierPath(BaseModel):
    """Which supplier, by the shop's own id."""

    supplier_id: Id


class SupplierQuery(BaseModel, extra="forbid"):
    """Which shop's, where several shops use the same id."""

    shop_id: ShopId | None = None


class TableQuery(BaseModel, extra="forbid"):
    """Which suppliers; ``none`` are those without a tier."""

    shop_id: ShopId | None = None
    tier: Literal["strategic", "distributor", "local", "none"] | None = None


class SuppliersQuery(TableQuery):
    """A page of suppliers, by shop and id."""

    cursor: Annotated[str | None, Field(max_length=700)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AcrossQuery(BaseModel, extra="forbid"):
    """A page of suppliers over shops, by id."""

    cursor: Annotated[str | None, Field(max_length=700)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@blueprint.get("/suppliers", summary="Suppliers", responses={200: SupplierPage})
def list_suppliers(query: SuppliersQuery) -> Response:
    """Suppliers of the key's shops with their newest rank."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        found = ranks.listed(
            session,
            caller=by,
            shop_id=query.shop_id,
            tier=query.tier,
            after=read_pair(query.cursor),
            limit=query.limit + 1,
        )
    page = found[: query.limit]
    more = write_pair(page[-1].rank.shop_id, page[-1].rank.supplier_id) if len(found) > query.limit else None
    return _json({"items": [each.answer() for each in page], "next_cursor": more})


@blueprint.get(
    "/suppliers.csv",
    summary="Suppliers as a table",
    responses={200: {"description": "The table", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def table(query: TableQuery) -> Response:
    """Suppliers of the key's shops with their newest rank, all of them, as CSV."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        text = "".join(ranks.as_csv(ranks.listed(session, caller=by, shop_id=query.shop_id, tier=query.tier)))
    return Response(text, content_type="text/csv; charset=utf-8")


@blueprint.get("/suppliers-across-shops", summary="Suppliers over all shops", responses={200: AcrossPage})
def list_across(query: AcrossQuery) -> Response:
    """Each supplier once, with its newest figures of all the key's shops added up; the same id is the same supplier."""
    by, after = caller(Scope.EVENTS), read_pair(query.cursor)
    with parts().db.read() as session:
        found = across_shops(session, caller=by, after=after[0] if after else None, limit=query.limit + 1)
    page = found[: query.limit]
    more = write_pair(page[-1].supplier_id, "") if len(found) > query.limit else None
    return _json({"items": [asdict(each) for each in page], "next_cursor": more})


@blueprint.post("/suppliers/what-if", summary="Other numbers of the ranking", responses={200: SupplierWhatIfAnswer})
def what_if(body: SupplierWhatIfIn) -> Response:
    """In which tiers suppliers would be with other numbers, and whose assigned tier would be judged differently."""
    by, own = caller(Scope.EVENTS), parts()
    tried = try_supplier_tiers(own, body.parameters, caller=by, shop_id=body.shop_id, as_of=body.as_of, now=own.now())
    return _json(plain(tried))


@blueprint.get("/suppliers/<path:supplier_id>", summary="One supplier", responses={200: SupplierAnswer})
def get_supplier(path: SupplierPath, query: SupplierQuery) -> Response:
    """A supplier with its ranks of the last 90 rankings."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        rows, own = ranks.history(session, path.supplier_id, caller=by, shop_id=query.shop_id)
    said = {name: getattr(own, name, None) for name in _OWN}
    named = {"shop_id": rows[0].shop_id, "supplier_id": path.supplier_id}
    return _json(named | said | {"ranks": [rank_answer(row) for row in rows]})


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

"""Orders over HTTP: the list, one whole, the deadlines that run, and how alive each shop's feed is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import select

from app import deadlines, feeds
from app.flows.choose_telling import Choice, choose_telling, waiting_things
from app.flows.show_order import find_order, order_answer, show_order
from app.flows.told_events import deadline_answer
from app.flows.told_things import PAYMENT, told_payments
from app.flows.watch_feeds import beat, retire, rhythm_of
from app.models import Deadline, Order
from app.values.access import Caller, Scope
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.order_answers import DeadlinePage, FeedAnswer, FeedList, OrderAnswer, OrderPage, PaymentList, ThingList
from app.web.schema_fields import Contract, Id, QueryInstant, Reason, ShopId, no_nul

blueprint = APIBlueprint(
    "orders",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="orders", description="订单与时限 · orders and their deadlines")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
Limit = Annotated[int, Field(ge=1, le=200)]
Source = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_nul)]
Thing = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(no_nul)]
Seen = Annotated[list[Id], Field(min_length=1, max_length=1000)]
Cursor = Annotated[str | None, Field(max_length=200)]


class OrderPath(BaseModel):
    """Which order, by the shop's own id."""

    order_id: Id


class ShopQuery(BaseModel, extra="forbid"):
    """Which shop's, where several shops use the same id."""

    shop_id: ShopId | None = None


class OrdersQuery(BaseModel, extra="forbid"):
    """A page of orders, the newest known first."""

    shop_id: ShopId | None = None
    buyer_ref: Id | None = None
    paid_from: QueryInstant | None = None
    paid_to: QueryInstant | None = None
    state: Literal["unsent", "sent", "cancelled", "late"] | None = None
    cursor: Cursor = None
    limit: Limit = 50


class PaymentIn(Contract):
    """Which telling of a payment counts, as the list of them names it, and why; ``seen``: all that were looked at."""

    telling: Id
    reason: Reason
    seen: Seen | None = None


class TellingIn(Contract):
    """Of which thing which telling counts, as the list names them, and why; ``seen``: all that were looked at."""

    thing: Thing
    telling: Id
    seen: Seen
    reason: Reason


class DeadlinesQuery(BaseModel, extra="forbid"):
    """A page of deadlines, the next due first."""

    state: Literal["waiting", "passed", "met", "cancelled"] | None = None
    kind: Id | None = None
    cursor: Cursor = None
    limit: Limit = 50


class ShopPath(BaseModel):
    """Which shop."""

    shop_id: ShopId


class BeatQuery(BaseModel, extra="forbid"):
    """Whose sign of life it is; without a source, of the whole shop's."""

    source: Source | None = None


class RetireIn(Contract):
    """Which source, as the list of feeds names it, and why it tells nothing more."""

    source: Source
    reason: Reason


@blueprint.get("/orders", summary="Orders", responses={200: OrderPage})
def list_orders(query: OrdersQuery) -> Response:
    """Orders of the key's shops with their own columns."""
    by = caller(Scope.EVENTS)
    wanted = select(Order).where(by.only_own(Order.shop_id), Order.belongs_elsewhere.is_not(True))
    wanted = wanted.order_by(Order.id.desc()).limit(query.limit + 1)
    for name in ("shop_id", "buyer_ref"):
        if (value := getattr(query, name)) is not None:
            wanted = wanted.where(getattr(Order, name) == value)
    if query.paid_from is not None:
        wanted = wanted.where(Order.paid_at >= query.paid_from)
    if query.paid_to is not None:
        wanted = wanted.where(Order.paid_at < query.paid_to)
    if query.state is not None:
        wanted = wanted.where(_STATES[query.state])
    if query.cursor is not None:
        wanted = wanted.where(Order.id < query.cursor)
    with parts().db.read() as session:
        found = list(session.scalars(wanted))
    page = found[: query.limit]
    more = page[-1].id if len(found) > query.limit else None
    return _json({"items": [order_answer(row) for row in page], "next_cursor": more})


@blueprint.get("/orders/<path:order_id>", summary="One order, whole", responses={200: OrderAnswer})
def get_order(path: OrderPath, query: ShopQuery) -> Response:
    """The order as it stands, its history, and everything that rests on it."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        judge = parts().live.current
        return _json(show_order(session, judge, path.order_id, shop_id=query.shop_id, caller=by))


@blueprint.get("/orders/<path:order_id>/payments", summary="How its payment was told", responses={200: PaymentList})
def list_payments(path: OrderPath, query: ShopQuery) -> Response:
    """Every telling of the order's payment, the one in force first, and what of the others contradicts it."""
    return _payments(path, query, caller(Scope.EVENTS))


@blueprint.post("/orders/<path:order_id>/payments", summary="Say which payment counts", responses={200: PaymentList})
@answered_once
def choose_payment(path: OrderPath, query: ShopQuery, body: PaymentIn) -> Response:
    """Settle a contradiction: the order's limits, claims and refunds go by this telling from then on."""
    by = caller(Scope.MONEY)
    choice = Choice(PAYMENT, body.telling, body.reason, body.seen)
    choose_telling(parts(), path.order_id, choice, shop_id=query.shop_id, caller=by, now=parts().now())
    return _payments(path, query, by)


@blueprint.get("/orders/<path:order_id>/tellings", summary="What was told otherwise", responses={200: ThingList})
def list_tellings(path: OrderPath, query: ShopQuery) -> Response:
    """Whatever of the order was told in contradicting ways, settled or not, with every telling of it."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        order = find_order(session, path.order_id, shop_id=query.shop_id, caller=by)
        return _json({"items": waiting_things(session, order, caller=by), "next_cursor": None})


@blueprint.post("/orders/<path:order_id>/tellings", summary="Say which telling counts", responses={200: ThingList})
@answered_once
def choose(path: OrderPath, query: ShopQuery, body: TellingIn) -> Response:
    """Settle a contradiction: everything since goes by this telling; where much is at stake, once two have said it."""
    by = caller(Scope.MONEY)
    choice = Choice(body.thing, body.telling, body.reason, body.seen)
    told = choose_telling(parts(), path.order_id, choice, shop_id=query.shop_id, caller=by, now=parts().now())
    return _json({"items": told, "next_cursor": None})


@blueprint.get("/deadlines", summary="Deadlines", responses={200: DeadlinePage})
def list_deadlines(query: DeadlinesQuery) -> Response:
    """Deadlines of the key's shops."""
    by = caller(Scope.EVENTS)
    after = read_cursor(query.cursor)
    with parts().db.read() as session:
        found = deadlines.listed(
            session, caller=by, state=query.state, kind=query.kind, after=after, limit=query.limit + 1
        )
    page = found[: query.limit]
    items = [{"shop_id": row.shop_id, "order_id": _order_id(row)} | deadline_answer(row) for row in page]
    return _json(
        {
            "items": items,
            "next_cursor": write_cursor(page[-1].due_at, page[-1].id) if len(found) > query.limit else None,
        }
    )


@blueprint.get("/feeds", summary="How alive the feeds are", responses={200: FeedList})
def list_feeds() -> Response:
    """Every source of every shop's events: when something came last, and whether its silence is believed."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        rows = feeds.all_feeds(session, by.shop_ids)
        return _json({"items": [_feed(row) for row in rows], "next_cursor": None})


@blueprint.post("/feeds/<path:shop_id>/beat", summary="Say that a feed is alive", responses={200: FeedAnswer})
def beat_feed(path: ShopPath, query: BeatQuery) -> Response:
    """A sign of life where there is nothing to tell, so that a quiet shop is not taken for an outage."""
    by = caller(Scope.EVENTS)
    by.require_shop(path.shop_id)
    beat(parts(), path.shop_id, source=query.source, now=parts().now())
    with parts().db.read() as session:
        heard = [row for row in feeds.of_shop(session, path.shop_id) if query.source in {None, row.source}]
        return _json(_feed(heard[0]))


@blueprint.post("/feeds/<path:shop_id>/retire", summary="A source tells nothing more", responses={200: FeedList})
@answered_once
def retire_feed(path: ShopPath, body: RetireIn) -> Response:
    """Forget a source that was switched off for good: its silence holds nothing up any more."""
    by = caller(Scope.ADMIN)
    by.require_shop(path.shop_id)
    retire(parts(), path.shop_id, source=body.source, reason=body.reason, by=by.name, now=parts().now())
    with parts().db.read() as session:
        rows = feeds.of_shop(session, path.shop_id)
        return _json({"items": [_feed(row) for row in rows], "next_cursor": None})


def _payments(path: OrderPath, query: ShopQuery, by: Caller) -> Response:
    with parts().db.read() as session:
        order = find_order(session, path.order_id, shop_id=query.shop_id, caller=by)
        first = next(
            (each["first"] for each in waiting_things(session, order, caller=by) if each["thing"] == PAYMENT), None
        )
        return _json({"items": told_payments(order), "next_cursor": None, "first": first})


_LATE = (
    select(Deadline.id)
    .where(Deadline.shop_id == Order.shop_id, Deadline.root == "order:" + Order.subject)
    .where(Deadline.kind == "order.overdue", Deadline.state == deadlines.PASSED)
    .exists()
)
_STATES: dict[str, Any] = {
    "unsent": Order.shipped_at.is_(None) & Order.cancelled_at.is_(None),
    "sent": Order.shipped_at.is_not(None),
    "cancelled": Order.cancelled_at.is_not(None),
    "late": _LATE,
}


def _order_id(row: Deadline) -> str | None:
    return row.root.removeprefix("order:") if row.root.startswith("order:") else None


def _feed(row: Any) -> dict[str, Any]:
    now = parts().now()
    names = ("shop_id", "source", "tells_orders", "last_received_at", "last_happened_at", "event_count", "stale_since")
    is_fresh = feeds.fresh(row, now, rhythm_of(parts().live.current, row.shop_id))
    return {name: getattr(row, name) for name in names} | {"fresh": is_fresh}


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), content_type="application/json")

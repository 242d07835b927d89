"""What is known of each customer of a shop at an instant: added up by the database, one row a person.

Orders come from the typed table, visits and interactions from the events ``person.activity`` as they were told. What
was never told is null and stays so: nobody told of a visit is not nobody visited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl
from sqlalchemy import Select, String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.models import Event, EventRoot, Order
from app.tiering.terms import Terms
from app.values.person_names import BUYER

ACTIVITY = "person.activity"
Statement: TypeAlias = Select[*tuple[Any, ...]]
_PORTION = 50_000
_INSTANT = pl.Datetime("us", "UTC")
_SPEND = {
    "ref": pl.String,
    "order_count": pl.Int64,
    "spend_fen": pl.Int64,
    "first_paid_at": _INSTANT,
    "last_paid_at": _INSTANT,
}
_ACTIVITY = dict.fromkeys(("interactions", "visits", "browse_seconds", "browse_visits"), pl.Int64)


@dataclass(frozen=True, slots=True)
class Whose:
    """Of which shop, as of when, and of whom: references in every spelling, or None for everybody."""

    shop_id: str
    as_of: datetime
    refs: Sequence[str] | None = None


def figures_of(session: Session, whose: Whose, terms: Terms) -> pl.DataFrame:
    """One row a person: what they bought, and what they were seen doing."""
    spend = _read(session, _spend(whose, terms), _SPEND)
    activity = _read(session, _activity(whose, terms), {"ref": pl.String, **_ACTIVITY})
    followed = _read(
        session, _followed(whose, terms), {"ref": pl.String, "followed_brand_count": pl.Int64, "told_at": _INSTANT}
    )
    return put_together(spend, activity, followed, as_of=whose.as_of, terms=terms)


def put_together(
    spend: pl.DataFrame, activity: pl.DataFrame, followed: pl.DataFrame, *, as_of: datetime, terms: Terms
) -> pl.DataFrame:
    """Join the three by person, and work out what rests on several of them."""
    person = pl.col("ref").str.strip_prefix(BUYER)
    bought = spend.group_by(person).agg(
        pl.col("order_count", "spend_fen").sum(), pl.col("first_paid_at").min(), pl.col("last_paid_at").max()
    )
    total = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in _ACTIVITY]
    seen = activity.group_by(person).agg(total)
    follows = followed.sort("told_at").group_by(person).agg(pl.col("followed_brand_count").last())
    joined = bought.join(seen, on="ref", how="full", coalesce=True).join(follows, on="ref", how="full", coalesce=True)
    return _derived(joined.with_columns(pl.col("order_count", "spend_fen").fill_null(0)), as_of, terms)


def _derived(frame: pl.DataFrame, as_of: datetime, terms: Terms) -> pl.DataFrame:
    since = pl.lit(as_of - terms.activity_window).cast(_INSTANT)
    is_first_in_window, visits = pl.col("first_paid_at") > since, pl.col("visits")
    rate = (
        pl.when(visits < 1)
        .then(None)
        .when(pl.col("first_paid_at").is_null())
        .then(visits * 0)
        .when(is_first_in_window)
        .then(10_000 // visits)
    )
    browse = pl.when(pl.col("browse_visits") > 0).then(pl.col("browse_seconds") // pl.col("browse_visits"))
    return frame.select(
        "ref",
        pl.col("order_count").cast(pl.Int64),
        "spend_fen",
        "first_paid_at",
        "last_paid_at",
        (pl.col("spend_fen") * terms.month_days // terms.spend_window_days).alias("monthly_spend_fen"),
        (pl.col("interactions") * 7 // terms.activity_window_days).alias("weekly_interaction_count"),
        "followed_brand_count",
        rate.cast(pl.Int64).alias("first_order_rate_bp"),
        browse.cast(pl.Int64).alias("average_browse_seconds"),
    )


def _spend(whose: Whose, terms: Terms) -> Statement:
    """Orders that stand: paid by then, neither cancelled nor refunded in full by then; refunds known today come off."""
    as_of = whose.as_of
    stands = (Order.cancelled_at.is_(None) | (Order.cancelled_at > as_of)) & (
        Order.fully_refunded_at.is_(None) | (Order.fully_refunded_at > as_of)
    )
    is_in = Order.paid_at > as_of - terms.spend_window
    net = Order.paid_fen - func.coalesce(Order.refunded_fen, 0)
    found = (
        select(
            Order.buyer_ref,
            func.sum(case((is_in, 1), else_=0)),
            func.sum(case((is_in & (net > 0), net), else_=0)),
            func.min(Order.paid_at),
            func.max(Order.paid_at),
        )
        .where(Order.shop_id == whose.shop_id, Order.buyer_ref.is_not(None), Order.paid_at <= as_of)
        .where(Order.paid_fen.is_not(None), stands)
        .group_by(Order.buyer_ref)
    )
    return found if whose.refs is None else found.where(Order.buyer_ref.in_(whose.refs))


def _activity(whose: Whose, terms: Terms) -> Statement:
    visits, browse = _told("visit_count"), _told("browse_seconds")
    both = visits.is_not(None) & browse.is_not(None)
    return _events(
        whose,
        whose.as_of - terms.activity_window,
        Event.subject,
        func.sum(_told("interaction_count")),
        func.sum(visits),
        func.sum(case((both, browse))),
        func.sum(case((both, visits))),
    ).group_by(Event.subject)


def _followed(whose: Whose, terms: Terms) -> Statement:
    """The number of followed brand accounts that was told last."""
    count = _told("followed_brand_count")
    newest = (
        func.row_number()
        .over(
            partition_by=Event.subject, order_by=(Event.happened_at.desc(), Event.source.desc(), Event.event_id.desc())
        )
        .label("newest")
    )
    told = _events(
        whose,
        whose.as_of - terms.followed_window,
        Event.subject.label("ref"),
        count.label("count"),
        Event.happened_at.label("told_at"),
        newest,
    )
    each = told.where(count.is_not(None)).subquery()
    return select(each.c.ref, each.c.count, each.c.told_at).where(each.c.newest == 1)


def _events(whose: Whose, after: datetime, *columns: Any) -> Statement:
    found = select(*columns).where(Event.shop_id == whose.shop_id, Event.kind == ACTIVITY)
    found = found.where(Event.happened_at > after, Event.happened_at <= whose.as_of)
    if whose.refs is None:
        return found
    roots = [f"person:{ref}" for ref in whose.refs]
    on_lines = select(EventRoot.event_pk).where(EventRoot.shop_id == whose.shop_id, EventRoot.root.in_(roots))
    return found.where(Event.id.in_(on_lines))


def _told(name: str) -> Any:
    return Event.facts[name].as_integer()


def _read(session: Session, wanted: Statement, schema: dict[str, Any]) -> pl.DataFrame:
    """Rows as a frame, a portion at a time. SQLite's instants come as texts and are read all at once: it is faster."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    columns = list(wanted.selected_columns)
    plain = {name: pl.String if is_sqlite and kind is _INSTANT else kind for name, kind in schema.items()}
    if is_sqlite:
        asked = [
            type_coerce(column, String).label(name) if kind is _INSTANT else column.label(name)
            for (name, kind), column in zip(schema.items(), columns, strict=True)
        ]
        wanted = wanted.with_only_columns(*asked, maintain_column_froms=True)
    frames = [
        pl.DataFrame([tuple(row) for row in rows], schema=plain, orient="row")
        for rows in session.execute(wanted.execution_options(yield_per=_PORTION)).partitions()
    ]
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=plain)
    instants = [name for name, kind in schema.items() if kind is _INSTANT]
    return (
        frame.with_columns(
            pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC") for name in instants
        )
        if is_sqlite
        else frame
    )

"""What is known of each customer of a shop at an instant: orders added up by the database, one row a person.

orders (by buyer, added up in SQL) ┐
                                   ├─ joined by person ─ what rests on several of them
what they did (told events)        ┘
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.tiering.activity import Activity, activity_of, added_up, since
from app.tiering.columns import INSTANT, Statement, as_instant, read_columns
from app.tiering.pieces import EVERYTHING, Piece, activity_pieces, order_pieces
from app.tiering.terms import Terms
from app.tiering.whose import Whose
from app.values.person_names import BUYER

PIECE = 500_000
_SPEND = {
    "ref": pl.String,
    "order_count": pl.Int64,
    "spend_fen": pl.Int64,
    "first_paid_at": INSTANT,
    "last_paid_at": INSTANT,
}


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces in which a shop's orders and its people's doings are read."""

    orders: tuple[Piece, ...]
    activity: tuple[Piece, ...]


def cut(session: Session, whose: Whose, terms: Terms, *, size: int = PIECE) -> Cut:
    """Pieces of about so many rows; one each where people are named."""
    if whose.refs is not None:
        return Cut((EVERYTHING,), (EVERYTHING,))
    told = activity_pieces(session, whose.shop_id, after=since(whose, terms), upto=whose.as_of, size=max(size // 5, 1))
    return Cut(tuple(order_pieces(session, whose.shop_id, size=size)), tuple(told))


def figures_of(session: Session, whose: Whose, terms: Terms) -> pl.DataFrame:
    """One row a person: what they bought, and what they were seen doing."""
    pieces = cut(session, whose, terms)
    spend = [spend_of(session, whose, terms, piece) for piece in pieces.orders]
    activity = [activity_of(session, whose, terms, piece) for piece in pieces.activity]
    return put_together(spend, activity, whose, terms)


def spend_of(session: Session, whose: Whose, terms: Terms, piece: Piece = EVERYTHING) -> pl.DataFrame:
    """One row a reference: their orders added up."""
    return read_columns(session, _spend(whose, terms, piece), _SPEND)


def put_together(
    spend: Iterable[pl.DataFrame], activity: Iterable[Activity], whose: Whose, terms: Terms
) -> pl.DataFrame:
    """Join the pieces by person, and work out what rests on several of them."""
    person = pl.col("ref").str.strip_prefix(BUYER)
    told = list(activity)
    bought = (
        pl.concat(spend)
        .group_by(person)
        .agg(pl.col("order_count", "spend_fen").sum(), pl.col("first_paid_at").min(), pl.col("last_paid_at").max())
    )
    seen = added_up(pl.concat(each.seen for each in told), person)
    followed = pl.concat(each.followed for each in told).sort("told_at", "followed_brand_count")
    follows = followed.group_by(person).agg(pl.col("followed_brand_count").last())
    joined = bought.join(seen, on="ref", how="full", coalesce=True).join(follows, on="ref", how="full", coalesce=True)
    return _derived(joined.with_columns(pl.col("order_count", "spend_fen").fill_null(0)), whose, terms)


def _derived(frame: pl.DataFrame, whose: Whose, terms: Terms) -> pl.DataFrame:
    is_first_in_window = pl.col("first_paid_at") > as_instant(whose.as_of - terms.activity_window)
    visits = pl.col("visits")
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


def _spend(whose: Whose, terms: Terms, piece: Piece) -> Statement:
    """Orders that stand: paid by then, neither cancelled nor refunded in full by then; refunds known today come off."""
    as_of = whose.as_of
    stands = (Order.cancelled_at.is_(None) | (Order.cancelled_at > as_of)) & (
        Order.fully_refunded_at.is_(None) | (Order.fully_refunded_at > as_of)
    )
    is_in = Order.paid_at > as_of - terms.spend_window
    net: Any = Order.paid_fen - func.coalesce(Order.refunded_fen, 0)
    found = (
        select(
            Order.buyer_ref,
            func.sum(case((is_in, 1), else_=0)),
            func.sum(case((is_in & (net > 0), net), else_=0)),
            func.min(Order.paid_at),
            func.max(Order.paid_at),
        )
        .where(Order.shop_id == whose.shop_id, Order.paid_at <= as_of, Order.paid_fen.is_not(None), stands)
        .group_by(Order.buyer_ref)
    )
    if whose.refs is not None:  # and nothing else of the buyer: asked that it is there, SQLite walks all of a shop
        return found.where(Order.buyer_ref.in_(whose.refs))
    return found.where(Order.buyer_ref.is_not(None), *piece.holds(Order.buyer_ref))

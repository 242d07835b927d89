"""What people were seen doing: the events ``person.activity`` as they were told, added up by person.

The facts are read as texts and taken apart a whole column at a time, which costs a fifth of having the database take
each text apart for each figure. What was never told is null and stays so: nobody told of a visit is not nobody visited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot
from app.tiering.columns import INSTANT, Statement, as_instant, read_columns
from app.tiering.pieces import ACTIVITY, EVERYTHING, Piece
from app.tiering.terms import Terms
from app.tiering.whose import Whose

SUMMED = ("interactions", "visits", "browse_seconds", "browse_visits")
_FACTS = pl.Struct(
    dict.fromkeys(("interaction_count", "visit_count", "browse_seconds", "followed_brand_count"), pl.Int64)
)
_TOLD = {"ref": pl.String, "told_at": INSTANT, "source": pl.String, "event_id": pl.String, "facts": pl.String}


@dataclass(frozen=True, slots=True)
class Activity:
    """By reference: the sums of the activity window, and the number of followed accounts told last with when."""

    seen: pl.DataFrame
    followed: pl.DataFrame


def since(whose: Whose, terms: Terms) -> datetime:
    """How far back anything somebody did is looked at."""
    return whose.as_of - max(terms.activity_window, terms.followed_window)


def activity_of(session: Session, whose: Whose, terms: Terms, piece: Piece = EVERYTHING) -> Activity:
    """What the people did, or what of it lies in a piece of the span."""
    told = read_columns(session, _told(whose, terms, piece), _TOLD)
    told = told.with_columns(pl.col("facts").str.json_decode(_FACTS)).unnest("facts")
    return Activity(
        _seen(told.filter(pl.col("told_at") > as_instant(whose.as_of - terms.activity_window))),
        _followed(told.filter(pl.col("told_at") > as_instant(whose.as_of - terms.followed_window))),
    )


def _seen(told: pl.DataFrame) -> pl.DataFrame:
    col = pl.col
    is_timed = col("visit_count").is_not_null() & col("browse_seconds").is_not_null()
    return told.select(
        "ref",
        col("interaction_count").alias("interactions"),
        col("visit_count").alias("visits"),
        pl.when(is_timed).then(col("browse_seconds")).alias("browse_seconds"),
        pl.when(is_timed).then(col("visit_count")).alias("browse_visits"),
    ).pipe(added_up, "ref")


def added_up(frame: pl.DataFrame, by: Any) -> pl.DataFrame:
    """The sums by person; null where nothing was told, which is not 0."""
    return frame.group_by(by).agg(pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()) for name in SUMMED)


def _followed(told: pl.DataFrame) -> pl.DataFrame:
    newest = told.filter(pl.col("followed_brand_count").is_not_null()).sort("told_at", "source", "event_id")
    return newest.group_by("ref", maintain_order=True).agg(pl.col("followed_brand_count", "told_at").last())


def _told(whose: Whose, terms: Terms, piece: Piece) -> Statement:
    at = Event.happened_at
    wanted = select(Event.subject, at, Event.source, Event.event_id, cast(Event.facts, Text)).where(
        Event.kind == ACTIVITY, at > since(whose, terms), at <= whose.as_of
    )
    if whose.refs is None:
        return wanted.where(Event.shop_id == whose.shop_id, *piece.holds(at))
    roots = [f"person:{ref}" for ref in whose.refs]  # these are of the shop; asked of the events too, all would be read
    on_lines = select(EventRoot.event_pk).where(EventRoot.shop_id == whose.shop_id, EventRoot.root.in_(roots))
    return wanted.where(Event.id.in_(on_lines))

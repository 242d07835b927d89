"""Putting customers into segments: all at once in a frame, or one person with each condition spelt out.

Both say the same; the tests hold them to it. A condition that rests on a figure nobody told is neither true nor false,
and then the person is ``unknown`` unless an earlier segment already holds: absent is never taken for 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from app.tiering.terms import Segment, Terms

FIGURES = (
    "order_count",
    "spend_fen",
    "monthly_spend_fen",
    "weekly_interaction_count",
    "followed_brand_count",
    "first_order_rate_bp",
    "average_browse_seconds",
)
SCORES = ("recency_score", "frequency_score", "monetary_score")
_DAY_SECONDS = 86_400


def classified(frame: pl.DataFrame, *, as_of: datetime, terms: Terms) -> pl.DataFrame:
    """The frame of figures with ``segment`` and the three scores beside them."""
    spend, col = pl.col("monthly_spend_fen"), pl.col
    high = (spend >= terms.high_monthly_fen) & (col("followed_brand_count") >= terms.high_brand_count)
    potential = (
        (spend >= terms.potential_monthly_fen)
        & (spend < terms.high_monthly_fen)
        & (col("weekly_interaction_count") >= terms.potential_interaction_count)
    )
    since = pl.lit(as_of - terms.activity_window).cast(pl.Datetime("us", "UTC"))
    new = (
        (col("first_paid_at").is_null() | (col("first_paid_at") > since))
        & (col("first_order_rate_bp") < terms.new_first_order_rate_bp)
        & (col("average_browse_seconds") < terms.new_browse_seconds)
    )
    chosen = pl.lit(Segment.NONE.value)
    for name, holds in ((Segment.NEW, new), (Segment.POTENTIAL, potential), (Segment.HIGH, high)):
        undecided = pl.when(holds.is_null()).then(pl.lit(Segment.UNKNOWN.value))
        chosen = undecided.when(holds).then(pl.lit(name.value)).otherwise(chosen)
    days = (pl.lit(as_of).cast(pl.Datetime("us", "UTC")) - col("last_paid_at")).dt.total_seconds() // _DAY_SECONDS
    return frame.with_columns(
        chosen.alias("segment"),
        _score(days, terms.scores("recency"), is_less=True).alias("recency_score"),
        _bought(_score(col("order_count"), terms.scores("frequency"))).alias("frequency_score"),
        _bought(_score(col("spend_fen"), terms.scores("monetary"))).alias("monetary_score"),
    )


def _score(value: pl.Expr, bounds: tuple[int, ...], *, is_less: bool = False) -> pl.Expr:
    """5 to 1; a value that equals a bound has the higher score, so equal values always score the same."""
    scored = pl.lit(1)
    for score, bound in zip((2, 3, 4, 5), reversed(bounds), strict=True):
        scored = pl.when(value <= bound if is_less else value >= bound).then(score).otherwise(scored)
    return pl.when(value.is_not_null()).then(scored).cast(pl.Int64)


def _bought(score: pl.Expr) -> pl.Expr:
    """Who never bought anything has no score."""
    return pl.when(pl.col("last_paid_at").is_not_null()).then(score)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a segment: which figure, what it is, what it has to be, and whether it is; None: not known."""

    segment: Segment
    figure: str
    value: int | None
    wanted: str
    holds: bool | None


def conditions(figures: Mapping[str, Any], *, as_of: datetime, terms: Terms) -> tuple[Condition, ...]:
    """Every condition of the three segments at one person's figures."""
    spend = figures["monthly_spend_fen"]
    first = figures["first_paid_at"]
    days = None if first is None else (as_of - first).days
    is_newcomer = first is None or first > as_of - terms.activity_window
    high, potential, new = Segment.HIGH, Segment.POTENTIAL, Segment.NEW
    return (
        _at_least(high, "monthly_spend_fen", spend, terms.high_monthly_fen),
        _at_least(high, "followed_brand_count", figures["followed_brand_count"], terms.high_brand_count),
        _at_least(potential, "monthly_spend_fen", spend, terms.potential_monthly_fen),
        _below(potential, "monthly_spend_fen", spend, terms.high_monthly_fen),
        _at_least(
            potential,
            "weekly_interaction_count",
            figures["weekly_interaction_count"],
            terms.potential_interaction_count,
        ),
        Condition(new, "first_order_days", days, f"< {terms.activity_window_days}", is_newcomer),
        _below(new, "first_order_rate_bp", figures["first_order_rate_bp"], terms.new_first_order_rate_bp),
        _below(new, "average_browse_seconds", figures["average_browse_seconds"], terms.new_browse_seconds),
    )


def segment_of(told: tuple[Condition, ...]) -> Segment:
    """The first segment all of whose conditions hold; ``unknown`` where that cannot be told."""
    for segment in (Segment.HIGH, Segment.POTENTIAL, Segment.NEW):
        held = [each.holds for each in told if each.segment is segment]
        if all(held):
            return segment
        if False not in held:
            return Segment.UNKNOWN
    return Segment.NONE


def _at_least(segment: Segment, figure: str, value: int | None, bound: int) -> Condition:
    return Condition(segment, figure, value, f">= {bound}", None if value is None else value >= bound)


def _below(segment: Segment, figure: str, value: int | None, bound: int) -> Condition:
    return Condition(segment, figure, value, f"< {bound}", None if value is None else value < bound)

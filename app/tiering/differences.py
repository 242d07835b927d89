"""What has to be written of a portion of people: who is new, whose figures changed, who moved, who is gone.

Pure: a frame of what was worked out, a frame of what stands, and the instant; nothing of what stays as it is comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from app.tiering.columns import as_instant
from app.tiering.segments import FIGURES, SCORES

GONE = "gone"
COMPARED = ("segment", "first_paid_at", "last_paid_at", *FIGURES, *SCORES)
KEPT = ("since_at", "first_segment", "first_at")
_ROW = ("person", *COMPARED, *KEPT)


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows to add, rows to replace, people to take out, and moves with the figures that made them, as JSON."""

    add: pl.DataFrame
    replace: pl.DataFrame
    gone: Sequence[str]
    moves: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether everything stands as it should."""
        return self.add.is_empty() and self.replace.is_empty() and not self.gone


def differences(people: pl.DataFrame, there: pl.DataFrame, *, at: datetime) -> Portion:
    """Of people who are customers: ``there`` is what stands of them."""
    now, col = as_instant(at), pl.col
    was = there.select("person", *(col(name).alias(f"was_{name}") for name in (*COMPARED, *KEPT)))
    both = people.join(was, on="person", how="left", maintain_order="left")
    is_known = col("was_segment").is_not_null()
    fresh = both.filter(~is_known).with_columns(since_at=now, first_segment=col("segment"), first_at=now)
    same = pl.all_horizontal(col(name).eq_missing(col(f"was_{name}")) for name in COMPARED)
    other = both.filter(is_known & ~same)
    has_moved = col("segment") != col("was_segment")
    replaced = other.with_columns(
        since_at=pl.when(has_moved).then(now).otherwise(col("was_since_at")),
        first_segment=col("was_first_segment"),
        first_at=col("was_first_at"),
    )
    moved = _moves(other.filter(has_moved), before=col("was_segment"), after=col("segment"))
    return Portion(fresh.select(_ROW), replaced.select(_ROW), (), moved)


def departures(there: pl.DataFrame) -> Portion:
    """Of people who stand there and are no customers any more."""
    nothing = there.clear().select(_ROW)
    moves = _moves(there, before=pl.col("segment"), after=pl.lit(GONE))
    return Portion(nothing, nothing, there["person"].to_list(), moves)


def _moves(frame: pl.DataFrame, *, before: pl.Expr, after: pl.Expr) -> pl.DataFrame:
    figures = pl.struct(FIGURES).struct.json_encode()
    return frame.select("person", before.alias("from_segment"), after.alias("to_segment"), figures.alias("figures"))

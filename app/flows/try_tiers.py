"""What-if: in which segments a shop's customers would be with other numbers. Nothing is stored.

Bounds are tried on the stored figures of the last run, which takes no look at the orders; another window, or another
instant, has the figures added up anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from app.flows.parts import Parts
from app.flows.tier_people import PURPOSES, excluded
from app.tiering import store
from app.tiering.columns import unhurried
from app.tiering.differences import GONE
from app.tiering.figures import figures_of
from app.tiering.segments import classified
from app.tiering.terms import WINDOWS, Segment, Terms, changed, terms_of
from app.tiering.whose import Whose
from app.values.rule_scope import RuleScope

_BY_WINDOW = frozenset({*WINDOWS, "month_days"})


@dataclass(frozen=True, slots=True)
class Tried:
    """People by segment as the numbers are and as they would be, and who would move from where to where."""

    shop_id: str
    as_of: datetime
    from_stored: bool
    before: Mapping[str, int]
    after: Mapping[str, int]
    moves: tuple[tuple[str, str, int], ...]


def try_tiers(
    parts: Parts, shop_id: str, values: Mapping[str, int], *, as_of: datetime | None = None, now: datetime
) -> Tried:
    """Count the customers of a shop by segment under the parameters in force, and under others.

    Raises:
        InvalidInput: a parameter is none, or the numbers do not fit together.
    """
    policy = parts.live.current.engine.policy(RuleScope(shop_id))
    terms = terms_of(policy)
    other = changed(terms, values)
    with parts.db.read() as session:
        unhurried(session)
        run = store.newest_run(session, shop_id)
        if run is not None and as_of is None and not values.keys() & _BY_WINDOW and run.terms_digest == terms.digest:
            figures = store.stored(session, shop_id)
            both = _both(figures, figures, run.as_of, terms, other)
            return _tried(shop_id, run.as_of, both, from_stored=True)
        at = as_of or now
        hidden = excluded(session, policy.texts(PURPOSES), as_of=at)
        mine, theirs = (
            figures_of(session, Whose(shop_id, at), each).rename({"ref": "person"}) for each in (terms, other)
        )
    shown = ~pl.col("person").is_in(hidden)
    return _tried(shop_id, at, _both(mine.filter(shown), theirs.filter(shown), at, terms, other), from_stored=False)


def _both(mine: pl.DataFrame, theirs: pl.DataFrame, at: datetime, terms: Terms, other: Terms) -> pl.DataFrame:
    before = classified(mine, as_of=at, terms=terms).select("person", pl.col("segment").alias("before"))
    after = classified(theirs, as_of=at, terms=other).select("person", pl.col("segment").alias("after"))
    return before.join(after, on="person", how="full", coalesce=True).fill_null(GONE)


def _tried(shop_id: str, at: datetime, both: pl.DataFrame, *, from_stored: bool) -> Tried:
    counted = {side: dict(both[side].value_counts().iter_rows()) for side in ("before", "after")}
    moved = both.filter(pl.col("before") != pl.col("after")).group_by("before", "after").len()
    rows = sorted(moved.iter_rows(), key=lambda row: (-row[2], row[0], row[1]))
    before, after = ({each.value: counted[side].get(each.value, 0) for each in Segment} for side in ("before", "after"))
    return Tried(shop_id, at, from_stored, before, after, tuple((a, b, int(count)) for a, b, count in rows))

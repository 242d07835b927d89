"""Counting a shop's customers: pieces read side by side, named by pseudonyms at once, then joined by person.

pieces of orders, pieces of activity ─ two readers ─ pseudonyms ─ joined ─ segments and scores ─ sorted by person

Readers see the database at slightly different moments. That is no harm: whatever is told while a run reads is looked at
by the next one, which goes back to before this one began.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from app.flows.parts import Parts
from app.flows.segment_names import pseudonyms
from app.tiering.activity import Activity, activity_of
from app.tiering.columns import unhurried
from app.tiering.figures import PIECE, cut, put_together, spend_of
from app.tiering.pieces import Piece
from app.tiering.runs import READING, Progress, Run, Told
from app.tiering.segments import classified
from app.tiering.whose import Whose
from app.values.person_names import BUYER, spellings_of

_READERS = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is taken at once: rows of orders to a piece, named people to a piece, people to a portion written."""

    orders: int = PIECE
    refs: int = 10_000
    people: int = 10_000


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece to read: of orders or of activity, of everybody or of named people."""

    whose: Whose
    orders: Piece | None = None
    activity: Piece | None = None


def count_people(parts: Parts, run: Run, refs: Sequence[str] | None, *, pace: Pace, told: Told) -> pl.DataFrame:
    """One row a customer, sorted by pseudonym: figures, scores, segment. ``refs``: canonical, or None for everybody."""
    whose = Whose(run.shop_id, run.as_of)
    pieces = list(_pieces(parts, run, whose, refs, pace))
    spend, activity = list[pl.DataFrame](), list[Activity]()
    told(Progress(READING, 0, len(pieces)))
    readers = ThreadPoolExecutor(_READERS, thread_name_prefix="tiering")
    try:
        for done, found in enumerate(readers.map(lambda piece: _read(parts, run, piece), pieces), start=1):
            if isinstance(found, Activity):
                activity.append(found)
            else:
                spend.append(found)
            told(Progress(READING, done, len(pieces)))
    finally:
        readers.shutdown(cancel_futures=True)
    people = put_together(spend, activity, whose, run.terms).rename({"ref": "person"})
    return classified(people, as_of=run.as_of, terms=run.terms).sort("person")


def _pieces(parts: Parts, run: Run, whose: Whose, refs: Sequence[str] | None, pace: Pace) -> Iterator[_Piece]:
    parted = (
        [whose]
        if refs is None
        else [
            replace(whose, refs=spellings_of(refs[start : start + pace.refs]))
            for start in range(0, max(len(refs), 1), pace.refs)
        ]
    )
    for each in parted:
        with parts.db.read() as session:
            unhurried(session)
            found = cut(session, each, run.terms, size=pace.orders)
        yield from (_Piece(each, activity=piece) for piece in found.activity)
        yield from (_Piece(each, orders=piece) for piece in found.orders)


def _read(parts: Parts, run: Run, piece: _Piece) -> pl.DataFrame | Activity:
    with parts.db.read() as session:
        unhurried(session)
        if piece.orders is not None:
            return _named(parts, spend_of(session, piece.whose, run.terms, piece.orders))
        assert piece.activity is not None, "a piece is of orders or of activity"
        found = activity_of(session, piece.whose, run.terms, piece.activity)
    return Activity(_named(parts, found.seen), _named(parts, found.followed))


def _named(parts: Parts, frame: pl.DataFrame) -> pl.DataFrame:
    """Pseudonyms in place of references; both spellings of a person have the same."""
    refs = frame["ref"].str.strip_prefix(BUYER).to_list()
    return frame.with_columns(pl.Series("ref", pseudonyms(parts, refs), dtype=pl.String))

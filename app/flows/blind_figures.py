"""Figures without the decisions their reader reviews blind: a sum over one case would tell what was decided of it.

Leaving out what is told of few would not do: the sums of two spans that differ by an hour tell it as well. So until a
review is decided, its case's decision, and its appeal's, is counted nowhere in what the reviewer reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.figures.counted.cases import decisions_of
from app.figures.counting import HOUR, Cell
from app.figures.kept import Count, Counts
from app.flows.parts import Parts
from app.flows.stored_screening import words_hit
from app.models import Backtest, Case, Screening, SecondReview
from app.review.blindness import contents_of, decided_before
from app.review.second_reviews import blind_cases, taken_by
from app.values.access import Caller
from app.word_counts import Place, Told


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is left out: when it was counted, as what, and how many."""

    deeds: tuple[tuple[datetime, Cell, int], ...]

    def less(self, counts: Counts, *, since: datetime, until: datetime, shop_id: str | None) -> Counts:
        """The counts of a span without it; never below nothing, because the newest may not be counted yet."""
        for at, cell, number in self.deeds:
            if since <= at < until and shop_id in {None, cell.shop_id}:
                left = number
                for key in (cell.key, ""):  # sums that are kept without keys
                    about = Count(cell.figure, key, cell.side)
                    taken = min(left, counts.get(about, 0))
                    if taken:
                        counts[about] -= taken
                        left -= taken
                    if counts.get(about) == 0:
                        del counts[about]
        return counts

    def less_by_step(
        self, steps: Mapping[datetime, Counts], *, step: str, shop_id: str | None
    ) -> Mapping[datetime, Counts]:
        """The same of each step."""
        length = HOUR if step == "hour" else timedelta(days=1)
        return {at: self.less(each, since=at, until=at + length, shop_id=shop_id) for at, each in steps.items()}


def withheld_from(session: Session, caller: Caller) -> Withheld:
    """What a person may not know at present: nothing for whoever reviews nothing."""
    blind = blind_cases(session, caller)
    return Withheld(tuple(decisions_of(session, blind)) if blind else ())


def words_withheld(parts: Parts, session: Session, caller: Caller, *, since: datetime) -> Mapping[Place, Told]:
    """What first decisions that a person may not know have added to the counts of words since an instant."""
    return words_of_reviews(parts, session, taken_by(caller), since=since)


def words_of_reviews(
    parts: Parts, session: Session, wanted: ColumnElement[bool], *, since: datetime
) -> Mapping[Place, Told]:
    """By word: how many first decisions of some second reviews upheld it, and how many cleared it."""
    found = select(Screening, SecondReview.first_outcome).join(Case, Case.screening_id == Screening.id)
    found = found.join(SecondReview, SecondReview.case_id == Case.id).where(wanted, SecondReview.drawn_at >= since)
    told: dict[Place, Told] = {}
    for screening, outcome in session.execute(found):
        for place in words_hit(parts.people, session, screening):
            upheld, cleared = told.get(place, Told(0, 0))
            told[place] = Told(upheld + (outcome != "pass"), cleared + (outcome == "pass"))
    return told


def contents_withheld(session: Session, caller: Caller) -> frozenset[str]:
    """The contents whose present decision a person may not know, by their keys."""
    blind = blind_cases(session, caller)
    return frozenset(contents_of(session, blind)) if blind else frozenset()


def is_backtest_withheld(session: Session, run: Backtest, caller: Caller) -> bool:
    """Whether officers' decisions, as a backtest counts them, may hold one that a person reviews blind."""
    return run.finished_at is not None and decided_before(session, caller, at=run.finished_at, shop_ids=run.shop_ids)

"""How far reviewers and officers agree: every opinion on a content that an officer decided, counted per reviewer.

An opinion objects where it says review or block, an officer where they block or return. Opinions that officers saw
before they decided may have swayed them; those of blind cases cannot, so they are counted apart as well.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from app.models import Case, ReviewerOpinion
from app.values.access import Caller

_ONE = 10_000
_FINAL = ("decided", "upheld", "overturned")
_OBJECTED, _LET = ("block", "return"), ("pass", "label")
_AI_OBJECTS = ("review", "block")
_AT_A_TIME = 2_000
HEAD = (
    "reviewer", "cases", "decided", "opinions", "abstained",
    "both_objected", "reviewer_only", "officer_only", "both_let",
    "coverage_bp", "agreement_bp", "precision_bp", "recall_bp", "kappa_bp",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What was counted of one reviewer; ``decided`` are all decided contents it was asked about."""

    both_objected: int = 0
    reviewer_only: int = 0
    officer_only: int = 0
    both_let: int = 0
    abstained: int = 0

    @property
    def opinions(self) -> int:
        """Decided contents it had an opinion on."""
        return self.both_objected + self.reviewer_only + self.officer_only + self.both_let

    @property
    def decided(self) -> int:
        """Decided contents it was asked about."""
        return self.opinions + self.abstained

    def note(self, *, verdict: str | None, is_objected: bool) -> None:
        """Count one content in; without a verdict the reviewer abstained."""
        if verdict is None:
            self.abstained += 1
        elif verdict in _AI_OBJECTS:
            self.both_objected += is_objected
            self.reviewer_only += not is_objected
        else:
            self.officer_only += is_objected
            self.both_let += not is_objected

    def answer(self) -> dict[str, int | None]:
        """Counts, and the shares they make in basis points; None where there is nothing to divide by."""
        right = self.both_objected + self.both_let
        return {
            "decided": self.decided,
            "opinions": self.opinions,
            "abstained": self.abstained,
            "both_objected": self.both_objected,
            "reviewer_only": self.reviewer_only,
            "officer_only": self.officer_only,
            "both_let": self.both_let,
            "coverage_bp": _share(self.opinions, self.decided),
            "agreement_bp": _share(right, self.opinions),
            "precision_bp": _share(self.both_objected, self.both_objected + self.reviewer_only),
            "recall_bp": _share(self.both_objected, self.both_objected + self.officer_only),
            "kappa_bp": self._kappa_bp(right),
        }

    def _kappa_bp(self, right: int) -> int | None:
        """Cohen's κ: what is agreed beyond chance; None where chance explains all."""
        total, theirs = self.opinions, self.both_objected + self.reviewer_only
        officers = self.both_objected + self.officer_only
        by_chance = theirs * officers + (total - theirs) * (total - officers)  # of total²
        if not total or by_chance == total * total:
            return None
        numerator, denominator = (right * total - by_chance) * _ONE, total * total - by_chance
        return numerator // denominator if numerator >= 0 else -(-numerator // denominator)


@dataclass(slots=True)
class Agreed:
    """A reviewer's tally over all cases, and over those in which its opinion was hidden."""

    all: Tally = field(default_factory=Tally)
    blind: Tally = field(default_factory=Tally)


def agreement(
    session: Session,
    *,
    caller: Caller,
    since: datetime,
    until: datetime,
    is_blind: Callable[[str], bool],
    shop_id: str | None = None,
) -> dict[str, Agreed]:
    """By reviewer, over cases of the caller's shops decided within the time."""
    found: dict[str, Agreed] = {}
    rows = session.execute(
        _decided(
            select(ReviewerOpinion.reviewer, ReviewerOpinion.state, ReviewerOpinion.verdict, Case.outcome, Case.id),
            caller=caller,
            shop_id=shop_id,
        ).where(Case.decided_at >= since, Case.decided_at <= until)
    )
    for reviewer, state, verdict, outcome, case_id in rows.yield_per(_AT_A_TIME):
        each = found.setdefault(reviewer, Agreed())
        for tally in (each.all, each.blind) if is_blind(case_id) else (each.all,):
            tally.note(verdict=verdict if state == "given" else None, is_objected=outcome in _OBJECTED)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A content that a reviewer and an officer judged otherwise."""

    case: Case
    opinion: ReviewerOpinion

    def answer(self) -> dict[str, Any]:
        """As plain data."""
        assert self.case.decided_at is not None, "only decided cases are read"
        return {
            "case_id": self.case.id,
            "shop_id": self.case.shop_id,
            "category": self.case.category,
            "reviewer": self.opinion.reviewer,
            "verdict": self.opinion.verdict,
            "score_bp": self.opinion.score_bp,
            "reason": self.opinion.reason,
            "outcome": self.case.outcome,
            "decided_at": self.case.decided_at.isoformat(),
        }


def disagreements(
    session: Session,
    *,
    caller: Caller,
    limit: int,
    reviewer: str | None = None,
    shop_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    without: Collection[str] = (),
) -> Sequence[Disagreement]:
    """The newest first, after the last seen (decided_at, opinion's id); those of the cases ``without`` are left out."""
    objects = ReviewerOpinion.verdict.in_(_AI_OBJECTS)
    differs = or_(and_(objects, Case.outcome.in_(_LET)), and_(~objects, Case.outcome.in_(_OBJECTED)))
    found = _decided(select(Case, ReviewerOpinion), caller=caller, shop_id=shop_id)
    found = found.where(ReviewerOpinion.state == "given", differs)
    if reviewer is not None:
        found = found.where(ReviewerOpinion.reviewer == reviewer)
    if without:
        found = found.where(Case.id.not_in(without))
    if after is not None:
        at, row_id = after
        edge = tuple_(literal(at, Case.decided_at.type), literal(row_id, ReviewerOpinion.id.type))
        found = found.where(tuple_(Case.decided_at, ReviewerOpinion.id) < edge)
    ordered = found.order_by(Case.decided_at.desc(), ReviewerOpinion.id.desc()).limit(limit)
    return [Disagreement(row[0], row[1]) for row in session.execute(ordered)]


def answers(
    session: Session, *, caller: Caller, since: datetime, until: datetime, shop_id: str | None = None
) -> dict[str, dict[str, int]]:
    """How often each reviewer was asked within the time, by what came of it."""
    outcome = case(
        (ReviewerOpinion.is_repeated.is_(True), "repeated"),
        (ReviewerOpinion.state == "given", ReviewerOpinion.verdict),
        else_=ReviewerOpinion.state,
    )
    counts = select(ReviewerOpinion.reviewer, outcome, func.count()).where(
        ReviewerOpinion.asked_at >= since, ReviewerOpinion.asked_at <= until, caller.only_own(ReviewerOpinion.shop_id)
    )
    if shop_id is not None:
        counts = counts.where(ReviewerOpinion.shop_id == shop_id)
    found: dict[str, dict[str, int]] = {}
    for name, what, count in session.execute(counts.group_by(ReviewerOpinion.reviewer, outcome)):
        found.setdefault(name, {})[str(what)] = count
    return found


def as_csv(found: Iterable[tuple[str, Agreed]]) -> str:
    """A line a reviewer and kind of cases (all, blind)."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEAD)
    for reviewer, agreed in found:
        for cases, tally in (("all", agreed.all), ("blind", agreed.blind)):
            said = tally.answer()
            table.writerow([reviewer, cases, *("" if said[name] is None else said[name] for name in HEAD[2:])])
    return text.getvalue()


def _decided(wanted: Any, *, caller: Caller, shop_id: str | None) -> Any:
    """A query of cases and opinions, narrowed to what persons decided for good."""
    found = (
        wanted.select_from(Case)
        .join(ReviewerOpinion, ReviewerOpinion.screening_id == Case.screening_id)
        .where(Case.state.in_(_FINAL), Case.outcome.in_((*_OBJECTED, *_LET)), Case.decided_by != "system")
        .where(caller.only_own(Case.shop_id))
    )
    return found if shop_id is None else found.where(Case.shop_id == shop_id)


def _share(part: int, whole: int) -> int | None:
    return part * _ONE // whole if whole else None

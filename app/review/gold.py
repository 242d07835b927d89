"""Gold cases: decided cases beyond doubt that officers train on, and how they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import Case, GoldAnswer, GoldCase
from app.review import second_reviews
from app.review.cases import DECIDED_STATES, OUTCOMES
from app.values.access import Caller

ONE = 10_000


@dataclass(frozen=True, slots=True)
class Trained:
    """How an officer did: answers, right ones, how many are needed, and whether the mark is reached."""

    answered: int
    right: int
    needed: int
    is_passed: bool

    @property
    def right_bp(self) -> int | None:
        """Basis points; None without an answer."""
        return self.right * ONE // self.answered if self.answered else None


def mark(session: Session, found: Case, *, lesson: str, by: str, now: datetime) -> GoldCase:
    """Make a decided case gold; raises Conflict where it is not decided or is gold, InvalidInput without a lesson."""
    if not lesson.strip():
        raise InvalidInput("a gold case teaches something", problems=[Problem("lesson", "is empty", "why it is right")])
    if found.state not in DECIDED_STATES or found.outcome is None:
        raise Conflict(f"only a decided case can be gold; this one is {found.state}")
    if session.scalar(select(GoldCase.id).where(GoldCase.case_id == found.id)) is not None:
        raise Conflict("the case is gold already")
    row = GoldCase(
        case_id=found.id,
        shop_id=found.shop_id,
        queue=found.queue,
        outcome=found.outcome,
        lesson=lesson.strip(),
        marked_by=by,
        marked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def retire(session: Session, gold_id: str, *, caller: Caller, now: datetime) -> GoldCase:
    """Take a gold case out of the training; answers given stay."""
    row = find(session, gold_id, caller=caller)
    row.retired_at = row.retired_at or now
    session.flush()
    return row


def find(session: Session, gold_id: str, *, caller: Caller) -> GoldCase:
    """The gold case, when it is of one of the caller's shops."""
    row = session.get(GoldCase, gold_id)
    if row is None or not caller.may_see(row.shop_id):
        raise NotFound(f"no gold case {gold_id}")
    return row


def next_for(session: Session, *, caller: Caller) -> GoldCase | None:
    """A gold case they have not answered, had no hand in and do not review blind; the oldest first."""
    answered = select(GoldAnswer.gold_id).where(GoldAnswer.officer == caller.name)
    own = caller.only_own(GoldCase.shop_id) & GoldCase.retired_at.is_(None) & (GoldCase.marked_by != caller.name)
    own &= _not_blind(session, caller)
    wanted = select(GoldCase).join(Case, Case.id == GoldCase.case_id).where(own, GoldCase.id.not_in(answered))
    return session.scalar(wanted.where(Case.decided_by != caller.name).order_by(GoldCase.id).limit(1))


def answer(session: Session, row: GoldCase, outcome: str, *, by: str, now: datetime) -> GoldAnswer:
    """Keep an answer; raises InvalidInput for an unknown outcome and Conflict for a second answer."""
    if outcome not in OUTCOMES:
        raise InvalidInput(
            "no such outcome", problems=[Problem("decision", f"unknown: {outcome}", ", ".join(OUTCOMES))]
        )
    if session.scalar(select(GoldAnswer.id).filter_by(gold_id=row.id, officer=by)) is not None:
        raise Conflict("this gold case was answered already")
    given = GoldAnswer(gold_id=row.id, officer=by, outcome=outcome, is_right=outcome == row.outcome, answered_at=now)
    session.add(given)
    session.flush()
    return given


def trained(session: Session, officer: str, *, count: int, pass_bp: int) -> Trained:
    """How an officer stands: as many of their newest answers as are needed count, so that early errors fade."""
    newest = (
        select(GoldAnswer.is_right).where(GoldAnswer.officer == officer).order_by(GoldAnswer.id.desc()).limit(count)
    )
    rights = list(session.scalars(newest))
    available = session.scalar(select(func.count()).select_from(GoldCase).where(GoldCase.retired_at.is_(None))) or 0
    needed = min(count, available)
    is_passed = len(rights) >= needed and sum(rights) * ONE >= pass_bp * len(rights)
    return Trained(len(rights), sum(rights), needed, is_passed)


def results(session: Session) -> Mapping[str, tuple[int, int]]:
    """By officer: answers given, and right ones."""
    right = func.sum(case((GoldAnswer.is_right, 1), else_=0))
    rows = session.execute(select(GoldAnswer.officer, func.count(), right).group_by(GoldAnswer.officer))
    return {officer: (times, int(rights)) for officer, times, rights in rows}


def listed(session: Session, *, caller: Caller, limit: int = 100) -> Sequence[GoldCase]:
    """Gold cases of the caller's shops in the training, the newest first; none that they review blind."""
    own = caller.only_own(GoldCase.shop_id) & GoldCase.retired_at.is_(None) & _not_blind(session, caller)
    return session.scalars(select(GoldCase).where(own).order_by(GoldCase.id.desc()).limit(limit)).all()


def _not_blind(session: Session, caller: Caller) -> ColumnElement[bool]:
    return GoldCase.case_id.not_in(second_reviews.blind_cases(session, caller))

"""Second reviews: a stable random share of decided cases is decided again by somebody who sees nothing of the first.

Which cases are drawn follows from a keyed hash of the case, so drawing again draws the same, unforeseeably.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem, SamePerson
from app.models import Case, SecondReview
from app.review.cases import BOUND, OUTCOMES
from app.review.kappa import Agreed, agreed
from app.values.access import Caller

ONE = 10_000
STATES = ("waiting", "agreed", "disputed", "resolved")
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Drift:
    """The newest pairs: how many, their κ, the bound it should not fall below, and whether it did."""

    pairs: int
    kappa_bp: int | None
    bound_bp: int
    is_alarm: bool


def is_drawn(case_id: str, share_bp: int, key: bytes) -> bool:
    """Whether a case is among the share."""
    digest = hmac.digest(key, f"second-review|{case_id}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8]) % ONE < share_bp


def draw(session: Session, case: Case, *, rules: Sequence[str], by: str, now: datetime) -> SecondReview | None:
    """Set a case that was just decided aside for a second review; None where it was before."""
    if session.scalar(select(SecondReview.id).where(SecondReview.case_id == case.id)) is not None:
        return None
    row = SecondReview(
        case_id=case.id,
        shop_id=case.shop_id,
        queue=case.queue,
        category=case.category,
        rules=list(rules),
        drawn_at=now,
        first_by=by,
        first_outcome=case.outcome or "",
        first_policy=case.policy,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, review_id: str, *, caller: Caller) -> SecondReview:
    """The review, when it is of one of the caller's shops."""
    row = session.get(SecondReview, review_id)
    if row is None or not caller.may_see(row.shop_id):
        raise NotFound(f"no second review {review_id}")
    return row


def had_a_say(row: SecondReview, case: Case, others: Iterable[str], by: str) -> bool:
    """Whether somebody knows the first decision because they worked on the case."""
    known = {row.first_by, case.decided_by, case.first_by, (case.first or {}).get("disputed_by"), *others}
    return _person(by) in {_person(each) for each in known if each}


def waiting(session: Session, *, caller: Caller, now: datetime) -> Sequence[SecondReview]:
    """The next few that nobody has, the oldest first."""
    wanted = (SecondReview.state == "waiting") & caller.only_own(SecondReview.shop_id) & _free(caller.name, now)
    order = (SecondReview.drawn_at, SecondReview.id)
    return session.scalars(select(SecondReview).where(wanted).order_by(*order).limit(_LOOKED_AT)).all()


def take(session: Session, row: SecondReview, *, by: str, minutes: int, now: datetime) -> bool:
    """Take one; False when somebody was faster."""
    still = (SecondReview.id == row.id) & (SecondReview.state == "waiting") & _free(by, now)
    values = {"claimed_by": by, "claimed_until": now + timedelta(minutes=minutes)}
    won = session.execute(update(SecondReview).where(still).values(values).returning(SecondReview.id)).scalar()
    session.refresh(row)
    return won is not None


def blind_of(session: Session, case_id: str, who: Caller) -> SecondReview | None:
    """The review of a case that a person has taken and not decided: until then the first decision is kept back."""
    return session.scalar(select(SecondReview).where(SecondReview.case_id == case_id, taken_by(who)))


def blind_cases(session: Session, who: Caller) -> frozenset[str]:
    """The cases a person reviews blind at present, by whatever door they took the reviews."""
    return frozenset(session.scalars(select(SecondReview.case_id).where(taken_by(who))))


def taken_by(who: Caller) -> ColumnElement[bool]:
    """The condition of a review that a person has and has not decided."""
    # Also after the time is over: until somebody else takes it they can still decide it, so they must not look first.
    return and_(SecondReview.claimed_by.in_(sorted({*who.names})), SecondReview.state == "waiting")


def give_up(session: Session, row: SecondReview, *, who: Caller) -> None:
    """Let a review go undecided; raises Conflict where the person does not have it."""
    theirs = (SecondReview.id == row.id) & taken_by(who)
    freed = update(SecondReview).where(theirs).values(claimed_by=None, claimed_until=None).returning(SecondReview.id)
    won = session.execute(freed).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"the review is already {row.state}" if row.state != "waiting" else "take the review first")


def say(
    session: Session, row: SecondReview, *, outcome: str, policy: str | None, reason: str, by: str, now: datetime
) -> str:
    """Decide a second time; ``agreed`` or ``disputed``.

    Raises:
        InvalidInput: unknown outcome, no reason, or no policy for an outcome against the merchant.
        Conflict: it was decided meanwhile, or somebody else has it.
    """
    check_outcome(outcome, policy, reason)
    state = "agreed" if outcome == row.first_outcome else "disputed"
    still = (SecondReview.id == row.id) & (SecondReview.state == "waiting") & _free(by, now)
    said = {"state": state, "second_by": by, "second_at": now, "second_outcome": outcome, "second_policy": policy}
    freed = {"second_reason": reason, "claimed_by": None, "claimed_until": None}
    won = session.execute(update(SecondReview).where(still).values(said | freed).returning(SecondReview.id)).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"the review is already {row.state}" if row.state != "waiting" else f"{row.claimed_by} has it")
    return state


def resolve(session: Session, row: SecondReview, *, outcome: str, lesson: str, by: str, now: datetime) -> None:
    """End a disagreement: what is right, and what is to be learnt; by somebody who gave neither decision.

    Raises:
        InvalidInput: unknown outcome or no lesson.
        SamePerson: they gave one of the two.
        Conflict: nothing is disputed.
    """
    check_outcome(outcome, "-", lesson, named="lesson")
    if _person(by) in {_person(row.first_by), _person(row.second_by or "")}:
        raise SamePerson("a disagreement is resolved by somebody who gave neither decision")
    disputed = (SecondReview.id == row.id) & (SecondReview.state == "disputed")
    said = {"state": "resolved", "resolved_by": by, "resolved_at": now, "resolved_outcome": outcome, "lesson": lesson}
    won = session.execute(update(SecondReview).where(disputed).values(said).returning(SecondReview.id)).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"the review is {row.state}")


def check_outcome(outcome: str, policy: str | None, reason: str, *, named: str = "reason") -> None:
    """Raise InvalidInput naming everything that is wrong."""
    problems = []
    if outcome not in OUTCOMES:
        problems.append(Problem("decision", f"unknown: {outcome}", ", ".join(OUTCOMES)))
    if outcome in BOUND and not policy:
        problems.append(Problem("policy", "is not named", "the category or rule it rests on"))
    if not reason.strip():
        problems.append(Problem(named, "is empty", "why"))
    if problems:
        raise InvalidInput("it cannot be decided so", problems=problems)


def listed(
    session: Session, *, caller: Caller, state: str | None, before: str | None = None, limit: int = 50
) -> Sequence[SecondReview]:
    """Reviews of the caller's shops, the newest first, older than the review ``before``.

    Of those that wait only the caller's own: whoever knows which cases wait looks at them first and reviews them then.
    """
    known = or_(SecondReview.state != "waiting", taken_by(caller))
    wanted = select(SecondReview).where(caller.only_own(SecondReview.shop_id), known).order_by(SecondReview.id.desc())
    if state is not None:
        wanted = wanted.where(SecondReview.state == state)
    if before is not None:
        wanted = wanted.where(SecondReview.id < before)
    return session.scalars(wanted.limit(limit)).all()


def agreement(session: Session, *, caller: Caller, since: datetime) -> Mapping[str, Mapping[str, Agreed]]:
    """Agreement since an instant: ``all`` (under ``""``), by first ``officer``, by ``category`` and by ``rule``."""
    cells: dict[str, dict[str, Counter[tuple[str, str]]]] = {"all": {}, "officer": {}, "category": {}, "rule": {}}
    columns = (SecondReview.first_by, SecondReview.category, SecondReview.rules)
    pair = (SecondReview.first_outcome, SecondReview.second_outcome)
    lately = (SecondReview.second_at >= since) & caller.only_own(SecondReview.shop_id)
    for officer, category, rules, first, second in session.execute(select(*columns, *pair).where(lately)):
        named = [("all", ""), ("officer", officer), ("category", category), *(("rule", rule) for rule in rules)]
        for group, key in named:
            cells[group].setdefault(key, Counter())[first, second or ""] += 1
    return {
        group: {key: agreed(found) for key, found in sorted(each.items(), key=lambda item: -sum(item[1].values()))}
        for group, each in cells.items()
    }


def drift(session: Session, *, window: int, bound_bp: int) -> Drift:
    """κ of the newest pairs; an alarm once there are as many as the window and it lies below the bound."""
    pair = select(SecondReview.first_outcome, SecondReview.second_outcome).where(SecondReview.second_at.is_not(None))
    rows = session.execute(pair.order_by(SecondReview.second_at.desc()).limit(window)).all()
    found = agreed(Counter((row[0], row[1] or "") for row in rows))
    is_alarm = found.pairs >= window and found.kappa_bp is not None and found.kappa_bp < bound_bp
    return Drift(found.pairs, found.kappa_bp, bound_bp, is_alarm)


def _free(by: str, now: datetime) -> ColumnElement[bool]:
    return or_(SecondReview.claimed_by.is_(None), SecondReview.claimed_by == by, SecondReview.claimed_until <= now)


def _person(actor: str) -> str:
    return actor.partition(":")[2] or actor

"""A share of decided cases is decided again, blind: drawn, taken, decided, and where the two differ, resolved.

decided ─ in the share? ─ set aside with the first decision ─ taken by somebody without a say ─ decided
   ├ the same ─ agreed                                    └ agreement of the newest pairs ─ below the bound: alarm
   └ another ─ disputed ─ a third, senior person ─ a teaching case ─ the case itself corrected where asked
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit.reading import of_object
from app.errors import Conflict, Forbidden, InvalidInput, Problem, SamePerson
from app.flows.decide_case import settle
from app.flows.parts import Parts
from app.metrics import SECOND_REVIEW_DRIFT, SECOND_REVIEW_KAPPA
from app.models import Case, SecondReview
from app.review import blindness, marks, precedents, second_reviews
from app.review.cases import BOUND
from app.review.claiming import DECIDERS, SENIORS
from app.values.access import Caller

_log = structlog.get_logger(__name__)
_STEPS = 200


def take_review(parts: Parts, *, caller: Caller, now: datetime) -> SecondReview | None:
    """The oldest review of a case the caller never worked on, taken for them; None when none is left."""
    if not caller.grants & DECIDERS:
        raise Forbidden(f"second reviews need one of {', '.join(sorted(DECIDERS))}")

    def work(session: Session) -> SecondReview | None:
        rows = second_reviews.waiting(session, caller=caller, now=now)
        oldest = min((row.drawn_at for row in rows), default=now)
        exported = blindness.exported(session, caller, since=oldest)
        for row in rows:
            case = session.get_one(Case, row.case_id)
            steps = [*of_object(session, "case", case.id, limit=_STEPS)]
            steps += of_object(session, "second_review", row.id, limit=_STEPS)  # who read the case, or gave it up
            others = [step.actor for step in steps]
            if exported.get(row.shop_id, oldest) > row.drawn_at:
                continue
            if second_reviews.had_a_say(row, case, others, caller.name):
                continue
            if second_reviews.take(session, row, by=caller.name, minutes=parts.settings.claim_minutes, now=now):
                return row
        return None

    return parts.db.write(work)


def give_up_review(parts: Parts, review_id: str, *, caller: Caller, now: datetime) -> SecondReview:
    """Let a review go undecided, to be told of its case again; it is not offered to the same person a second time.

    Raises:
        NotFound: no such review in the caller's shops.
        Conflict: they do not have it, or it is decided.
    """

    def work(session: Session) -> SecondReview:
        row = second_reviews.find(session, review_id, caller=caller)
        second_reviews.give_up(session, row, who=caller)
        note_known(session, row, "second_review.give_up", by=caller.name, now=now)
        return row

    return parts.db.write(work)


def note_known(session: Session, row: SecondReview, action: str, *, by: str, now: datetime) -> None:
    """Put down that somebody may know the first decision. The case stays unnamed, or the log would tell which wait."""
    about: dict[str, Any] = {"object_type": "second_review", "object_id": row.id, "shop_id": row.shop_id}
    audit.record(session, actor=by, action=action, details={}, now=now, **about)


def say_review(
    parts: Parts, review_id: str, *, outcome: str, policy: str | None, reason: str, caller: Caller, now: datetime
) -> SecondReview:
    """Decide a second time. What was decided first stays as it is; only a resolved disagreement may change it.

    Raises:
        NotFound: no such review in the caller's shops.
        Forbidden: no officer, or one who had a say in the case.
        InvalidInput, Conflict: as ``second_reviews.say``.
    """
    if not caller.grants & DECIDERS:
        raise Forbidden(f"second reviews need one of {', '.join(sorted(DECIDERS))}")

    def work(session: Session) -> SecondReview:
        row = second_reviews.find(session, review_id, caller=caller)
        case = session.get_one(Case, row.case_id)
        if second_reviews.had_a_say(row, case, (), caller.name):
            raise SamePerson("the second review is by somebody else than the first decision")
        if row.claimed_by != caller.name and row.state == "waiting":
            raise Conflict("take the review first")
        state = second_reviews.say(session, row, outcome=outcome, policy=policy, reason=reason, by=caller.name, now=now)
        _record(session, row, "second_review.decide", reason, {"state": state}, caller.name, now)
        return row

    row = parts.db.write(work)
    watch_drift(parts)
    return row


def resolve_review(
    parts: Parts, review_id: str, *, outcome: str, lesson: str, corrects: bool, caller: Caller, now: datetime
) -> SecondReview:
    """End a disagreement; with ``corrects`` the case gets the outcome found right, where it has another.

    Raises:
        NotFound: no such review in the caller's shops.
        Forbidden: not a senior, or they gave one of the two decisions.
        InvalidInput: unknown outcome or no lesson.
        Conflict: nothing is disputed, or the case is contested.
    """
    if not caller.grants & SENIORS:
        raise Forbidden(f"resolving needs one of {', '.join(sorted(SENIORS))}")

    def work(session: Session) -> SecondReview:
        row = second_reviews.find(session, review_id, caller=caller)
        second_reviews.resolve(session, row, outcome=outcome, lesson=lesson, by=caller.name, now=now)
        _record(session, row, "second_review.resolve", lesson, {"outcome": outcome}, caller.name, now)
        case = session.get_one(Case, row.case_id)
        if corrects and case.outcome != outcome:
            _correct(parts, session, case, row, outcome, lesson, by=caller.name, now=now)
        return row

    return parts.db.write(work)


def watch_drift(parts: Parts) -> second_reviews.Drift:
    """Tell how far officers agree lately: in metrics, and in the log where it is an alarm."""
    with parts.db.read() as session:
        found = drift_of(parts, session)
    SECOND_REVIEW_KAPPA.set(-1 if found.kappa_bp is None else found.kappa_bp / second_reviews.ONE)
    SECOND_REVIEW_DRIFT.set(found.is_alarm)
    if found.is_alarm:
        _log.warning("second_reviews_drift", pairs=found.pairs, kappa_bp=found.kappa_bp, bound_bp=found.bound_bp)
    return found


def drift_of(parts: Parts, session: Session) -> second_reviews.Drift:
    """The newest pairs by this deployment's window and bound."""
    settings = parts.settings
    return second_reviews.drift(session, window=settings.second_review_window, bound_bp=settings.second_review_kappa_bp)


def _correct(
    parts: Parts, session: Session, case: Case, row: SecondReview, outcome: str, lesson: str, *, by: str, now: datetime
) -> None:
    """Give a decided case another outcome: precedents end, strikes are taken back, then what follows from the new."""
    if case.state != "decided":
        raise Conflict(f"the case is {case.state}; what is contested is changed by its appeal")
    policy = (row.second_policy or row.first_policy or case.category) if outcome in BOUND else None
    if outcome == "return" and not case.suggestion:
        problem = Problem("decision", "return", "an outcome that needs no suggestion")
        raise InvalidInput("a returned case says what to write instead", problems=[problem])
    values: dict[str, Any] = {"outcome": outcome, "policy": policy, "reason": lesson, "stamp": Case.stamp + 1}
    session.execute(update(Case).where(Case.id == case.id).values(values))
    session.refresh(case)
    ended = precedents.revoke_of(session, case.id, by=by, now=now)
    voided = marks.void_of(session, case.id, by=by, now=now)
    settle(parts, session, case, by=by, now=now, is_appeal=True)
    details = {"outcome": outcome, "precedents_ended": ended, "strikes_taken_back": voided}
    about: dict[str, Any] = {"object_type": "case", "object_id": case.id, "shop_id": case.shop_id, "reason": lesson}
    audit.record(session, actor=by, action="case.correct", details=details, now=now, **about)


def reviews_waiting(session: Session, *, caller: Caller) -> int:
    """How many wait, up to 1,000."""
    wanted = select(SecondReview.id).where(SecondReview.state == "waiting", caller.only_own(SecondReview.shop_id))
    return len(session.scalars(wanted.limit(1_000)).all())


def _record(
    session: Session, row: SecondReview, action: str, reason: str, details: dict[str, Any], by: str, now: datetime
) -> None:
    """Beside the review, not the case: its time line must not tell a blind reviewer anything."""
    about: dict[str, Any] = {"object_type": "second_review", "object_id": row.id, "shop_id": row.shop_id}
    said = {"case_id": row.case_id, **details}
    audit.record(session, actor=by, action=action, reason=reason, details=said, now=now, **about)

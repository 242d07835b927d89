"""What is kept back from a person who is to judge a case by themselves, whatever door they come by.

a case they review blind ─ neither its first decision nor opinions
a case whose opinions are hidden, and open ─ no opinion
a case that waits for its second review ─ everything, but who reads it is not offered that review
Machines that only upload are told everything: they decide nothing. An officer and a key of their name are one person.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.reading import of_object
from app.errors import Conflict
from app.flows.parts import Parts
from app.flows.second_review import note_known
from app.models import AuditRow, Case, CaseMember, Inquiry, SecondReview
from app.review import blindness, second_reviews
from app.review.cases import OPEN_STATES
from app.review.claiming import DECIDERS
from app.values.access import Caller


class ReviewedBlind(Conflict):
    """The caller has a second review to decide, or to give up, before they are told; the detail names it."""

    code = "reviewed_blind"
    title = "You review this blind"

    def __init__(self, why: str, review_id: str) -> None:
        super().__init__(f"{why}; decide the second review {review_id} or give it up first")
        self.review_id = review_id


_log = structlog.get_logger(__name__)
_STEPS = 200
READ = "second_review.read"


def meet_case(parts: Parts, case_id: str, *, caller: Caller, now: datetime) -> SecondReview | None:
    """Before a case is shown to somebody: the review in whose way that is; None when they may be told everything.

    Who is told the decision of a case that waits for its second review, and could review it, is put down, once, as
    somebody who knows it. Where the database takes no writes the case is shown all the same.
    """
    with parts.db.read() as session:
        row = blindness.waiting_review(session, case_id)
        if row is None or not caller.may_see(row.shop_id):
            return None
        if row.claimed_by in caller.names:
            return row
        if not caller.grants & DECIDERS or _knows(session, row, caller):
            return None

    def work(session: Session) -> None:
        note_known(session, session.get_one(SecondReview, row.id), READ, by=caller.name, now=now)

    try:
        parts.db.write(work)
    except DBAPIError as error:
        _log.warning("reader_not_noted", review_id=row.id, error=type(error.orig).__name__)
    return None


def check_export_not_blind(session: Session, run: Inquiry, *, caller: Caller) -> None:
    """Raise Conflict while the caller reviews blind a case whose decision may stand in the export."""
    review = blindness.blind_in_shop(session, run.shop_id, caller, until=run.finished_at or run.to_at)
    if review is not None:
        raise ReviewedBlind("the export tells a decision you review blind", review.id)


def check_not_blind(session: Session, case_id: str, *, caller: Caller) -> None:
    """Raise Conflict while the caller reviews this case blind: everything about it tells the first decision."""
    review = second_reviews.blind_of(session, case_id, caller)
    if review is not None:
        raise refused(review)


def refused(review: SecondReview) -> Conflict:
    """What somebody is told who asks about a case they review blind."""
    return ReviewedBlind("you review this case blind", review.id)


def meet_content(parts: Parts, content_pk: str, *, caller: Caller, now: datetime) -> None:
    """``meet_case`` for a content, whose outcome is the decision on its case; raises Conflict where they review it."""
    if not caller.grants & DECIDERS:
        return
    with parts.db.read() as session:
        waiting = blindness.waiting_cases(session, content_pk)
    for case_id in waiting:
        if (review := meet_case(parts, case_id, caller=caller, now=now)) is not None:
            raise refused(review)


def check_row_not_blind(session: Session, row: AuditRow, *, caller: Caller) -> None:
    """The same for a row of the audit log, about the case itself or about what names it."""
    named = {row.object_id, row.details.get("case_id")}
    for case_id in second_reviews.blind_cases(session, caller):
        if case_id in named:
            check_not_blind(session, case_id, caller=caller)


def hears_opinions(parts: Parts, session: Session, content_pk: str, *, caller: Caller) -> bool:
    """Whether the caller may be told what reviewers said of a content: not while they are to judge it without that."""
    if not caller.grants & DECIDERS:
        return True
    if _blind_case_of(session, content_pk, caller) is not None:
        return False
    if not parts.review_settings.blind_bp:
        return True
    shown = select(Case.id).where(Case.content_pk == content_pk, Case.state.in_(OPEN_STATES))
    behind = (
        select(Case.id)
        .join(CaseMember, CaseMember.case_id == Case.id)
        .where(CaseMember.content_pk == content_pk, Case.state.in_(OPEN_STATES))
    )
    found = {*session.scalars(shown), *session.scalars(behind)}
    return not any(parts.review_settings.is_blind(each) for each in found)


def _knows(session: Session, row: SecondReview, caller: Caller) -> bool:
    """Whether they are out of this review already."""
    case = session.get_one(Case, row.case_id)
    readers = [step.actor for step in of_object(session, "second_review", row.id, limit=_STEPS)]
    return second_reviews.had_a_say(row, case, readers, caller.name)


def _blind_case_of(session: Session, content_pk: str, caller: Caller) -> str | None:
    """The case about a content, or with it behind, that the caller reviews blind."""
    blind = second_reviews.blind_cases(session, caller)
    if not blind:
        return None
    shown = select(Case.id).where(Case.content_pk == content_pk, Case.id.in_(blind))
    behind = select(CaseMember.case_id).where(CaseMember.content_pk == content_pk, CaseMember.case_id.in_(blind))
    return session.scalar(shown.limit(1)) or session.scalar(behind.limit(1))

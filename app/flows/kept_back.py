"""What is kept back from a person who is to judge a case by themselves, whatever door they come by.

a case they review blind ─ neither its first decision nor opinions
a case whose opinions are hidden, and open ─ no opinion
Machines that only upload are told everything: they decide nothing. An officer and a key of their name are one person.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.flows.parts import Parts
from app.models import AuditRow, Case, CaseMember
from app.review import second_reviews
from app.review.cases import OPEN_STATES
from app.review.claiming import DECIDERS
from app.values.access import Caller


def check_not_blind(session: Session, case_id: str, *, caller: Caller) -> None:
    """Raise Conflict while the caller reviews this case blind: everything about it tells the first decision."""
    review = second_reviews.blind_of(session, case_id, caller)
    if review is not None:
        raise Conflict(f"you review this case blind; decide the second review {review.id} first")


def check_content_not_blind(session: Session, content_pk: str, *, caller: Caller) -> None:
    """The same for a content: its outcome is the decision on its case."""
    if not caller.grants & DECIDERS:
        return
    case_id = _blind_case_of(session, content_pk, caller)
    if case_id is not None:
        check_not_blind(session, case_id, caller=caller)


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


def _blind_case_of(session: Session, content_pk: str, caller: Caller) -> str | None:
    """The case about a content, or with it behind, that the caller reviews blind."""
    blind = second_reviews.blind_cases(session, caller)
    if not blind:
        return None
    shown = select(Case.id).where(Case.content_pk == content_pk, Case.id.in_(blind))
    behind = select(CaseMember.case_id).where(CaseMember.content_pk == content_pk, CaseMember.case_id.in_(blind))
    return session.scalar(shown.limit(1)) or session.scalar(behind.limit(1))

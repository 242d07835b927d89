"""What a case about no content is called: an order's number, a notice's own, or what several claims wait for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.claim_news import SUBJECTS
from app.flows.record_notice import SUBJECT
from app.models import Case, Notice
from app.money.causes import CAUSES
from app.web.console.language import translated
from app.web.console.shown import listed
from app.web.console.words import name, say


def notices_of(session: Session, cases: Iterable[Case]) -> dict[str, Notice]:
    """The notices that cases are about, by the cases' ids."""
    wanted = {case.subject: case.id for case in cases if case.subject_type == SUBJECT and case.subject}
    if not wanted:
        return {}
    return {wanted[row.id]: row for row in session.scalars(select(Notice).where(Notice.id.in_(wanted)))}


def subject_text(case: Case, notice: Notice | None = None) -> str:
    """The subject as people read it, of a notice its number; the id where there is nothing better."""
    if notice is not None:
        return notice.number
    subject = case.subject or ""
    cause, _, doubts = subject.partition(":")
    if case.subject_type != SUBJECTS or cause not in CAUSES:
        return subject
    waits = listed(name("doubt", each) for each in doubts.split(",") if each)
    return say("course.claims_of", cause=translated(CAUSES[cause].title, "title"), doubts=waits)

"""What a case about something other than a content is called: an order's number, or what several claims wait for."""

from __future__ import annotations

from app.flows.claim_news import SUBJECTS
from app.models import Case
from app.money.causes import CAUSES
from app.web.console.language import translated
from app.web.console.shown import listed
from app.web.console.words import name, say


def subject_text(case: Case) -> str:
    """The subject as people read it; the id where there is nothing better."""
    subject = case.subject or ""
    cause, _, doubts = subject.partition(":")
    if case.subject_type != SUBJECTS or cause not in CAUSES:
        return subject
    waits = listed(name("doubt", each) for each in doubts.split(",") if each)
    return say("course.claims_of", cause=translated(CAUSES[cause].title, "title"), doubts=waits)

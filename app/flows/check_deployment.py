"""Checking a deployment as a whole, before it is trusted and whenever something is odd; nothing is changed.

settings ─ machine ─ reviewers ─ service ─ database answers? ── no ── said, and nothing more can be
                                              └ yes ─ shape, guards, clock ─ keys ─ snapshots ─ wordlists ─ jobs ─ audit
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from app.flows.checkup.database import check_database, unanswered
from app.flows.checkup.machine import check_keys, check_machine, check_settings
from app.flows.checkup.reviewers import check_reviewers
from app.flows.checkup.service import check_service
from app.flows.checkup.work import check_audit, check_jobs, check_snapshots, check_wordlists
from app.flows.parts import Parts
from app.values.finding import Finding, Grade


def check_deployment(parts: Parts, *, now: datetime) -> Iterator[Finding]:
    """Findings in the order they are made."""
    yield from check_settings(parts.settings)
    yield from check_machine(parts.settings)
    yield from check_reviewers(parts.reviewers)
    yield check_service(parts.settings)
    try:
        for each in check_database(parts, now=now):
            yield each
            if each.check == "migrations" and each.grade is Grade.FAIL:
                return  # what follows reads tables this program knows otherwise
        with parts.db.read() as session:
            yield from check_keys(parts, session)
            yield from check_snapshots(parts, session)
            yield from check_wordlists(parts, session, now=now)
            yield from check_jobs(session, now=now)
            yield from check_audit(parts, session, now=now)
    except SQLAlchemyError as error:
        yield unanswered(parts.db, error)

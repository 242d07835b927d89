"""Checking all of the books, and keeping what was found: a check reads every posting, so pages show the last one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.parts import Parts
from app.metrics import BOOKS_FINDINGS
from app.models import BooksCheck
from app.money.check import Finding, check

_ONE = "fund"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, when, by whom, and how long it took."""

    findings: tuple[Finding, ...]
    checked_at: datetime
    checked_by: str
    took_ms: int


def check_books(parts: Parts, *, by: str, now: datetime) -> Checked:
    """Check everything now."""
    began = time.perf_counter()
    with parts.db.read() as session:
        found = tuple(check(session, now=now))
    checked = Checked(found, now, by, int((time.perf_counter() - began) * 1000))
    BOOKS_FINDINGS.set(len(found))
    parts.db.write(lambda session: _keep(session, checked))
    return checked


def last_check(session: Session) -> Checked | None:
    """The newest check there was, by whomever."""
    row = session.get(BooksCheck, _ONE)
    if row is None:
        return None
    found = tuple(Finding(each["what"], each["where"]) for each in row.findings)
    return Checked(found, row.checked_at, row.checked_by, row.took_ms)


def _keep(session: Session, checked: Checked) -> None:
    row = session.get(BooksCheck, _ONE, with_for_update=True) or BooksCheck(id=_ONE)
    if row.checked_at is not None and row.checked_at > checked.checked_at:
        return  # a later one was faster
    row.checked_at, row.checked_by, row.took_ms = checked.checked_at, checked.checked_by, checked.took_ms
    row.findings = [{"what": each.what, "where": each.where} for each in checked.findings]
    session.add(row)
    session.flush()

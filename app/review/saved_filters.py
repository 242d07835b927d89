"""Filters of the list of cases that an officer keeps under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import SavedFilter

MOST = 20
_NAME_MAX = 40


def save(session: Session, officer: str, name: str, query: Mapping[str, str], *, now: datetime) -> SavedFilter:
    """Keep filters; the same name again takes the place of the earlier ones."""
    name = name.strip()
    problems = []
    if not name or len(name) > _NAME_MAX or not name.isprintable():
        problems.append(Problem("name", name[:60] or "is empty", f"1 to {_NAME_MAX} characters"))
    if not query:
        problems.append(Problem("query", "is empty", "at least one filter"))
    session.execute(delete(SavedFilter).filter_by(officer=officer, name=name))
    count = session.scalar(select(func.count()).select_from(SavedFilter).filter_by(officer=officer)) or 0
    if count >= MOST:
        problems.append(Problem("name", f"{count} filters are kept", f"at most {MOST}"))
    if problems:
        raise InvalidInput("the filter cannot be kept", problems=problems)
    row = SavedFilter(officer=officer, name=name, query=dict(query), created_at=now)
    session.add(row)
    session.flush()
    return row


def listed(session: Session, officer: str) -> Sequence[SavedFilter]:
    """An officer's filters, in the order they were made."""
    return session.scalars(select(SavedFilter).filter_by(officer=officer).order_by(SavedFilter.id)).all()


def forget(session: Session, officer: str, filter_id: str) -> None:
    """Remove one; raises NotFound for what is not theirs."""
    gone = session.execute(
        delete(SavedFilter).filter_by(officer=officer, id=filter_id).returning(SavedFilter.id)
    ).scalar()
    if gone is None:
        raise NotFound(f"no filter {filter_id}")

"""The table of what reviewers said: kept once a screening and reviewer, looked up again for the same material."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import AwaitedCheck, ReviewerOpinion, new_id
from app.models.base import ORG
from app.review.asking import Asked
from app.review.backend import Abstained, Awaited
from app.values.deciding import Opinion, Verdict

GIVEN, ABSTAINED, AWAITED = "given", "abstained", "awaited"
WAITS = timedelta(minutes=30)
"""How long the platform takes at most to send a result."""


def of_screening(session: Session, screening_id: str) -> dict[str, ReviewerOpinion]:
    """What each reviewer said of a screening."""
    found = select(ReviewerOpinion).where(ReviewerOpinion.screening_id == screening_id)
    return {row.reviewer: row for row in session.scalars(found.order_by(ReviewerOpinion.reviewer))}


def known(
    session: Session, material: str, versions: Mapping[str, str], *, since: datetime
) -> dict[str, ReviewerOpinion]:
    """What each of some reviewers said of the same material before, in its present version; the newest."""
    found = (
        select(ReviewerOpinion)
        .where(ReviewerOpinion.material == material, ReviewerOpinion.reviewer.in_(versions))
        .where(ReviewerOpinion.state == GIVEN, ReviewerOpinion.answered_at >= since)
        .where(ReviewerOpinion.is_repeated.is_(False))
        .order_by(ReviewerOpinion.answered_at)
    )
    return {row.reviewer: row for row in session.scalars(found) if row.version == versions[row.reviewer]}


def asked_since(session: Session, reviewer: str, since: datetime) -> int:
    """How often a reviewer was really asked since then."""
    wanted = (ReviewerOpinion.reviewer == reviewer) & (ReviewerOpinion.asked_at >= since)
    count = select(func.count()).select_from(ReviewerOpinion)
    return session.scalar(count.where(wanted, ReviewerOpinion.is_repeated.is_(False))) or 0


def row_of(asked: Asked, *, shop_id: str, screening_id: str, material: str, now: datetime) -> dict[str, Any]:
    """The row of an answer that has just come."""
    said, reviewer = asked.said, asked.reviewer
    values: dict[str, Any] = {
        "id": new_id(),
        "org_id": ORG,
        "shop_id": shop_id,
        "screening_id": screening_id,
        "reviewer": reviewer.name,
        "version": reviewer.version[:80],
        "material": material,
        "verdict": None,
        "score_bp": None,
        "reason": "",
        "why": None,
        "facts": {},
        "is_advice": reviewer.is_advice,
        "is_repeated": False,
        "asked_at": now,
        "answered_at": now,
        "took_ms": asked.took_ms,
    }
    if isinstance(said, Opinion):
        return values | {"state": GIVEN, **_of_opinion(said)}
    if isinstance(said, Abstained):
        return values | {"state": ABSTAINED, "why": said.why, "facts": dict(said.facts)}
    so_far = _of_opinion(said.so_far) if said.so_far else {}
    return values | {"state": AWAITED, "answered_at": None, **so_far, "facts": dict(said.facts)}


def repeated_row(before: ReviewerOpinion, *, shop_id: str, screening_id: str, now: datetime) -> dict[str, Any]:
    """The row of an answer that was given for the same material before."""
    kept = ("reviewer", "version", "material", "state", "verdict", "score_bp", "reason", "why", "facts", "is_advice")
    values = {name: getattr(before, name) for name in kept}
    when = {"asked_at": now, "answered_at": now, "took_ms": 0, "is_repeated": True}
    return values | when | {"id": new_id(), "org_id": ORG, "shop_id": shop_id, "screening_id": screening_id}


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store answers; a later one of the same reviewer on the same screening takes the place of the earlier."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    kept = ("id", "org_id", "shop_id", "screening_id", "reviewer", "asked_at")
    for row in rows:
        statement = insert(ReviewerOpinion).values(dict(row))
        changed = {name: statement.excluded[name] for name in row if name not in kept}
        session.execute(
            statement.on_conflict_do_update(index_elements=["screening_id", "reviewer"], set_=changed),
            execution_options={"synchronize_session": False},
        )


def await_checks(session: Session, asked: Sequence[Asked], *, screening_id: str, now: datetime) -> None:
    """Note which results are to come; one may have come before we got here."""
    for each in asked:
        if not isinstance(each.said, Awaited):
            continue
        for trace_id in each.said.traces:
            row = session.get(AwaitedCheck, trace_id) or AwaitedCheck(trace_id=trace_id, reviewer=each.reviewer.name)
            row.screening_id, row.asked_at = screening_id, now
            session.add(row)
    session.flush()


def checks_of(session: Session, screening_id: str, reviewer: str) -> Sequence[AwaitedCheck]:
    """The checks of a screening's media."""
    wanted = (AwaitedCheck.screening_id == screening_id) & (AwaitedCheck.reviewer == reviewer)
    return session.scalars(select(AwaitedCheck).where(wanted).order_by(AwaitedCheck.trace_id)).all()


def forget(session: Session, screening_ids: Collection[str]) -> None:
    """Remove what was said of screenings that are no longer kept."""
    for table in (ReviewerOpinion, AwaitedCheck):
        gone = delete(table).where(table.screening_id.in_(screening_ids))
        session.execute(gone.execution_options(synchronize_session=False))


def opinion_of(row: ReviewerOpinion) -> Opinion | None:
    """The opinion a row holds."""
    if row.state != GIVEN or row.verdict is None:
        return None
    return Opinion(row.reviewer, Verdict(row.verdict), row.score_bp or 0, row.reason)


def _of_opinion(said: Opinion) -> dict[str, Any]:
    return {
        "verdict": said.verdict.value,
        "score_bp": said.score_bp,
        "reason": said.reason[:2_000],
        "facts": dict(said.facts),
    }

"""How long an officer has worked without a break, and on how many severe cases: read off what they are on record for.

Ten minutes without any deed, or a break that was taken by its button, end a stretch. Nothing is counted beside the
record, so nothing can be counted wrongly; and nobody but the officer sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AuditRow, Case
from app.values.comfort import Comfort

BREAK = "officer.break"
PAUSE = timedelta(minutes=10)
_DEEDS_MAX, _IN_MAX = 400, 200
_SEVERE = 4
_DECIDED = frozenset({"case.decide", "case.decide_first", "case.dispute"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Since when, and how many cases of severity 4 or 5 were decided in it; ``began_at`` None: not at work."""

    began_at: datetime | None = None
    severe: int = 0

    def wants_break(self, comfort: Comfort, *, now: datetime) -> bool:
        """Whether a break is due by the officer's own choice."""
        if self.began_at is None:
            return False
        is_long = comfort.break_minutes and now - self.began_at >= timedelta(minutes=comfort.break_minutes)
        return bool(is_long or (comfort.severe_cases and self.severe >= comfort.severe_cases))


def stretch_of(session: Session, officer: str, *, now: datetime) -> Stretch:
    """The stretch of work that goes on now; none when the last deed was ten minutes ago or more."""
    wanted = (AuditRow.at, AuditRow.action, AuditRow.object_id)
    newest = select(*wanted).where(AuditRow.actor == officer).order_by(AuditRow.id.desc()).limit(_DEEDS_MAX)
    began_at, decided = None, set()
    for at, action, object_id in session.execute(newest):
        if action == BREAK or (began_at or now) - at >= PAUSE:
            break
        began_at = at
        if action in _DECIDED:
            decided.add(object_id)
    return Stretch(began_at, _severe(session, sorted(decided)))


def _severe(session: Session, case_ids: list[str]) -> int:
    count = 0
    for start in range(0, len(case_ids), _IN_MAX):
        some = Case.id.in_(case_ids[start : start + _IN_MAX])
        count += session.scalar(select(func.count()).select_from(Case).where(some, Case.severity >= _SEVERE)) or 0
    return count

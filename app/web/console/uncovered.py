"""Open cases nobody on duty may take, by queue and category: what a roster leaves out is told, not left lying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from app.flows.keep_roster import RosterLine
from app.models import Case
from app.officers import as_caller
from app.review.claiming import DECIDERS, SENIORS
from app.values.access import Caller
from app.values.case_clocks import QUEUES

COUNTED = 1_000
_OPEN = ("open", "second")


@dataclass(frozen=True, slots=True)
class Uncovered:
    """So many open cases of a queue and category, counted up to a thousand, and nobody on duty who can judge them."""

    queue: str
    category: str
    count: int


def uncovered(session: Session, on_duty: Iterable[RosterLine], *, caller: Caller) -> Sequence[Uncovered]:
    """What waits for nobody. Shops and scripts are left aside: whose an officer may see is their roles' matter."""
    able = [(as_caller(line.officer).grants, line.skills) for line in on_duty]
    mine, found = caller.only_own(Case.shop_id), []
    for queue, category in _kinds(session):
        needed = SENIORS if queue == "senior" else DECIDERS
        if any(
            grants & needed and skills.cover(queue=queue, category=category, script=None) for grants, skills in able
        ):
            continue
        count = 0
        for state in _OPEN:
            wanted = (Case.state == state, Case.category == category, Case.queue == queue, mine)
            some = select(literal(1)).select_from(Case).where(*wanted).limit(COUNTED).subquery()
            count += session.scalar(select(func.count()).select_from(some)) or 0
        if count:
            found.append(Uncovered(queue, category, min(count, COUNTED)))
    return sorted(found, key=lambda each: (-each.count, each.queue, each.category))


def _kinds(session: Session) -> Iterable[tuple[str, str]]:
    """Queues and categories of open cases. Categories are stepped through in their index, not read row by row."""
    categories: set[str] = set()
    for state in _OPEN:
        after = ""
        while True:
            following = select(func.min(Case.category)).where(Case.state == state, Case.category > after)
            found = session.scalar(following)
            if found is None:
                break
            categories.add(found)
            after = found
    return [(queue, category) for queue in QUEUES[:3] for category in sorted(categories)]

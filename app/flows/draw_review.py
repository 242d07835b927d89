"""Setting a share of the cases that were just decided aside, to be decided again by somebody else, blind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.reading import of_object
from app.figures.counted.cases import rule_of
from app.flows.parts import Parts
from app.models import Case
from app.quality_settings import read_shares
from app.review import second_reviews


def draw_review(parts: Parts, session: Session, case: Case, *, by: str, now: datetime) -> None:
    """Set a case that was just decided aside for a second review, if it is in its queue's share."""
    share_bp = read_shares(parts.settings.second_review_shares).get(case.queue, 0)
    if second_reviews.is_drawn(case.id, share_bp, parts.keyring.appeals):
        second_reviews.draw(session, case, rules=rules_behind(session, case), by=by, now=now)


def rules_behind(session: Session, case: Case) -> list[str]:
    """The rules that fired when the content was screened, or the one that opened the case."""
    rule = rule_of(case)
    if rule is not None or case.screening_id is None:
        return [] if rule is None else [rule]
    told = [row.details.get("fired") for row in of_object(session, "screening", case.screening_id, limit=20)]
    return list(dict.fromkeys(next((fired for fired in reversed(told) if fired is not None), ())))

"""Taking the results of media checks: kept, and every screening that waited for one is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app import queue
from app.flows.screen_content import REVIEW_JOB
from app.review import media_results
from app.values.media_check import MediaCheck

REVIEWER = "wechat"


def take_media_checks(session: Session, results: Sequence[MediaCheck], *, now: datetime) -> None:
    """Keep them within the unit of work that closes their message."""
    for screening_id in sorted(set(media_results.take(session, results, reviewer=REVIEWER, now=now))):
        payload = {"screening_id": screening_id}
        queue.add(session, kind=REVIEW_JOB, payload=payload, due_at=now, now=now, max_attempts=6)

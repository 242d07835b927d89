"""Once a week the reviewer that learns here is trained anew; whether its model is used, a person says."""

from __future__ import annotations

from datetime import datetime

import structlog

from app import queue
from app.flows.parts import Parts
from app.flows.train_reviewer import TooFew, train_reviewer
from app.queue import Claim

_log = structlog.get_logger(__name__)


def work_training(parts: Parts, claim: Claim, now: datetime) -> None:
    """Train and keep; with too few decisions there is nothing to do until next week."""
    try:
        kept = train_reviewer(parts, by="system", now=now)
        _log.info("reviewer_trained", model=kept.model_id, why_not=kept.why_not)
    except TooFew as few:
        _log.info("reviewer_not_trained", why=few.detail)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))

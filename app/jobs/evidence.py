"""What recurs about evidence: once a day, just after midnight in China, when a last day is over."""

from __future__ import annotations

from datetime import datetime

from app import queue
from app.flows.follow_up_evidence import watch_evidence
from app.flows.parts import Parts
from app.queue import Claim


def work_evidence(parts: Parts, claim: Claim, now: datetime) -> None:
    """Warn, end, and look again at what rested on what ended."""
    watch_evidence(parts, now=now)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))

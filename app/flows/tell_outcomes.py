"""Telling the webhooks about every content of a big cluster, a portion at a time; it goes on where it stopped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import queue
from app.flows.decide_case import TELL_JOB, announce_outcome
from app.flows.parts import Parts
from app.models import Case, Content
from app.queue import Claim, finish
from app.review import clusters

_PORTION = 200


def work_tell_outcomes(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """One portion, and the row for the next one. Saying a thing twice changes nothing."""

    def work(session: Session) -> None:
        case = session.get(Case, claim.payload["case_id"])
        if case is None or not finish(session, claim, now=now):
            return
        after = claim.payload["after"]
        found = clusters.members(session, case.id, limit=_PORTION, after=after or None)
        wanted = [member.screening_id for member in found]
        if not after and case.screening_id:
            wanted.append(case.screening_id)
        owners = [member.content_pk for member in found] + [case.content_pk]
        theirs = Content.id.in_(owners) & Content.screening_id.in_(wanted)
        for content in session.scalars(select(Content).where(theirs).order_by(Content.id)):
            announce_outcome(session, content, now=now, case=case)
        if len(found) == _PORTION:
            payload = {"case_id": case.id, "after": found[-1].id}
            queue.add(session, kind=TELL_JOB, payload=payload, due_at=now, now=now)

    parts.db.write(work)

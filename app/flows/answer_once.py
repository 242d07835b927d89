"""Answering an ``Idempotency-Key`` once: the second request with the same key and body gets the first one's answer.

key free → taken by us ─ work ─ keep the answer        key taken: other body → refused · still running → conflict
                                                                  done → the stored answer
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, Problem
from app.flows.parts import Parts
from app.models import IdempotentAnswer, new_id

KEPT = timedelta(hours=24)
_RUNNING_MAX = timedelta(minutes=2)  # a request that died with its process frees its key after this


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer given before."""

    status: int
    content_type: str
    body: bytes


def begin(parts: Parts, *, api_key_id: str, key: str, request: bytes, now: datetime) -> Kept | str:
    """Take the key, or return the answer kept for it. A taken key is returned as the id to ``keep`` or ``drop``.

    Raises:
        InvalidInput: the same key came with another request before.
        Conflict: the first request with this key is still running.
    """
    digest = hashlib.sha256(request).hexdigest()
    row_id = new_id()

    def take(session: Session) -> None:
        session.add(IdempotentAnswer(id=row_id, api_key_id=api_key_id, key=key, request_digest=digest, created_at=now))

    def free_dead(session: Session) -> None:
        dead = IdempotentAnswer.status.is_(None) & (IdempotentAnswer.created_at < now - _RUNNING_MAX)
        session.execute(
            delete(IdempotentAnswer).where(IdempotentAnswer.api_key_id == api_key_id, IdempotentAnswer.key == key, dead)
        )

    parts.db.write(free_dead)
    try:
        parts.db.write(take)
    except IntegrityError:
        return _kept(parts, api_key_id, key, digest)
    return row_id


def keep(parts: Parts, row_id: str, *, status: int, content_type: str, body: bytes) -> None:
    """Keep the answer for a taken key."""
    now = parts.now()

    def work(session: Session) -> None:
        sealed = parts.people.seal(session, body, now=now, **_place(row_id))
        values = {"status": status, "content_type": content_type, "body": sealed}
        session.execute(update(IdempotentAnswer).filter_by(id=row_id).values(**values))

    parts.db.write(work)


def drop(parts: Parts, row_id: str) -> None:
    """Free a taken key whose request failed in a way that may be tried again."""
    parts.db.write(lambda session: session.execute(delete(IdempotentAnswer).filter_by(id=row_id)))


def prune(parts: Parts, *, now: datetime) -> None:
    """Forget answers older than a day."""
    old = IdempotentAnswer.created_at < now - KEPT
    parts.db.write(lambda session: session.execute(delete(IdempotentAnswer).where(old)))


def _kept(parts: Parts, api_key_id: str, key: str, digest: str) -> Kept:
    with parts.db.read() as session:
        row = session.scalar(
            select(IdempotentAnswer).where(IdempotentAnswer.api_key_id == api_key_id, IdempotentAnswer.key == key)
        )
    if row is None or row.status is None:
        raise Conflict("the first request with this Idempotency-Key is still running", retry_after_s=1)
    if row.request_digest != digest:
        problem = Problem("Idempotency-Key", "came with another request before", "a fresh key for a new request")
        raise InvalidInput("this Idempotency-Key was used for another request", problems=[problem])
    with parts.db.read() as session:
        body = parts.people.unseal(session, row.body or b"", **_place(row.id))
    return Kept(row.status, row.content_type or "application/json", body)


def _place(row_id: str) -> dict[str, str]:
    """Answers are sealed: one may hold a secret shown once, or what a screening keeps sealed."""
    return {"person": "idempotent-answers", "table": "idempotent_answer", "column": "body", "row": row_id}

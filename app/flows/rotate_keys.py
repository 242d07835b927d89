"""Rotating keys while serving: both levels, batch by batch, until the counter is 0.

start (renewal on record, audited) ─ batch: rewrap ─ batch: renew ─ … ─ nothing left ─ audited

Each batch is a transaction of its own. A run that was killed is gone on with by the next one, or by the nightly job.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.metrics import VAULT_KEYS_LEFT
from app.vault import rotation
from app.vault.rotation import Left

BATCH = 200


def begin_rotation(parts: Parts, *, persons: bool, by: str, now: datetime) -> Left:
    """Put a rotation on record: of the key-encryption key always, of every person's key when ``persons``."""

    def work(session: Session) -> Left:
        if persons:
            rotation.begin_renewal(session, by=by, now=now)
        left = rotation.left(session, parts.people.keys)
        audit.record(
            session,
            actor=by,
            action="vault.rotate",
            object_type="vault",
            object_id=f"kek:{parts.people.keys.newest_version}",
            details={"to_rewrap": left.to_rewrap, "to_renew": left.to_renew, "persons": persons},
            now=now,
        )
        return left

    return parts.db.write(work)


def rotate_batch(parts: Parts, *, limit: int = BATCH, now: datetime) -> Left:
    """Do one batch of what is left; returns what is left after it."""

    def work(session: Session) -> Left:
        done = rotation.rewrap_some(session, parts.people.keys, limit=limit)
        if done < limit:
            rotation.renew_some(session, parts.people, limit=limit - done, now=now)
        return rotation.left(session, parts.people.keys)

    left = parts.db.write(work)
    VAULT_KEYS_LEFT.labels("kek").set(left.to_rewrap)
    VAULT_KEYS_LEFT.labels("person").set(left.to_renew)
    return left


def go_on_rotating(parts: Parts, *, seconds: float, now: datetime, clock: Callable[[], float] = time.monotonic) -> Left:
    """Do batches of what is left until nothing is, or for about so long; returns what is left."""
    with parts.db.read() as session:
        left = rotation.left(session, parts.people.keys)
    until = clock() + seconds
    while left.total and clock() < until:
        left = rotate_batch(parts, now=now)
    return left

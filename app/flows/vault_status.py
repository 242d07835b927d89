"""How the vault stands: keys by version, what a rotation has left, people, requests, holds. Counts only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.flows.parts import Parts
from app.models import DataKey, Erasure, Person, PersonField, PersonRequest
from app.vault import certificate, holds, rotation


def vault_status(parts: Parts, *, now: datetime) -> dict[str, Any]:
    """Names and counts, in the order they are shown."""
    keys = parts.people.keys
    with parts.db.read() as session:
        count = select(func.count())
        is_alive = DataKey.wrapped.is_not(None)
        by_version = select(DataKey.kek_version, func.count()).where(is_alive).group_by(DataKey.kek_version)
        left = rotation.left(session, keys)
        open_ = count.select_from(PersonRequest).where(PersonRequest.state == "open")
        return {
            "algorithm": parts.settings.vault_algorithm,
            "newest_key_encryption_key": keys.newest_version,
            "keys_by_version": dict(session.execute(by_version).all()),
            "keys_to_wrap_again": left.to_rewrap,
            "keys_to_replace": left.to_renew,
            "keys_shredded": session.scalar(count.select_from(DataKey).where(DataKey.shredded_at.is_not(None))),
            "people": session.scalar(count.select_from(Person).where(Person.erased_at.is_(None))),
            "people_restricted": session.scalar(
                count.select_from(Person).where(Person.restricted_at.is_not(None), Person.erased_at.is_(None))
            ),
            "fields": session.scalar(count.select_from(PersonField)),
            "erasures": session.scalar(count.select_from(Erasure)),
            "requests_open": session.scalar(open_),
            "requests_overdue": session.scalar(open_.where(PersonRequest.due_at <= now)),
            "holds": len(holds.listed(session, now=now, only_active=True, limit=10_000)),
            "certificate_key": certificate.public_key(parts.keyring.certificates),
        }

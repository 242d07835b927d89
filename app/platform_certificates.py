"""Platform certificates as rows: kept as the platform sealed them, so that only the APIv3 key makes a key of one.

Whoever can write into the database could otherwise put in a key of his own and sign notices with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import PlatformCertificate


def kept(session: Session, account: str) -> dict[str, Mapping[str, Any]]:
    """The sealed resources of an account by serial number."""
    rows = select(PlatformCertificate.serial, PlatformCertificate.resource)
    return {row.serial: row.resource for row in session.execute(rows.where(PlatformCertificate.account == account))}


def keep(
    session: Session,
    account: str,
    serial: str,
    resource: Mapping[str, Any],
    *,
    valid_from: datetime | None,
    valid_until: datetime | None,
    now: datetime,
) -> bool:
    """Keep one certificate, sealed as it came; whether it is new."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"valid_from": valid_from, "valid_until": valid_until, "fetched_at": now, "resource": dict(resource)}
    was_there = session.scalar(
        select(PlatformCertificate.serial).where(
            PlatformCertificate.account == account, PlatformCertificate.serial == serial
        )
    )
    statement = insert(PlatformCertificate).values(account=account, serial=serial, **values)
    key = ["account", "serial"]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
    return was_there is None


def forget_ended(session: Session, *, before: datetime) -> None:
    """Drop certificates that ended before an instant: no message they signed waits any more."""
    session.execute(delete(PlatformCertificate).where(PlatformCertificate.valid_until < before))

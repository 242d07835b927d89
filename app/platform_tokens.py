"""One access token an account for all processes, and one process at a time that renews it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import PlatformToken

_LEASE = timedelta(seconds=30)  # longer than asking for a token may take


@dataclass(frozen=True, slots=True)
class Kept:
    """A token as it is kept, sealed."""

    sealed: bytes
    expires_at: datetime


def kept(session: Session, provider: str, account: str) -> Kept | None:
    """The account's token, expired or not."""
    row = session.get(PlatformToken, (provider, account))
    return Kept(row.token, row.expires_at) if row and row.token and row.expires_at else None


def begin_renewal(session: Session, provider: str, account: str, *, seen: bytes | None, now: datetime) -> bool:
    """Whether it is ours to renew the token now; nobody else's until the lease runs out.

    ``seen`` is the sealed token that was looked at: where another one stands by now, somebody was faster.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(PlatformToken).values(provider=provider, account=account)
    session.execute(fresh.on_conflict_do_nothing(index_elements=["provider", "account"]))
    is_free = or_(PlatformToken.renewing_until.is_(None), PlatformToken.renewing_until <= now)
    taken = session.execute(
        update(PlatformToken)
        .where(_mine(provider, account), is_free, PlatformToken.token == seen)
        .values(renewing_until=now + _LEASE)
        .returning(PlatformToken.account)
    )
    return taken.scalar() is not None


def end_renewal(session: Session, provider: str, account: str, *, renewed: Kept | None, now: datetime) -> None:
    """Give the renewal back, with the new token where there is one."""
    row = session.scalar(select(PlatformToken).where(_mine(provider, account)).with_for_update())
    assert row is not None, "begin_renewal made it"
    row.renewing_until = None
    if renewed is not None:
        row.token, row.expires_at, row.renewed_at = renewed.sealed, renewed.expires_at, now
    session.flush()


def _mine(provider: str, account: str) -> ColumnElement[bool]:
    return (PlatformToken.provider == provider) & (PlatformToken.account == account)

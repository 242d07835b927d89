"""What the platforms sent us, before anything was made of it, and the token we ask them with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Json, Key, Name, Sealed, new_id


class InboundMessage(Base):
    """One genuine message, kept before it is worked; the body is sealed, and forgotten some time after it was worked.

    The same ``message_id`` with other content is another message: it is worked too, and told apart by ``digest``.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint(
            "org_id", "provider", "account", "message_id", "digest", name="uq_inbound_message_natural_key"
        ),
        Index("ix_inbound_message_state_received_at", "state", "received_at"),
    )

    sealed = Sealed(("body",), prefix="inbound-messages")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    provider: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[Name]
    digest: Mapped[Digest]
    kind: Mapped[Name]
    body: Mapped[Blob | None]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    why: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    worked_at: Mapped[datetime | None]


class PlatformToken(Base):
    """An account's access token, one for all processes: asking for a new one ends the one before it."""

    __tablename__ = "platform_token"
    sealed = Sealed(("token",), prefix="platform-tokens", key="account")

    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[Blob | None]
    expires_at: Mapped[datetime | None]
    renewed_at: Mapped[datetime | None]
    renewing_until: Mapped[datetime | None]


class PlatformCertificate(Base):
    """A platform's certificate as it came, sealed by the account's APIv3 key: only who has that can open it."""

    __tablename__ = "platform_certificate"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    serial: Mapped[str] = mapped_column(String(64), primary_key=True)
    resource: Mapped[dict[str, Any]] = mapped_column(Json)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    fetched_at: Mapped[datetime]

"""Who an officer is at a sign-in service, and tries that were used up there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Key, Name, new_id


class OfficerIdentity(Base):
    """One subject of one issuer is one officer. ``is_managed``: the service's claim decides the officer's roles."""

    __tablename__ = "officer_identity"
    __table_args__ = (
        UniqueConstraint("org_id", "issuer", "subject"),
        Index("ix_officer_identity_officer_id", "officer_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    officer_id: Mapped[Key] = mapped_column(ForeignKey("officer.id"))
    issuer: Mapped[str] = mapped_column(String(512))
    subject: Mapped[str] = mapped_column(String(255))
    is_managed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    linked_at: Mapped[datetime]
    linked_by: Mapped[Name]


class UsedTry(Base):
    """A try that came back once: the same answer again is refused. Kept for an hour, longer than a try may last."""

    __tablename__ = "used_try"
    __table_args__ = (Index("ix_used_try_used_at", "used_at"),)

    state: Mapped[Digest] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]

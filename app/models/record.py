"""What was done and what is asked for: audit rows, approvals, idempotent answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class AuditRow(Base):
    """Who did what to what and why, written in the transaction of the deed; numbered when sealed (``AuditLeaf``)."""

    __tablename__ = "audit_row"
    __table_args__ = (
        Index("ix_audit_row_at", "at"),
        Index("ix_audit_row_object_type_object_id", "object_type", "object_id"),
        Index("ix_audit_row_actor_id", "actor", "id"),
        Index("ix_audit_row_action_id", "action", "id"),
        Index("ix_audit_row_shop_id_id", "shop_id", "id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    at: Mapped[datetime]
    actor: Mapped[Name]
    action: Mapped[str] = mapped_column(String(64))
    object_type: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(200))
    shop_id: Mapped[Name | None]
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]]


class Approval(Base):
    """Something that waits for a second person. The asker never approves their own."""

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_state_requested_at", "state", "requested_at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    action: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[Name]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)


class IdempotentAnswer(Base):
    """The answer once given to an ``Idempotency-Key`` of one API key; no ``status`` while it is worked on."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (UniqueConstraint("api_key_id", "key"), Index("ix_idempotent_answer_created_at", "created_at"))
    sealed = Sealed(("body",), prefix="idempotent-answers")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    api_key_id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(255))
    request_digest: Mapped[Digest]
    status: Mapped[int | None] = mapped_column(Integer)
    content_type: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[Blob | None]
    created_at: Mapped[datetime]

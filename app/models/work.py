"""Work to be done later and messages to the outside: claimable rows, webhook endpoints, messages, attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Key, Name, Sealed, new_id


class QueueRow(Base):
    """One claimable piece of work: due at a time, leased to one worker, tried a bounded number of times.

    ``slot_key`` makes a piece unique for ever (``prune:2026-11-23T10``); two schedulers adding it add it once.
    """

    __tablename__ = "queue_row"
    __table_args__ = (
        UniqueConstraint("slot_key"),
        Index("ix_queue_row_state_due_at", "state", "due_at"),
        Index("ix_queue_row_kind_state", "kind", "state"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(64))
    slot_key: Mapped[str | None] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    max_attempts: Mapped[int] = mapped_column(Integer, default=8)
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[Name | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class WebhookEndpoint(Base):
    """Where outcomes are sent. Secrets are sealed; a list, so that two can be live during a rotation.

    Of a robot (``format`` wecom) the secret is its address, and ``url`` shows what is not secret of it. A receiver that
    fails again and again rests until ``rests_until``.
    """

    __tablename__ = "webhook_endpoint"
    sealed = Sealed(("secrets",), prefix="webhook:", owner="id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    url: Mapped[str] = mapped_column(Text)
    secrets: Mapped[Blob]
    event_types: Mapped[list[str]]
    shop_ids: Mapped[list[str] | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(12), default="standard", server_default="standard")
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]


class OutboxMessage(Base):
    """One thin message for one endpoint, written in the transaction of its cause; its id is the ``webhook-id``."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "natural_key"),
        Index("ix_outbox_message_state_created_at", "state", "created_at"),
        Index("ix_outbox_message_endpoint_id_created_at", "endpoint_id", "created_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    endpoint_id: Mapped[Key] = mapped_column(ForeignKey("webhook_endpoint.id"))
    natural_key: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(64))
    body: Mapped[Blob]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """What happened when a message was sent once. No response body is kept: it is somebody else's data."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (Index("ix_delivery_attempt_message_id_at", "message_id", "at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[Key] = mapped_column(ForeignKey("outbox_message.id"))
    at: Mapped[datetime]
    ok: Mapped[bool] = mapped_column(Boolean)
    http_status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    took_ms: Mapped[int] = mapped_column(Integer)

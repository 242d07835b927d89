"""What calls about webhooks answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class WebhookAnswer(BaseModel):
    """An endpoint and how its receiver stands; ``secret`` only in the answer that made it."""

    id: str
    url: str
    format: Literal["standard", "wecom"]
    event_types: list[str]
    shop_ids: list[str] | None
    created_at: str
    disabled_at: str | None
    disabled_why: str | None
    failures: int
    failing_since: str | None
    rests_until: str | None
    secret: str | None = None


class WebhookList(BaseModel):
    """Endpoints."""

    items: list[WebhookAnswer]
    next_cursor: None = None


class RotatedAnswer(BaseModel):
    """The new secret, shown this once, and until when those before it sign as well."""

    id: str
    secret: str
    old_until: str


class AttemptAnswer(BaseModel):
    """What came of sending once."""

    at: str
    ok: bool
    http_status: int | None
    error: str | None
    took_ms: int


class DeliveryAnswer(BaseModel):
    """A message, as it was sent, and its last attempts, newest first; ``body`` is null where it is kept back."""

    message_id: str
    type: str
    state: Literal["waiting", "delivered", "failed", "dropped"]
    created_at: str
    delivered_at: str | None
    body: dict[str, object] | None
    attempts: list[AttemptAnswer]


class DeliveryList(BaseModel):
    """Messages of an endpoint, newest first."""

    items: list[DeliveryAnswer]
    next_cursor: str | None


class SentAgainAnswer(BaseModel):
    """How many messages are sent again."""

    messages: int

"""What goes out about people over HTTP, as models for the OpenAPI page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class MaskedFieldAnswer(BaseModel):
    """A field, masked; ``masked`` is null where the value is only stored."""

    name: str
    title: str
    masked: str | None
    updated_at: datetime
    keep_until: datetime | None
    keep_basis: str | None


class PersonAnswer(BaseModel):
    """A person, masked."""

    person: str
    shop_id: str | None
    created_at: datetime
    updated_at: datetime
    restricted_at: datetime | None
    erased_at: datetime | None
    fields: list[MaskedFieldAnswer]


class PersonList(BaseModel):
    """Persons, masked."""

    items: list[PersonAnswer]
    next_cursor: None


class RevealedAnswer(BaseModel):
    """Fields in full; this reading is in the audit log."""

    person: str
    purpose: str
    fields: dict[str, str]


class ExportAnswer(BaseModel):
    """Everything kept of a person."""

    format: str
    exported_at: datetime
    person: str
    created_at: datetime
    fields: dict[str, str]
    kept_until: dict[str, datetime]
    requests: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    screenings: list[dict[str, Any]]


class CertificateAnswer(BaseModel):
    """The signed certificate of an erasure."""

    certificate: dict[str, Any]
    digest: str
    signature: str


class RequestAnswer(BaseModel):
    """A person's request."""

    id: str
    person: str
    shop_id: str | None
    kind: str
    state: str
    channel: str
    received_at: datetime
    due_at: datetime
    is_overdue: bool
    extended_reason: str | None
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None


class RequestList(BaseModel):
    """Requests, those due first first."""

    items: list[RequestAnswer]
    next_cursor: None


class HoldAnswer(BaseModel):
    """A legal hold."""

    id: str
    object_type: str
    object_id: str
    reason: str
    owner: str
    placed_by: str
    placed_at: datetime
    ends_at: datetime
    released_at: datetime | None
    released_by: str | None
    release_reason: str | None


class HoldList(BaseModel):
    """Holds, newest first."""

    items: list[HoldAnswer]
    next_cursor: None


class PeriodAnswer(BaseModel):
    """How long a kind of record is kept."""

    kind: str
    title: str
    days: int
    least_days: int
    basis: str
    set_by: str | None
    reason: str | None


class PeriodList(BaseModel):
    """The retention schedule."""

    items: list[PeriodAnswer]
    next_cursor: None

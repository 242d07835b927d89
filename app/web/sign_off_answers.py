"""Sign-offs of unverified numbers, and the numbers that wait for one, as they go out over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class SignOffAnswer(BaseModel):
    """A sign-off of the register; it counts while it is ``approved`` and between its days."""

    id: str
    object_type: Literal["parameter", "rule"]
    pack: str
    name: str
    value: Any
    basis: str
    signed_by: str
    valid_from: str
    valid_to: str | None
    state: Literal["waiting", "approved", "refused", "withdrawn"]
    reason: str
    requested_by: str
    requested_at: str
    decided_by: str | None
    decided_at: str | None
    decision_reason: str | None
    withdrawn_by: str | None
    withdrawn_at: str | None
    withdrawn_why: str | None


class UnsignedAnswer(BaseModel):
    """Something unverified that nobody has signed; ``object_type`` null: no sign-off can help."""

    object_type: Literal["parameter", "rule"] | None
    pack: str
    name: str
    value: Any
    told: str
    rules: list[str]


class SignOffList(BaseModel):
    """The newest sign-offs, and what is unsigned today."""

    items: list[SignOffAnswer]
    next_cursor: None = None
    unsigned: list[UnsignedAnswer]

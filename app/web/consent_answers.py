"""Consents as they go out over HTTP, as models for the OpenAPI page."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class ConsentAnswer(BaseModel):
    """A consent; evidence and guardian are sealed and never shown here. ``holds``: in force now."""

    id: str
    person: str
    purpose: str
    scope: list[str]
    is_separate: bool
    sensitive: list[str]
    recipient: str | None
    text_version: str
    text_digest: str
    channel: str
    withdrawal: str
    is_under_14: bool
    given_at: str
    expires_at: str | None
    recorded_by: str
    recorded_at: str
    ended_at: str | None
    ended_by: str | None
    ended_why: Literal["withdrawn", "replaced", "erased"] | None
    has_guardian: bool
    has_evidence: bool
    holds: bool


class ConsentList(BaseModel):
    """Consents, newest first."""

    items: list[ConsentAnswer]
    next_cursor: None = None


class MustStop(BaseModel):
    """What rested on the consents that were withdrawn: which use, of which data, and who else has them."""

    purpose: str
    scope: list[str]
    recipients: list[str]


class WithdrawnAnswer(BaseModel):
    """The consents that ended, and what must stop now."""

    withdrawn: list[ConsentAnswer]
    must_stop: MustStop

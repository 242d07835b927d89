"""The audit log as it goes out over HTTP, as models for the OpenAPI page."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class AuditRowAnswer(BaseModel):
    """Who did what to what and why; ``seq`` is null until the row is sealed."""

    id: str
    seq: int | None
    at: str
    actor: str
    action: str
    object_type: str
    object_id: str
    shop_id: str | None
    reason: str | None
    details: dict[str, Any]


class AuditPage(BaseModel):
    """Rows, newest first."""

    items: list[AuditRowAnswer]
    next_cursor: str | None


class ProofAnswer(BaseModel):
    """Hashes in hex, from the lowest level up, in the tree of ``size`` rows."""

    size: int
    root: str
    hashes: list[str]


class GrowthAnswer(ProofAnswer):
    """That the tree of ``first`` rows is a beginning of that of ``size`` rows."""

    first: int


class CheckpointAnswer(BaseModel):
    """A signed checkpoint; ``note`` is what is verified, the rest repeats it."""

    size: int
    root: str
    at: str
    key_id: str
    note: str


class CheckpointPage(BaseModel):
    """Checkpoints, largest first; ``growth`` when ``since`` was asked for."""

    items: list[CheckpointAnswer]
    next_cursor: str | None
    public_keys: list[str]
    growth: GrowthAnswer | None


class RowProofAnswer(BaseModel):
    """Why a row is in the log: its leaf as it was hashed, its path to a root, and the checkpoint signed over that."""

    id: str
    seq: int
    leaf: str
    inclusion: ProofAnswer
    checkpoint: str
    public_keys: list[str]

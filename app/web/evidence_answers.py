"""What goes out and comes in about the registry of evidence, for the OpenAPI page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from app.evidence.registry import CLAIMS_MAX, FILES_MAX, NOTE_MAX, TEXT_MAX, Said
from app.models import Evidence, EvidenceFile
from app.values.evidence import KINDS
from app.web.schema_fields import Contract, Day, Id, Reason, ShopId, no_nul


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown kind of evidence; expected: one of {', '.join(KINDS)}")
    return kind


Kind = Annotated[
    str, Field(min_length=1, max_length=32, json_schema_extra={"enum": list(KINDS)}), AfterValidator(_known)
]
State = Literal["proposed", "verified", "refused", "expired", "withdrawn"]
Named = Annotated[str, Field(min_length=1, max_length=TEXT_MAX, pattern=r"\S"), AfterValidator(no_nul)]
Category = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")]
_TOLD = (
    "shop_id",
    "kind",
    "subject_type",
    "subject",
    "category",
    "claims",
    "number",
    "issuer",
    "note",
    "valid_from",
    "valid_until",
    "state",
    "proposed_by",
    "proposed_at",
    "decided_by",
    "decided_at",
    "decided_why",
    "ended_by",
    "ended_at",
    "ended_why",
)


class ProofFileIn(Contract):
    """A file: PDF, JPEG or PNG."""

    name: str = Field(min_length=1, max_length=255)
    content_base64: str = Field(min_length=4, max_length=2**25)


class ProofFilesIn(Contract):
    """Files to add."""

    files: list[ProofFileIn] = Field(min_length=1, max_length=FILES_MAX)


class EvidenceIn(Contract):
    """A piece to register: its kind, what it is for, from when to when, its number, who issued it, its files."""

    shop_id: ShopId
    kind: Kind
    number: Named
    issuer: Named
    valid_from: Day
    valid_until: Day | None = None
    subject_type: Literal["sku", "content", "person", "provider", "supplier", "campaign", "course", "other"] | None = (
        None
    )
    subject: Id | None = None
    category: Category | None = None
    claims: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default_factory=list, max_length=CLAIMS_MAX
    )
    note: Annotated[str, Field(max_length=NOTE_MAX), AfterValidator(no_nul)] | None = None
    files: list[ProofFileIn] = Field(default_factory=list, max_length=FILES_MAX)

    def said(self) -> Said:
        """As the registry takes it."""
        return Said(**self.model_dump(exclude={"files"}))


class DecideEvidenceIn(Contract):
    """Whether it is what it says it is, by somebody else than who registered it."""

    verify: bool
    reason: Reason


class WithdrawIn(Contract):
    """Why it is taken back."""

    reason: Reason


class EvidenceQuery(BaseModel, extra="forbid"):
    """A page, the newest first."""

    shop_id: ShopId | None = None
    kind: Kind | None = None
    state: State | None = None
    subject: Id | None = None
    number: Id | None = None
    ends_within_days: int | None = Field(None, ge=0, le=3_660)
    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=200)


class EvidencePath(BaseModel):
    """Which piece."""

    evidence_id: Id


class EvidenceFilePath(BaseModel):
    """Which file of which piece."""

    evidence_id: Id
    file_id: Id


class ProofFileAnswer(BaseModel):
    """A file; its bytes are got by themselves."""

    file_id: str
    sha256: str
    size: int
    media_type: str


class PieceAnswer(BaseModel):
    """A piece of evidence. `days_left` counts the last day; none: without end, or it does not hold."""

    evidence_id: str
    shop_id: str
    kind: str
    subject_type: str | None
    subject: str | None
    category: str | None
    claims: list[str]
    number: str
    issuer: str
    note: str | None
    valid_from: date
    valid_until: date | None
    state: State
    days_left: int | None
    files: list[ProofFileAnswer]
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decided_why: str | None
    ended_by: str | None
    ended_at: str | None
    ended_why: str | None


class PiecePage(BaseModel):
    """A page of pieces."""

    items: list[PieceAnswer]
    next_cursor: str | None


def piece_answer(row: Evidence, files: Sequence[EvidenceFile], *, today: date) -> Mapping[str, Any]:
    """A piece as plain data."""
    left = None if row.state != "verified" or row.valid_until is None else (row.valid_until - today).days + 1
    told = [{"file_id": f.id, "sha256": f.sha256, "size": f.size, "media_type": f.media_type} for f in files]
    said = {name: getattr(row, name) for name in _TOLD}
    return {"evidence_id": row.id, **said, "days_left": left, "files": told}

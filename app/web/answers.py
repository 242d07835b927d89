"""What goes out over HTTP, as models for the OpenAPI page; answers themselves are made as plain data."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

Decided = Literal["pass", "label", "review", "block"]
Ladder = Literal["pass", "alert", "warn", "label", "review", "hold", "block"]


class ProblemAnswer(BaseModel):
    """RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[ProblemEntry]


class ProblemEntry(BaseModel):
    """One thing wrong: where, what, and what was expected."""

    field: str
    problem: str
    expected: str


class HitAnswer(BaseModel):
    """A listed word found; ``start`` and ``end`` count code points of the field as it was sent."""

    field: str
    start: int
    end: int
    text: str
    word: str
    category: str
    wordlist: str
    verdict: Ladder
    hidden_by: list[str]
    source: str
    suggestion: str | None = None
    segment: int | None = None
    at_ms: int | None = None


class ExemptedAnswer(BaseModel):
    """A listed word that is lawful for this shop: no hit, and no rule sees it. ``valid_to`` is the last day."""

    field: str
    start: int
    end: int
    text: str
    word: str
    wordlist: str
    category: str
    reason: str
    valid_to: date
    segment: int | None = None
    at_ms: int | None = None


class PersonalDatumAnswer(BaseModel):
    """Where personal data of which kind stands; never the value."""

    field: str
    start: int
    end: int
    kind: str
    segment: int | None = None
    at_ms: int | None = None


class MaskedAnswer(BaseModel):
    """A field or segment that held personal data, with that starred (`138****8000`), safe to show and to log."""

    field: str
    text: str
    segment: int | None = None
    at_ms: int | None = None


class FiringAnswer(BaseModel):
    """A rule that fired, or could not be known (then ``missing`` names the facts)."""

    rule: str
    pack: str
    decision: Ladder
    reason: str
    references: list[str]
    bindings: dict[str, Any]
    missing: list[str] = Field(default_factory=list)
    shadow: bool = False
    effects: list[dict[str, Any]] = Field(default_factory=list)
    overrides: dict[str, dict[str, str]] = Field(default_factory=dict)
    unsigned: list[str] = Field(default_factory=list)
    sign_offs: list[SignedAnswer] = Field(default_factory=list)
    limited_by: list[Literal["share", "tripped"]] = Field(default_factory=list)
    remedy: str | None = None


class SignedAnswer(BaseModel):
    """A sign-off a firing rests on."""

    id: str
    object_type: Literal["parameter", "rule"]
    name: str
    value: Any
    basis: str
    signed_by: str
    approved_by: str
    valid_from: str
    valid_to: str | None


class OpinionAnswer(BaseModel):
    """A reviewer's opinion."""

    reviewer: str
    verdict: Decided
    score_bp: int
    reason: str


class SpotAnswer(BaseModel):
    """Where something stands, in code points of the field as it was sent."""

    field: str
    start: int
    end: int
    said: str
    segment: int | None = None
    at_ms: int | None = None


class FixAnswer(BaseModel):
    """One thing to change: what is wrong, where, by which clause, and how to mend it."""

    what: str
    decision: Ladder
    rule: str | None
    where: list[SpotAnswer]
    clauses: list[str]
    remedy: str


class RewriteAnswer(BaseModel):
    """A text as it could be sent again."""

    field: str
    text: str
    segment: int | None = None
    at_ms: int | None = None


class SnapshotIds(BaseModel):
    """What the decision was judged by."""

    rules: str
    wordlists: str


class FeatureAnswer(BaseModel):
    """One thing that was counted, its points, and what more of it would take."""

    name: str
    title: str
    count: int
    points: int
    most: int
    hint: str | None


class DimensionAnswer(BaseModel):
    """One dimension of quality, 0 to 100, or null where it cannot be told."""

    name: Literal["info", "emotion", "guide"]
    title: str
    score: int | None
    weight: int
    features: list[FeatureAnswer]


class QualityAnswer(BaseModel):
    """How good the texts are; without a score where a dimension is missing."""

    score: int | None
    grade: Literal["poor", "passable", "excellent"] | None
    dimensions: list[DimensionAnswer]
    fear: list[str]
    induced: list[str]
    hints: list[str]


class PrecedentAnswer(BaseModel):
    """An officer's earlier decision on the same text of the shop, which answered this doubt."""

    id: str
    case_id: str
    outcome: str
    reason: str
    decided_at: str
    expires_at: str


class ScreeningAnswer(BaseModel):
    """The decision on one content."""

    screening_id: str
    content_id: str
    shop_id: str
    version: int
    predecessor_id: str | None
    status: Literal["final", "pending"]
    decision: Decided
    hits: list[HitAnswer]
    exempted: list[ExemptedAnswer]
    personal_data: list[PersonalDatumAnswer]
    masked: list[MaskedAnswer] | None = Field(default=None, description="absent where nothing personal was found")
    firings: list[FiringAnswer]
    opinions: list[OpinionAnswer]
    labels: list[str]
    advice: list[str]
    fixes: list[FixAnswer]
    rewrites: list[RewriteAnswer]
    quality: QualityAnswer | None = Field(default=None, description="absent unless `score` was asked for")
    doubts: list[str]
    case_id: str | None = Field(description="its case, which it may share with others that read alike")
    precedent: PrecedentAnswer | None = Field(
        default=None, description="absent where no officer's earlier decision on the same text answered the doubt"
    )
    snapshot: SnapshotIds
    took_us: int


class ItemError(BaseModel):
    """A batch item that was not screened; the others were."""

    index: int
    error: ProblemAnswer


class BatchAnswer(BaseModel):
    """Answers in the order of the items."""

    results: list[ScreeningAnswer | ItemError]


class ContentAnswer(BaseModel):
    """A content's present outcome."""

    content_id: str
    shop_id: str
    version: int
    status: Literal["final", "pending"]
    decision: Decided
    by: str
    at: str
    reason: str | None
    screening_id: str

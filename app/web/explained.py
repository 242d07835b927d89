"""Explanations as they go out over HTTP, as models for the OpenAPI page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from app.web.answers import (
    Decided,
    ExemptedAnswer,
    FiringAnswer,
    FixAnswer,
    HitAnswer,
    Ladder,
    OpinionAnswer,
    PersonalDatumAnswer,
    RewriteAnswer,
    SnapshotIds,
)


class SeenAnswer(BaseModel):
    """A value a part saw; ``withheld`` ones show their length only, ``title`` is what people call a parameter."""

    name: str
    title: str | None
    what: Literal["fact", "parameter", "item", "now"]
    state: Literal["given", "absent", "withheld"]
    value: Any
    origin: str
    unit: str | None
    length: int | None


class PartAnswer(BaseModel):
    """One part of a condition as it is written; ``outcome`` is null where it cannot be known."""

    path: str
    kind: Literal["and", "or", "not", "any", "all", "test"]
    text: str
    outcome: bool | None
    sentence: str
    values: list[SeenAnswer]
    parts: list[PartAnswer]
    looked_at: int | None = None
    item: int | None = None


class ExplanationAnswer(BaseModel):
    """Why one rule did what it did; ``failed`` of its ``size`` parts are in the way of its firing."""

    rule: str
    pack: str
    title: str
    status: Literal["draft", "shadow", "live", "retired"]
    decision: Ladder
    reason: str
    references: list[str]
    outcome: Literal["fired", "not_fired", "unknown", "not_in_force"]
    holds: bool | None
    because: str
    missing: list[str]
    first_failed: str | None
    failed: int
    size: int
    condition: PartAnswer


class EvaluationAnswer(BaseModel):
    """What would be decided, and why; nothing was stored."""

    kind: str
    now: str
    decision: Ladder
    hits: list[HitAnswer]
    exempted: list[ExemptedAnswer]
    personal_data: list[PersonalDatumAnswer]
    firings: list[FiringAnswer]
    opinions: list[OpinionAnswer]
    labels: list[str]
    advice: list[str]
    fixes: list[FixAnswer]
    rewrites: list[RewriteAnswer]
    doubts: list[str]
    rules: list[ExplanationAnswer]
    near_misses: list[str]
    snapshot: SnapshotIds
    figures: dict[str, int | None] | None = None


class DifferenceAnswer(BaseModel):
    """One member of a decision that came out differently; hits and personal data are counted."""

    field: str
    stored: Any
    now: Any


class ReplayedAnswer(BaseModel):
    """Whether judging again gave what was stored."""

    same: bool
    differences: list[DifferenceAnswer]


class WhyAnswer(BaseModel):
    """Why a stored decision came out as it did."""

    screening_id: str
    kind: str
    now: str
    decision: Decided
    rules: list[ExplanationAnswer]
    near_misses: list[str]
    replayed: ReplayedAnswer
    snapshot: SnapshotIds


class RulesReplayed(BaseModel):
    """Whether the rules that speak now are those that spoke then."""

    same: bool


class RulesId(BaseModel):
    """The rules an explanation is by."""

    rules: str


class EventWhyAnswer(BaseModel):
    """Why the rules said what they said of one event, or why none of them spoke.

    ``facts`` are ``kept`` with the decision, or ``worked_out`` again where no rule spoke and nothing was kept; then
    ``decided_at`` is null. ``readable`` is false where the rules of then cannot be read any more: no rule is told.
    ``void``: a person said that another telling counts, so nothing follows from what rules would say of this one.
    """

    shop_id: str
    kind: str
    subject: str
    source: str
    event_id: str
    now: str
    decided_at: str | None
    decision: Ladder
    facts: Literal["kept", "worked_out"]
    void: bool
    readable: bool
    rules: list[ExplanationAnswer]
    near_misses: list[str]
    replayed: RulesReplayed
    snapshot: RulesId


class EventWhyList(BaseModel):
    """One entry an event and line, the newest first."""

    items: list[EventWhyAnswer]
    next_cursor: None = None

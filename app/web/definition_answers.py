"""What goes out over HTTP about rules, wordlists and their snapshots, as models for the OpenAPI page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.web.answers import Ladder


class WaitingAnswer(BaseModel):
    """What a second person is asked to approve; ``hard_rules`` block, hold or move money and are touched.

    ``undoes`` are edits made in the console or through the API that these files would take back, ``holds`` other
    reasons, such as honest titles that new words would stop.
    """

    approval_id: str
    base: str | None
    reason: str
    requested_by: str
    requested_at: str
    hard_rules: list[str]
    undoes: list[str]
    holds: list[str]


class SnapshotAnswer(BaseModel):
    """A stored snapshot; ``waiting`` while a second person has not decided it."""

    id: str
    kind: str
    is_active: bool
    was_active: bool
    waiting: WaitingAnswer | None
    summary: dict[str, Any]
    proposed_by: str
    created_at: str


class Said(BaseModel):
    """One sentence in Chinese and English."""

    zh: str
    en: str


class DetailAnswer(BaseModel):
    """One property before and after."""

    field: str
    before: Any
    after: Any
    unit: str | None


class ChangeAnswer(BaseModel):
    """One thing added, removed or changed, in words and as data."""

    what: Literal["pack", "rule", "parameter", "reference", "examples", "category", "list", "word", "exemption"]
    change: Literal["added", "removed", "changed"]
    id: str
    within: str
    title: str
    title_en: str
    details: list[DetailAnswer]
    rules: list[str]
    hard_rules: list[str]
    zh: str
    en: str


class DiffAnswer(BaseModel):
    """What changes from ``against`` to ``id``: a sentence, counts, then a page of changes."""

    id: str
    against: str | None
    kind: str
    summary: Said
    counts: dict[str, int]
    hard_rules: list[str]
    total: int
    items: list[ChangeAnswer]
    next_cursor: str | None


class CandidateAnswer(DiffAnswer):
    """What became of a proposal, with what it changes."""

    state: Literal["active", "activating", "waiting", "unchanged"]
    approval_id: str | None
    undoes: list[str]
    holds: list[str]


class SnapshotList(BaseModel):
    """Stored snapshots, newest first."""

    items: list[SnapshotAnswer]
    next_cursor: None = None


class RateAnswer(BaseModel):
    """How often a rule was evaluated, fired surely, and fired for want of a fact; the rate in basis points."""

    evaluated: int
    fired: int
    unknown: int
    rate_bp: int | None


class BandAnswer(BaseModel):
    """Between which firing rates a rule is believed, and whether it says so itself."""

    window_minutes: int
    min_evaluations: int
    low_bp: int
    high_bp: int
    from_: Literal["rule", "settings"] = Field(alias="from")


class RuleAnswer(BaseModel):
    """A rule in force; ``tripped`` says since when and why its breaker is open."""

    id: str
    pack: str
    title: str
    status: str
    on: list[str]
    reason: str
    references: list[str]
    review_by: str
    share_bp: int
    last_hour: RateAnswer
    last_day: RateAnswer
    band: BandAnswer | None
    tripped: dict[str, Any] | None


class RuleList(BaseModel):
    """The rules in force."""

    items: list[RuleAnswer]
    next_cursor: None = None
    snapshot: str


class WordlistAnswer(BaseModel):
    """A wordlist in force."""

    name: str
    category: str
    verdict: Ladder
    source: str
    owner: str
    match: str
    words: int


class WordlistList(BaseModel):
    """The wordlists in force."""

    items: list[WordlistAnswer]
    next_cursor: None = None
    snapshot: str

"""What became of events, and of a profit sharing that was asked about, as it goes out over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from app.web.answers import FiringAnswer, Ladder, ProblemEntry


class EffectAnswer(BaseModel):
    """Something a firing brought about: once for its rule, subject and occasion."""

    verb: str
    rule: str
    subject_type: str
    subject: str
    occasion: str
    state: Literal["open", "withdrawn"]
    data: dict[str, Any]
    result: dict[str, Any]


class EventAnswer(BaseModel):
    """What became of one event; ``invalid`` with ``errors``, else what it caused as it stands now."""

    id: str
    status: Literal["accepted", "duplicate", "invalid"]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"] | None = None
    firings: list[FiringAnswer] = []
    doubts: list[str] = []
    effects: list[EffectAnswer] = []
    cases: list[str] = []
    claims: list[str] = []
    deadlines: list[dict[str, Any]] = []
    errors: list[ProblemEntry] = []


class EventsAnswer(BaseModel):
    """Answers in the order of the events."""

    results: list[EventAnswer]


class SplitCheckAnswer(BaseModel):
    """What the rules say of a profit sharing, and the facts they saw."""

    decision: Ladder
    firings: list[FiringAnswer]
    doubts: list[str]
    facts: dict[str, Any]

"""What goes out about live rooms, for the OpenAPI page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.web.event_answers import EffectAnswer


class UtteranceAnswer(BaseModel):
    """What became of an utterance: a ``duplicate`` was heard before, a ``conflict`` has other words by that number."""

    sequence: int
    status: Literal["accepted", "duplicate", "conflict"]


class SpokenHit(BaseModel):
    """A listed word that was said; ``repeated`` ones were flagged moments ago and are only counted."""

    sequence: int
    said_at: str
    speaker: str | None
    start: int
    end: int
    text: str
    word: str
    category: str
    wordlist: str
    verdict: str
    source: str
    hidden_by: list[str]
    suggestion: str | None
    sentence: str
    status: Literal["flagged", "repeated"]
    flag_id: str | None
    decision: str | None
    firings: list[dict[str, Any]] | None = None
    cases: list[str] | None = None


class SpeechAnswer(BaseModel):
    """What came of a call's utterances; ``corrected`` are flags that were set right by them."""

    results: list[UtteranceAnswer]
    hits: list[SpokenHit]
    corrected: list[str]
    in_pk: bool


class RoomItem(BaseModel):
    """A room's own columns, as the reference of the database lists them."""

    model_config = ConfigDict(extra="allow")

    room_id: str
    shop_id: str
    state: Literal["running", "ended", "unknown"]
    updated_at: str | None


class RoomPage(BaseModel):
    """A page of rooms."""

    items: list[RoomItem]
    next_cursor: str | None


class CorrectionAnswer(BaseModel):
    """Whether something has to be set right: ``waiting``, ``met``, ``passed`` or ``cancelled``, and by when."""

    state: str
    due_at: str


class FlagAnswer(BaseModel):
    """A listed word said in the room."""

    model_config = ConfigDict(extra="allow")

    flag_id: str
    sequence: int
    said_at: str
    category: str
    word: str
    verdict: str
    sentence: str
    corrected_at: str | None
    correction: CorrectionAnswer | None


class RoomAnswer(RoomItem):
    """A room whole: how far it was heard, its flags in time, what was decided and what follows."""

    is_frozen: bool
    heard: dict[str, Any] | None
    flags: list[FlagAnswer]
    decisions: list[dict[str, Any]]
    effects: list[EffectAnswer]

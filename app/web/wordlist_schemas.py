"""What goes in and out over HTTP about refreshing wordlists: runs, sources, changes of words, uploads, feedback."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from app.text.foreign import Shape
from app.web.schema_fields import Contract, Id, Reason, no_control

Word = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), AfterValidator(no_control)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


def _base64(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("cannot be read; expected: base64") from None
    return value


class WordIn(Contract):
    """One word to list; ``source`` is the law or rule it rests on."""

    text: Word
    verdict: Literal["block", "review", "label"] = "review"
    source: Annotated[str, Field(max_length=200), AfterValidator(no_control)] = ""


class WordsIn(Contract):
    """Words to add. ``urgent``: at once, until a second person confirms them in time."""

    words: list[WordIn] = Field(min_length=1, max_length=100)
    reason: Reason
    urgent: bool = False
    case_id: Id | None = None


class ChangeIn(Contract):
    """A listed word to retire, or a context (``value``) in which it is harmless."""

    what: Literal["allow", "retire"]
    wordlist: Name
    word: Word
    value: Annotated[str, Field(max_length=100), AfterValidator(no_control)] = ""
    reason: Reason
    case_id: Id | None = None


class DecideChangeIn(Contract):
    """Taken up or left (a proposal of feedback); confirmed or withdrawn (an urgent word)."""

    accept: bool
    reason: Reason


class FileOfWordsIn(Contract):
    """A file as a list of that name: its bytes in base64, how it is written, and the head it gets."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,55}$")]
    data: Annotated[str, Field(min_length=1, max_length=12_000_000), AfterValidator(_base64)]
    format: Literal["weiheng", "lines", "commas", "csv"] = "weiheng"
    head: dict[Name, Annotated[str, Field(max_length=500), AfterValidator(no_control)]] = Field(
        default_factory=dict, max_length=20
    )
    columns: dict[Literal["word", "verdict", "note", "suggest", "source", "allow"], str] = Field(default_factory=dict)
    verdicts: dict[str, Literal["block", "review", "label"]] = Field(default_factory=dict, max_length=50)

    def shape(self) -> Shape:
        """How the file is to be read."""
        columns = {str(key): each for key, each in self.columns.items()}
        return Shape(self.format, self.head, columns, dict(self.verdicts))


class UploadIn(FileOfWordsIn):
    """A list to upload."""

    file_name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_control)]
    reason: Reason


class AskedAnswer(BaseModel):
    """Whether a refresh was asked for now, or is at work already."""

    state: Literal["asked", "running"]


class RefreshAnswer(BaseModel):
    """One run. ``state``: running, unchanged, active, held, failed, abandoned; ``sources`` says what became of each."""

    id: str
    asked_by: str
    state: str
    started_at: str
    finished_at: str | None
    sources: dict[str, Any]
    snapshot: str | None
    steps: list[dict[str, Any]]


class RefreshList(BaseModel):
    """Runs, newest first."""

    items: list[RefreshAnswer]
    next_cursor: None = None


class SourceAnswer(BaseModel):
    """A source and what became of it last."""

    name: str
    type: str
    signed: bool
    state: str
    error: str | None
    lists: list[str]
    version: int | None
    tried_at: str | None
    checked_at: str | None
    held_snapshot: str | None


class FreshnessAnswer(BaseModel):
    """How old the wordlists are: ``fresh``, ``stale`` or ``expired``; ``waiting`` contents wait for fresh ones."""

    level: str
    checked_at: str | None
    age_s: int | None
    waiting: int


class SourceList(BaseModel):
    """Every source, and how old the wordlists are."""

    items: list[SourceAnswer]
    next_cursor: None = None
    freshness: FreshnessAnswer


class CanaryAnswer(BaseModel):
    """Why a candidate waits, what the checks found, and what it would change; contents of the key's shops only."""

    snapshot_id: str
    source: str
    refresh_id: str
    holds: list[str]
    findings: list[dict[str, Any]]
    canary: dict[str, Any]
    created_at: str


class WordChangeAnswer(BaseModel):
    """A proposed change of a word."""

    id: str
    what: str
    wordlist: str
    category: str
    word: str
    value: str
    state: str
    reason: str
    case_id: str | None
    proposed_by: str
    proposed_at: str
    confirm_by: str | None
    decided_by: str | None
    decided_at: str | None


class WordChangeList(BaseModel):
    """Changes, newest first."""

    items: list[WordChangeAnswer]
    next_cursor: None = None


class UploadAnswer(BaseModel):
    """What was read of an upload; it waits for the next refresh and a second person."""

    name: str
    encoding: str
    words: int
    left_out: list[dict[str, Any]]


class WordRecord(BaseModel):
    """A word: contents it hit, cases officers upheld or cleared, and the share of false alarms."""

    wordlist: str
    word: str
    hits: int
    upheld: int
    cleared: int
    false_bp: int | None


class WordRecordList(BaseModel):
    """Words, those with the most false alarms first."""

    items: list[WordRecord]
    next_cursor: None = None

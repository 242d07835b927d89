"""A backtest as it goes out over HTTP, as models for the OpenAPI page."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from app.web.answers import Decided, Ladder


class BacktestCandidateAnswer(BaseModel):
    """What was tried: the kinds that were proposed, and the snapshots' ids, stored or not."""

    tried: list[Literal["rules", "wordlists"]]
    rules: str
    wordlists: str


class ProgressAnswer(BaseModel):
    """Screenings and events passed, of all in the period."""

    done: int
    total: int


class MovedDecision(BaseModel):
    """How many contents had one decision and would have another, or the same."""

    before: Decided
    after: Decided
    count: int


class RuleCounts(BaseModel):
    """Contents on which a rule fired, or would have (shadow), and of both: decided by an officer, and upheld."""

    fired: int
    would_fire: int
    decided: int
    upheld: int


class MovedRule(BaseModel):
    """A rule's counts. ``status`` as the candidate has it written; null: the candidate has no such rule."""

    rule: str
    status: str | None
    before: RuleCounts
    after: RuleCounts


class MovedWordlist(BaseModel):
    """Contents in which words of a list were found."""

    wordlist: str
    before: int
    after: int


class MovedWord(BaseModel):
    """Contents in which a word was found."""

    wordlist: str
    word: str
    before: int
    after: int


class AgainstOfficers(BaseModel):
    """Of the contents an officer decided; stopped: any decision but pass. Ratios in basis points, null without any."""

    stopped: int
    stopped_upheld: int
    precision_bp: int | None
    recall_bp: int | None
    blocked: int
    blocked_let_pass: int


class OfficersAnswer(BaseModel):
    """How the old decisions and the candidate's stand against officers' final ones; upheld: label or block."""

    decided: int
    upheld: int
    before: AgainstOfficers
    after: AgainstOfficers


class RuleMove(BaseModel):
    """A rule's verdict before and after; ``shadow:…`` had no effect, null did not fire."""

    rule: str
    before: str | None
    after: str | None


class WordMove(BaseModel):
    """A word's verdict before and after."""

    wordlist: str
    word: str
    before: str | None
    after: str | None


class DoubtMove(BaseModel):
    """A reason for a person to look, before and after."""

    doubt: str
    before: str | None
    after: str | None


class SampleAnswer(BaseModel):
    """One screening on which the two differ, what made the difference, and its redacted beginning."""

    screening_id: str
    shop_id: str
    before: Decided
    after: Decided
    outcome: Decided | None
    rules: list[RuleMove]
    words: list[WordMove]
    doubts: list[DoubtMove]
    excerpt: str | None


class MovedOnLadder(BaseModel):
    """How many events had one decision and would have another, or the same."""

    before: Ladder
    after: Ladder
    count: int


class EventSample(BaseModel):
    """One event, or deadline that passed, on which the two differ, and what made the difference."""

    kind: str
    source: str
    event_id: str
    subject: str
    happened_at: str
    shop_id: str
    before: Ladder
    after: Ladder
    outcome: Decided | None
    rules: list[RuleMove]
    doubts: list[DoubtMove]


class TriedEvents(BaseModel):
    """What the candidate would have said of events; every count is of events, ``rules`` those that spoke at all."""

    looked_at: int
    unreadable: int
    changed: int
    decisions: list[MovedOnLadder]
    rules: list[MovedRule]
    officers: OfficersAnswer
    samples: list[EventSample]


class BacktestResult(BaseModel):
    """What the candidate would have done; every count is of contents (each version screened is one)."""

    looked_at: int
    unreadable: int
    changed: int
    decisions: list[MovedDecision]
    rules: list[MovedRule]
    wordlists: list[MovedWordlist]
    words: list[MovedWord]
    officers: OfficersAnswer
    samples: list[SampleAnswer]
    events: TriedEvents


class BacktestAnswer(BaseModel):
    """A backtest; ``result`` is null until it is done, and left out of lists.

    ``officers_withheld``: it tells no officer's decision while this person reviews one of them blind.
    """

    id: str
    state: Literal["running", "done", "cancelled", "failed"]
    asked_by: str
    created_at: str
    finished_at: str | None
    candidate: BacktestCandidateAnswer
    from_at: str
    to_at: str
    shop_ids: list[str] | None
    limit: int | None
    progress: ProgressAnswer
    error: str | None
    officers_withheld: bool = False
    result: BacktestResult | None = None


class BacktestList(BaseModel):
    """Backtests, newest first."""

    items: list[BacktestAnswer]
    next_cursor: None = None

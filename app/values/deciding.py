"""What screening and rules say about a content, as values that every part may hold.

They stand on the ground floor because text, rules and deciding are neighbours that never import each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.values.sign_off import SignOff


class Verdict(StrEnum):
    """How hard a rule or a word judges, from mild to hard."""

    PASS = "pass"
    ALERT = "alert"
    WARN = "warn"
    LABEL = "label"
    REVIEW = "review"
    HOLD = "hold"
    BLOCK = "block"

    @property
    def hardness(self) -> int:
        """Position on the ladder; the hardest of several verdicts wins."""
        return _LADDER[self]

    @property
    def answer(self) -> Verdict:
        """The verdict as an uploader hears it: one of pass, label, review, block."""
        return _ANSWERS.get(self, self)


VERDICT_TITLES: Mapping[str, str] = {
    Verdict.PASS: "通过",
    Verdict.ALERT: "提醒",
    Verdict.WARN: "警告",
    Verdict.LABEL: "加标识",
    Verdict.REVIEW: "复核",
    Verdict.HOLD: "暂缓",
    Verdict.BLOCK: "拦截",
}
_LADDER = {verdict: position for position, verdict in enumerate(Verdict)}
_ANSWERS = {Verdict.ALERT: Verdict.PASS, Verdict.WARN: Verdict.PASS, Verdict.HOLD: Verdict.REVIEW}


def hardest(verdicts: Iterable[Verdict]) -> Verdict:
    """The hardest of the verdicts; ``pass`` when there are none."""
    return max(verdicts, key=_LADDER.__getitem__, default=Verdict.PASS)


CONSTRUCTIONS = "constructions"
"""What a hit names as its list where no listed word stands but something is meant; its word is what is meant."""


PICTURE_LINES, PICTURE_HITS = "picture_lines", "picture_hits"
"""Among an opinion's facts: what was read in pictures, ``[[picture, text, score_bp], …]``, and the hits in it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One listed word found in one field.

    ``start`` and ``end`` count code points of the field as it was sent, so ``field_text[start:end] == text``.
    ``field`` is the field's name, or ``segments`` with ``segment`` (index) and ``at_ms`` for a video's segments.
    ``hidden_by`` names the tricks undone to see the word, e.g. ``inserted_symbol``, ``traditional``, ``full_width``.
    ``ground`` is what around the word may make it lawful, so that a person looks (``award``, ``own_range`` …).
    """

    field: str
    start: int
    end: int
    text: str
    word: str
    category: str
    wordlist: str
    verdict: Verdict
    source: str
    hidden_by: tuple[str, ...] = ()
    suggestion: str | None = None
    segment: int | None = None
    at_ms: int | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A field or segment that held personal data, with that starred: same length, safe to show and to log."""

    field: str
    text: str
    segment: int | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Exempted:
    """One listed word that is lawful for this shop: told with the ground and its last day, and decides nothing."""

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


@dataclass(frozen=True, slots=True)
class PersonalDatum:
    """One piece of personal data seen in a field: where and of what kind, never the value itself."""

    field: str
    start: int
    end: int
    kind: str
    segment: int | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule that fired (or could not be known: then ``missing`` names the fields and ``decision`` is review).

    ``effects`` are the money and routing effects beside the decision, as plain data. ``shadow`` firings are recorded
    and change nothing. ``overrides`` says of each parameter that had another value for this event by what it was chosen
    (``{"late_min_fen": {"shop": "shop-7"}}``). ``unsigned`` says why a block or payment acts as a review, ``sign_offs``
    on whose word it does not. ``limited_by`` says what made a live rule act more mildly than it is written: ``share``
    (the subject is outside the rule's share: a shadow) or ``tripped`` (its breaker is open: a review). ``remedy`` says
    what to change; ``about`` are the names (categories of words, kinds of claims) its condition looks for.
    """

    rule: str
    pack: str
    decision: Verdict
    reason: str
    references: tuple[str, ...]
    bindings: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    shadow: bool = False
    effects: tuple[Mapping[str, object], ...] = ()
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unsigned: tuple[str, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    limited_by: tuple[str, ...] = ()
    remedy: str | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a text claims that may need proof: an effect with a figure, an origin, a study.

    ``kind`` is one of ``app.text.claims.KINDS``. Places count like a hit's. ``is_backed`` says that the text itself
    names a source or the number of a proof beside it.
    """

    kind: str
    field: str
    start: int
    end: int
    text: str
    is_backed: bool = False
    segment: int | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands; ``said`` is the listed word or the claim's own words, empty where they are personal."""

    field: str
    start: int
    end: int
    said: str = ""
    segment: int | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing a merchant has to know: what is wrong, where, by which clause, and what to change.

    ``sentence`` is all of it in one Chinese sentence; ``rule`` is None where a listed word speaks by itself.
    """

    what: str
    decision: Verdict
    clauses: tuple[str, ...]
    remedy: str
    sentence: str
    rule: str | None = None
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A field's text as it could be sent again; a proposal, checked to hold no listed word that stops it."""

    field: str
    text: str
    segment: int | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reviewer backend thinks; ``score_bp`` is its confidence in basis points, ``facts`` are for the rules."""

    reviewer: str
    verdict: Verdict
    score_bp: int
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The one answer for a content, with everything that led to it.

    ``labels`` are to be shown with the content (e.g. ``advertisement``); ``advice`` are reasons of warn and alert
    firings, which pass but are told to the uploader; ``fixes`` explain all of it to the merchant, with ``rewrites`` of
    the texts where words can be replaced; ``doubts`` say in words why a person must look although no rule
    or word asked for it (an evaluator failed, a list is stale, a cap was reached).
    """

    decision: Verdict
    hits: tuple[Hit, ...] = ()
    personal_data: tuple[PersonalDatum, ...] = ()
    firings: tuple[Firing, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    labels: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    fixes: tuple[Fix, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

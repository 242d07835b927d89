"""Judging one content: fold → match → personal data → rules → one decision. Pure, so any process can replay it.

texts ─ Matcher.scan ─┬─ hits ─┐
                      └─ folded text (digest of equal-looking contents)
texts ─ find_personal_data ────┼─ content_facts ─ Engine.evaluate ─ firings ─ decide ─ Decision
sent facts ────────────────────┘
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from app.advising import fixes_of, rewrites_of
from app.deciding import NOTHING_FOUND, decide
from app.errors import InvalidInput, Problem
from app.events.kind import check_sent_facts
from app.events.kinds.content_submit import content_facts
from app.flows.said_in import said_in
from app.flows.score_content import Scored, score_texts
from app.rules.engine import Engine
from app.text.beside import AnyMatcher
from app.text.claims import with_ground
from app.text.claims.lawful import CATEGORY
from app.text.constructions import read_closely, read_many_closely, with_contacts
from app.text.match import Context, Scan, TextField
from app.text.personal_data import Span, find_personal_data, redact
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Hit, MaskedText, PersonalDatum, Rewrite, Verdict
from app.values.facts import EventKind
from app.values.rule_scope import RuleScope
from app.values.sign_off import NO_MARK, NOTHING_SIGNED, Mark, SignOffs

SEGMENTS = "segments"
_SHORT = 9_999  # numbers of so few digits are nobody's
_NAME_CHARS = 40
UNSEEN_MEDIA = "含图片、视频或音频，但未配置媒体审核服务"
"""The doubt about media that nobody looks at."""
CAPPED = ("命中词超过上限，未全部列出",)
"""The doubt about a text with more words than are kept."""


@dataclass(frozen=True, slots=True)
class Judge:
    """One rules snapshot, one wordlists snapshot and what is signed off, ready; swapped as a whole, never changed."""

    rules_id: str
    wordlists_id: str
    engine: Engine
    matcher: AnyMatcher
    kinds: Mapping[str, EventKind]
    severities: Mapping[str, int]
    sign_offs: SignOffs = NOTHING_SIGNED
    sign_offs_mark: Mark = NO_MARK
    _by_content_kind: Mapping[str, EventKind] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fed = [(name, kind) for kind in self.kinds.values() for name in kind.content_kinds]
        object.__setattr__(self, "_by_content_kind", dict(reversed(fed)))  # of several the first

    def rules_on(self, content_kind: str) -> tuple[str, ...]:
        """The ids of the rules that judge a content of that kind."""
        kind = self.event_kind(content_kind)
        return () if kind is None else self.engine.rules_on(kind.name)

    def event_kind(self, content_kind: str) -> EventKind | None:
        """The event kind whose rules a content kind feeds."""
        return self._by_content_kind.get(content_kind)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out, and what is kept beside it.

    ``facts`` are those the rules saw, ``folded_digest`` is equal for contents that read the same after folding, and
    ``masked`` holds the texts with personal data in them, starred.
    """

    decision: Decision
    facts: Mapping[str, object]
    folded_digest: str
    holds_personal_data: bool
    masked: tuple[MaskedText, ...] = ()
    scored: Scored | None = None
    folded: tuple[str, ...] = ()


def check_content(judge: Judge, content: ContentToScreen, *, is_stored: bool = False) -> None:
    """Raise InvalidInput when the kind or the sent facts are not declared. Among stored facts are also our own."""
    kind = judge.event_kind(content.kind)
    if kind is None:
        known = sorted({name for each in judge.kinds.values() for name in each.content_kinds})
        raise InvalidInput("unknown kind", problems=[Problem("kind", f"unknown: {content.kind}", ", ".join(known))])
    if content.facts and (problems := check_sent_facts(kind, content.facts, is_ours=is_stored)):
        at = [Problem(f"facts.{problem.field}", problem.problem, problem.expected) for problem in problems]
        raise InvalidInput("the facts do not fit the declaration", problems=at)


def judge_content(
    judge: Judge,
    content: ContentToScreen,
    *,
    now: datetime,
    sample: bool = False,
    doubts: tuple[str, ...] = (),
    tripped: Collection[str] = (),
    advises: bool = True,
    scan: Scan | None = None,
) -> Judged:
    """Judge a content that ``check_content`` let through; never fails for what a content says.

    ``tripped`` are the rules whose breaker is open: their block or hold is a review. Without ``advises`` nobody is
    told what to change: no fixes and no rewrites. ``scan`` is what ``scan_contents`` found in it, where that was asked.
    """
    kind = judge.event_kind(content.kind)
    assert kind is not None, "check_content came first"
    texts = text_fields(content)
    if scan is None:
        scan = read_closely(judge.matcher, texts, context_of(content, now))
    claims, seen_type, sale = said_in(texts, scan, context_of(content, now))
    personal = [(text, spans) for text in texts if (spans := find_personal_data(text.text))]
    if personal:
        scan = with_contacts(judge.matcher, scan, texts, context_of(content, now), personal)
    hits = _with_grounds(scan.hits, texts)
    personal_data = _data_in(personal) if personal else ()
    facts = content_facts(
        sent=content.facts,
        content_kind=content.kind,
        category=content.category,
        hits=hits,
        personal_data=personal_data,
        texts=scan.folded,
        claims=claims,
        seen_type=seen_type,
        sale=sale,
    )
    evaluation = judge.engine.evaluate(
        kind.name,
        facts,
        now=now,
        sample=sample,
        scope=scope_of(content),
        sign_offs=judge.sign_offs,
        subject=content.subject,
        tripped=tripped,
    )
    firings = evaluation.firings
    doubts = (*doubts, *(CAPPED if scan.capped else ()), *evaluation.doubts)
    scored = None
    if content.wants_score:
        scored = _scored(judge, content, texts, hits, now, tripped)
        firings, doubts = (*firings, *scored.evaluation.firings), (*doubts, *scored.evaluation.doubts)
    decision = decide(hits=hits, personal_data=personal_data, firings=firings, doubts=doubts, exempted=scan.exempted)
    if advises and (decision.hits or decision.firings):
        rewrites = _rewrites(judge, decision, texts, context_of(content, now)) if decision.hits else ()
        decision = replace(decision, fixes=fixes_of(decision, claims), rewrites=rewrites)
    return Judged(
        decision=decision,
        facts=facts,
        folded_digest=_folded_digest(scan.folded),
        holds_personal_data=bool(personal_data) or _hides_personal_data(content),
        masked=_masked(personal) if personal else (),
        scored=scored,
        folded=scan.folded,
    )


def scan_contents(
    judge: Judge, contents: Sequence[ContentToScreen], *, now: datetime, words_only: bool = False
) -> list[Scan]:
    """What is found in each of many contents, looked through together; with ``words_only`` listed words alone."""
    many = [(text_fields(each), context_of(each, now)) for each in contents]
    return read_many_closely(judge.matcher, many, words_only=words_only)


def judge_words(content: ContentToScreen, scan: Scan) -> Decision:
    """What the words found in a content say by themselves: no rules, no personal data."""
    if not (scan.hits or scan.capped or scan.exempted):
        return NOTHING_FOUND
    hits = _with_grounds(scan.hits, text_fields(content))
    doubts = CAPPED if scan.capped else ()
    return decide(hits=hits, personal_data=(), firings=(), doubts=doubts, exempted=scan.exempted)


_Personal = Sequence[tuple[TextField, list[Span]]]
"""Texts with personal data, and where it stands."""


def _data_in(personal: _Personal) -> tuple[PersonalDatum, ...]:
    return tuple(
        PersonalDatum(text.name, start, end, what, text.segment, text.at_ms)
        for text, spans in personal
        for start, end, what in spans
    )


def _masked(personal: _Personal) -> tuple[MaskedText, ...]:
    return tuple(MaskedText(text.name, redact(text.text, spans), text.segment, text.at_ms) for text, spans in personal)


def _scored(
    judge: Judge,
    content: ContentToScreen,
    texts: Sequence[TextField],
    hits: tuple[Hit, ...],
    now: datetime,
    tripped: Collection[str],
) -> Scored:
    scope = scope_of(content)
    return score_texts(judge.engine, texts, hits=hits, scope=scope, now=now, sign_offs=judge.sign_offs, tripped=tripped)


def _with_grounds(hits: tuple[Hit, ...], texts: Sequence[TextField]) -> tuple[Hit, ...]:
    """The hits, those that something around them may except for a person instead of a block."""
    if not hits or not any(hit.category == CATEGORY for hit in hits):
        return hits
    by_place = {(text.name, text.segment): text.text for text in texts}
    return tuple(with_ground(hit, by_place[hit.field, hit.segment]) for hit in hits)


def _rewrites(judge: Judge, decision: Decision, texts: Sequence[TextField], context: Context) -> tuple[Rewrite, ...]:
    def is_clean(text: str) -> bool:
        again = read_closely(judge.matcher, [TextField("text", text)], context).hits
        return not any(hit.verdict in {Verdict.REVIEW, Verdict.BLOCK} for hit in again)

    return rewrites_of(decision, [(text.name, text.segment, text.at_ms, text.text) for text in texts], is_clean)


def context_of(content: ContentToScreen, now: datetime) -> Context:
    """What a content says about which words are looked for."""
    return Context(content.kind, now, content.category, content.shop_id)


def scope_of(content: ContentToScreen) -> RuleScope:
    """What a content says about the values of parameters."""
    return RuleScope(shop=content.shop_id, category=content.category)


def text_fields(content: ContentToScreen) -> list[TextField]:
    """All texts of a content in order: its fields, then its segments by time."""
    fields = [TextField(name, text) for name, text in content.fields.items()]
    if not content.segments:
        return fields
    return fields + [
        TextField(SEGMENTS, line.text, segment=index, at_ms=line.at_ms) for index, line in enumerate(content.segments)
    ]


def _folded_digest(folded: tuple[str, ...]) -> str:
    return "sha256:" + hashlib.sha256("\x1f".join(folded).encode()).hexdigest()


def _hides_personal_data(content: ContentToScreen) -> bool:
    """Whether a free value (attribute, fact, media URL) shows personal data, so that the row has to be sealed."""
    if not (content.attributes or content.facts or content.media):
        return False
    named = list(content.facts.values())  # their names are declared, and nobody's
    values = (content.attributes, *(each for each in named if each), *(medium.url for medium in content.media))
    return any(map(_shows_personal_data, values))


def _shows_personal_data(value: object) -> bool:
    """Whether a text or a number does, or a key or a value inside."""
    if isinstance(value, str):
        return _is_personal(value)
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, int):
        return not -_SHORT <= value <= _SHORT and _is_personal(str(value))
    if isinstance(value, list | tuple):
        return any(map(_shows_personal_data, value)) if value else False
    if isinstance(value, Mapping):
        return any(_is_personal(str(key)) or _shows_personal_data(inner) for key, inner in value.items())
    return False


def _is_personal(value: str) -> bool:
    return _is_personal_name(value) if len(value) <= _NAME_CHARS else bool(find_personal_data(value))


@lru_cache(maxsize=4_096)  # names and values of facts that are the same in nearly every content
def _is_personal_name(value: str) -> bool:
    return bool(find_personal_data(value))

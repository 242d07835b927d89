"""Judging one content: fold → match → personal data → rules → one decision. Pure, so any process can replay it.

texts ─ Matcher.scan ─┬─ hits ─┐
                      └─ folded text (digest of equal-looking contents)
texts ─ find_personal_data ────┼─ content_facts ─ Engine.evaluate ─ firings ─ decide ─ Decision
sent facts ────────────────────┘
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.deciding import decide
from app.errors import InvalidInput, Problem
from app.events.kind import check_sent_facts
from app.events.kinds.content_submit import content_facts
from app.rules.engine import Engine
from app.text.beside import AnyMatcher
from app.text.match import Context, TextField
from app.text.personal_data import find_personal_data, redact
from app.values.content import ContentToScreen
from app.values.deciding import Decision, MaskedText, PersonalDatum
from app.values.facts import EventKind
from app.values.rule_scope import RuleScope
from app.values.sign_off import NO_MARK, NOTHING_SIGNED, Mark, SignOffs

SEGMENTS = "segments"
UNSEEN_MEDIA = "含图片、视频或音频，但未配置媒体审核服务"
"""The doubt about media that nobody looks at."""


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

    def rules_on(self, content_kind: str) -> tuple[str, ...]:
        """The ids of the rules that judge a content of that kind."""
        kind = self.event_kind(content_kind)
        return () if kind is None else self.engine.rules_on(kind.name)

    def event_kind(self, content_kind: str) -> EventKind | None:
        """The event kind whose rules a content kind feeds."""
        return next((kind for kind in self.kinds.values() if content_kind in kind.content_kinds), None)


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
) -> Judged:
    """Judge a content that ``check_content`` let through; never fails for what a content says.

    ``tripped`` are the rules whose breaker is open: their block or hold is a review.
    """
    kind = judge.event_kind(content.kind)
    assert kind is not None, "check_content came first"
    texts = text_fields(content)
    scan = judge.matcher.scan(texts, Context(content.kind, now, content.category, content.shop_id))
    found = [(text, find_personal_data(text.text)) for text in texts]
    personal_data = tuple(
        PersonalDatum(text.name, start, end, what, text.segment, text.at_ms)
        for text, spans in found
        for start, end, what in spans
    )
    facts = content_facts(
        sent=content.facts,
        content_kind=content.kind,
        category=content.category,
        hits=scan.hits,
        personal_data=personal_data,
        texts=scan.folded,
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
    capped = ("命中词超过上限，未全部列出",) if scan.capped else ()
    decision = decide(
        hits=scan.hits,
        personal_data=personal_data,
        firings=evaluation.firings,
        doubts=(*doubts, *capped, *evaluation.doubts),
        exempted=scan.exempted,
    )
    return Judged(
        decision=decision,
        facts=facts,
        folded_digest=_folded_digest(scan.folded),
        holds_personal_data=bool(personal_data) or _hides_personal_data(content),
        masked=tuple(
            MaskedText(text.name, redact(text.text, spans), text.segment, text.at_ms) for text, spans in found if spans
        ),
        folded=scan.folded,
    )


def scope_of(content: ContentToScreen) -> RuleScope:
    """What a content says about the values of parameters."""
    return RuleScope(shop=content.shop_id, category=content.category)


def text_fields(content: ContentToScreen) -> list[TextField]:
    """All texts of a content in order: its fields, then its segments by time."""
    fields = [TextField(name, text) for name, text in content.fields.items()]
    return fields + [
        TextField(SEGMENTS, line.text, segment=index, at_ms=line.at_ms) for index, line in enumerate(content.segments)
    ]


def _folded_digest(folded: tuple[str, ...]) -> str:
    return "sha256:" + hashlib.sha256("\x1f".join(folded).encode()).hexdigest()


def _hides_personal_data(content: ContentToScreen) -> bool:
    """Whether a free value (attribute, fact, media URL) shows personal data, so that the row has to be sealed."""
    values = (content.attributes, content.facts, [medium.url for medium in content.media])
    return any(find_personal_data(text) for text in _strings(values))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)

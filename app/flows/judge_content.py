"""Judging one content: fold → match → personal data → rules → one decision. Pure, so any process can replay it.

texts ─ Matcher.scan ─┬─ hits ─┐
                      └─ folded text (digest of equal-looking contents)
texts ─ find_personal_data ────┼─ content_facts ─ Engine.evaluate ─ firings ─ decide ─ Decision
sent facts ────────────────────┘
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.deciding import decide
from app.errors import InvalidInput, Problem
from app.events.kind import check_sent_facts
from app.events.kinds.content_submit import content_facts
from app.rules.engine import Engine
from app.text.match import Context, Matcher, TextField
from app.text.personal_data import find_personal_data
from app.values.content import ContentToScreen
from app.values.deciding import Decision, PersonalDatum
from app.values.facts import EventKind

SEGMENTS = "segments"
UNSEEN_MEDIA = "含图片、视频或音频，但未配置媒体审核服务"
"""The doubt about media that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Judge:
    """One rules snapshot and one wordlists snapshot, built and ready; swapped as a whole, never changed."""

    rules_id: str
    wordlists_id: str
    engine: Engine
    matcher: Matcher
    kinds: Mapping[str, EventKind]
    severities: Mapping[str, int]

    def event_kind(self, content_kind: str) -> EventKind | None:
        """The event kind whose rules a content kind feeds."""
        return next((kind for kind in self.kinds.values() if content_kind in kind.content_kinds), None)


@dataclass(frozen=True, slots=True)
class Judged:
    """The decision, the facts it saw, and a digest that is equal for contents that read the same after folding."""

    decision: Decision
    facts: Mapping[str, object]
    folded_digest: str
    holds_personal_data: bool


def check_content(judge: Judge, content: ContentToScreen) -> None:
    """Raise InvalidInput when the kind or the sent facts are not declared."""
    kind = judge.event_kind(content.kind)
    if kind is None:
        known = sorted({name for each in judge.kinds.values() for name in each.content_kinds})
        raise InvalidInput("unknown kind", problems=[Problem("kind", f"unknown: {content.kind}", ", ".join(known))])
    if content.facts and (problems := check_sent_facts(kind, content.facts)):
        at = [Problem(f"facts.{problem.field}", problem.problem, problem.expected) for problem in problems]
        raise InvalidInput("the facts do not fit the declaration", problems=at)


def judge_content(
    judge: Judge, content: ContentToScreen, *, now: datetime, sample: bool = False, doubts: tuple[str, ...] = ()
) -> Judged:
    """Judge a content that ``check_content`` let through; never fails for what a content says."""
    kind = judge.event_kind(content.kind)
    assert kind is not None, "check_content came first"
    texts = text_fields(content)
    scan = judge.matcher.scan(texts, Context(content.kind, now, content.category, content.shop_id))
    personal_data = tuple(
        PersonalDatum(text.name, start, end, what, text.segment, text.at_ms)
        for text in texts
        for start, end, what in find_personal_data(text.text)
    )
    facts = content_facts(
        sent=content.facts,
        content_kind=content.kind,
        category=content.category,
        hits=scan.hits,
        personal_data=personal_data,
        texts=scan.folded,
    )
    evaluation = judge.engine.evaluate(kind.name, facts, now=now, sample=sample)
    capped = ("命中词超过上限，未全部列出",) if scan.capped else ()
    decision = decide(
        hits=scan.hits,
        personal_data=personal_data,
        firings=evaluation.firings,
        doubts=(*doubts, *capped, *evaluation.doubts),
    )
    return Judged(decision, facts, _folded_digest(scan.folded), bool(personal_data) or _hides_personal_data(content))


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

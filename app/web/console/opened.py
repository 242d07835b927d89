"""A stored screening opened for the page: texts with personal data starred and hits marked, never the value itself.

Everything a page shows of an upload goes through here, so that no template can show an unmasked text by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from sqlalchemy.orm import Session

from app.flows.parts import Parts
from app.flows.stored_screening import open_column
from app.models import Screening
from app.text.personal_data import without_personal
from app.values.deciding import Verdict
from app.vault.crypto import SealBroken
from app.web.console.marks import Piece, Span, Stretch, cropped, masked, stretches

_SEGMENTS = "segments"
_BEFORE, _WIDTH = 12, 120
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit as the page explains it; ``seen`` is what the text shows there, starred where it is personal."""

    number: int
    field: str
    segment: int | None
    at_ms: int | None
    seen: str
    word: str
    category: str
    wordlist: str
    verdict: Verdict
    hidden_by: tuple[str, ...]
    source: str
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Exempted:
    """A listed word that was lawful for the shop; ``seen`` as with a hit, ``valid_to`` its last day (YYYY-MM-DD)."""

    field: str
    at_ms: int | None
    seen: str
    word: str
    category: str
    reason: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class Text:
    """One field or segment with its marks."""

    field: str
    stretches: Sequence[Stretch]
    hits: tuple[int, ...]
    source: str = ""
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A screening in the clear: ``answer`` as it was given, ``request`` without its texts."""

    texts: tuple[Text, ...]
    segments: tuple[Text, ...]
    hits: tuple[Hit, ...]
    exempted: tuple[Exempted, ...]
    personal: Mapping[str, int]
    answer: Mapping[str, Any]
    category: str
    media: tuple[tuple[str, str], ...]
    facts: Mapping[str, Any]


def open_screening(parts: Parts, session: Session, screening: Screening) -> Opened | None:
    """The screening for its page, or None when its seal does not open (its person was erased, or it is damaged)."""
    pair = _pair(parts, session, screening)
    if pair is None:
        return None
    request, answer = pair
    fields, lines = _texts(request)
    hits = tuple(_hit(number, hit, answer, fields, lines) for number, hit in enumerate(answer.get("hits", ()), 1))
    kinds = [datum["kind"] for datum in answer.get("personal_data", ())]
    return Opened(
        texts=tuple(_marked(answer, name, None, text) for name, text in fields.items()),
        segments=tuple(
            _marked(answer, _SEGMENTS, index, text, source=source, at_ms=at_ms)
            for index, (source, at_ms, text) in enumerate(lines)
        ),
        hits=hits,
        exempted=tuple(_exempted(each, answer, fields, lines) for each in answer.get("exempted", ())),
        personal={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        answer=answer,
        category=request.get("category") or "",
        media=tuple((kind, without_personal(url)) for kind, url, _ in request.get("media", ())),
        facts=request.get("facts", {}),
    )


def summary(parts: Parts, session: Session, screening: Screening) -> Sequence[Stretch]:
    """One or two lines for a list: the neighbourhood of the hardest hit, or the beginning."""
    pair = _pair(parts, session, screening)
    if pair is None:
        return [Stretch((Piece(screening.excerpt[:_WIDTH]),))]
    request, answer = pair
    fields, lines = _texts(request)
    hits = answer.get("hits", ())
    hardest = max(hits, key=lambda hit: Verdict(hit["verdict"]).hardness, default=None)
    if hardest is None:
        name, segment = (next(iter(fields)), None) if fields else (_SEGMENTS, 0)
    else:
        name, segment = hardest["field"], hardest.get("segment")
    text = _text_at(fields, lines, name, segment)
    found, personal = _spans(answer, name, segment)
    first = hardest["start"] if hardest is not None else 0
    clean = masked(text, personal)
    return cropped(clean, found, personal, first=first, before=_BEFORE, width=_WIDTH)


def _pair(parts: Parts, session: Session, screening: Screening) -> tuple[dict[str, Any], dict[str, Any]] | None:
    try:
        request, answer = (
            orjson.loads(open_column(parts.people, session, screening, column)) for column in ("request", "answer")
        )
    except SealBroken as broken:
        _log.warning("seal_broken", screening=screening.id, why=broken.detail)
        return None
    return request, answer


def _texts(request: Mapping[str, Any]) -> tuple[dict[str, str], list[tuple[str, int, str]]]:
    return dict(request.get("fields", {})), [
        (source, at_ms, text) for source, at_ms, text in request.get("segments", ())
    ]


def _text_at(fields: Mapping[str, str], lines: Sequence[tuple[str, int, str]], name: str, segment: int | None) -> str:
    if segment is None:
        return fields.get(name, "")
    return lines[segment][2] if segment < len(lines) else ""


def _spans(answer: Mapping[str, Any], name: str, segment: int | None) -> tuple[list[Span], list[Span]]:
    here = (name, segment)
    hits = [
        Span(hit["start"], hit["end"], number, Verdict(hit["verdict"]))
        for number, hit in enumerate(answer.get("hits", ()), 1)
        if (hit["field"], hit.get("segment")) == here
    ]
    personal = [
        Span(datum["start"], datum["end"], kind=datum["kind"])
        for datum in answer.get("personal_data", ())
        if (datum["field"], datum.get("segment")) == here
    ]
    return hits, personal


def _marked(
    answer: Mapping[str, Any], name: str, segment: int | None, text: str, *, source: str = "", at_ms: int | None = None
) -> Text:
    hits, personal = _spans(answer, name, segment)
    numbers = tuple(span.number for span in hits)
    return Text(name, stretches(masked(text, personal), hits, personal), numbers, source, at_ms)


def _hit(
    number: int,
    hit: Mapping[str, Any],
    answer: Mapping[str, Any],
    fields: Mapping[str, str],
    lines: Sequence[tuple[str, int, str]],
) -> Hit:
    return Hit(
        number=number,
        field=hit["field"],
        segment=hit.get("segment"),
        at_ms=hit.get("at_ms"),
        seen=_seen(hit, answer, fields, lines),
        word=hit["word"],
        category=hit["category"],
        wordlist=hit["wordlist"],
        verdict=Verdict(hit["verdict"]),
        hidden_by=tuple(hit["hidden_by"]),
        source=hit["source"],
        suggestion=hit.get("suggestion"),
    )


def _exempted(
    each: Mapping[str, Any],
    answer: Mapping[str, Any],
    fields: Mapping[str, str],
    lines: Sequence[tuple[str, int, str]],
) -> Exempted:
    return Exempted(
        field=each["field"],
        at_ms=each.get("at_ms"),
        seen=_seen(each, answer, fields, lines),
        word=each["word"],
        category=each["category"],
        reason=each["reason"],
        valid_to=each["valid_to"],
    )


def _seen(
    found: Mapping[str, Any],
    answer: Mapping[str, Any],
    fields: Mapping[str, str],
    lines: Sequence[tuple[str, int, str]],
) -> str:
    """The text at the place of a hit, starred where it is personal."""
    name, segment = found["field"], found.get("segment")
    _, personal = _spans(answer, name, segment)
    return masked(_text_at(fields, lines, name, segment), personal)[found["start"] : found["end"]]

"""Cutting a text into stretches that can be marked: hits that overlap, characters nobody sees, personal data starred.

Hits may nest and cross, which HTML elements cannot. So crossing hits are gathered into one *stretch*, which is one stop
for the keyboard and has one explanation, and inside it the text is cut wherever a hit begins or ends.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.text.personal_data import redact
from app.values.deciding import Verdict, hardest

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # writing direction
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0000, 0xE0200))


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text in code points: a hit with its number on the page, or personal data with its kind."""

    start: int
    end: int
    number: int = 0
    verdict: Verdict = Verdict.PASS
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text under the same hits throughout, with the hardest of their verdicts.

    A ghost stands for an invisible character and shows its code point.
    """

    text: str
    numbers: tuple[int, ...] = ()
    verdict: Verdict = Verdict.PASS
    kind: str = ""
    is_ghost: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring pieces; ``numbers`` are the hits that overlap in it, in order, and none where nothing was hit."""

    pieces: tuple[Piece, ...]
    numbers: tuple[int, ...] = ()


def masked(text: str, personal: Iterable[Span]) -> str:
    """The text with personal data starred, same length in code points."""
    return redact(text, [(span.start, span.end, span.kind) for span in personal])


def stretches(text: str, hits: Sequence[Span], personal: Sequence[Span] = ()) -> list[Stretch]:
    """The (already masked) text in order, nothing lost. Places outside the text are cut off, empty ones dropped."""
    hits, personal = _inside(hits, len(text)), _inside(personal, len(text))
    groups = list(_groups(hits))
    found: list[Stretch] = []
    at = 0
    for start, end, members in groups:
        found += _plain(text, at, start, personal)
        found.append(Stretch(tuple(_pieces(text, start, end, members, personal)), tuple(hit.number for hit in members)))
        at = end
    return found + _plain(text, at, len(text), personal)


def cropped(
    text: str, hits: Sequence[Span], personal: Sequence[Span], *, first: int, before: int, width: int
) -> list[Stretch]:
    """The neighbourhood of position ``first``: ``before`` code points ahead of it, ``width`` in all."""
    start = 0 if first <= before else first - before
    end = min(len(text), start + width)
    moved = [
        [replace(span, start=span.start - start, end=span.end - start) for span in spans] for spans in (hits, personal)
    ]
    found = stretches(text[start:end], *moved)
    ellipsis = [Stretch((Piece("…"),))]
    return (ellipsis if start else []) + found + (ellipsis if end < len(text) else [])


def _inside(spans: Iterable[Span], length: int) -> list[Span]:
    kept = [replace(span, start=max(0, span.start), end=min(length, span.end)) for span in spans]
    return sorted((span for span in kept if span.start < span.end), key=lambda span: (span.start, -span.end))


def _groups(hits: Iterable[Span]) -> Iterator[tuple[int, int, list[Span]]]:
    """Hits that overlap, directly or through others; ``hits`` are ordered by their start."""
    start, end, members = 0, 0, list[Span]()
    for hit in hits:
        if members and hit.start < end:
            members.append(hit)
            end = max(end, hit.end)
            continue
        if members:
            yield start, end, members
        start, end, members = hit.start, hit.end, [hit]
    if members:
        yield start, end, members


def _plain(text: str, start: int, end: int, personal: Sequence[Span]) -> list[Stretch]:
    return [Stretch(tuple(_pieces(text, start, end, (), personal)))] if start < end else []


def _pieces(text: str, start: int, end: int, hits: Sequence[Span], personal: Sequence[Span]) -> Iterator[Piece]:
    near = [span for span in personal if span.start < end and span.end > start]
    edges = {start, end} | {edge for span in (*hits, *near) for edge in (span.start, span.end) if start < edge < end}
    for left, right in itertools.pairwise(sorted(edges)):
        here = [hit for hit in hits if hit.start <= left < hit.end]
        kind = next((span.kind for span in near if span.start <= left < span.end), "")
        model = Piece("", tuple(hit.number for hit in here), hardest(hit.verdict for hit in here), kind)
        yield from _seen(text[left:right], model)


def _seen(text: str, model: Piece) -> Iterator[Piece]:
    """The text with every character an officer could not see as a ghost; inside a hit that is more of them."""
    kept = ""
    for char in text:
        if not _is_unseen(char, is_hit=bool(model.numbers)):
            kept += char
            continue
        if kept:
            yield replace(model, text=kept)
        kept = ""
        yield replace(model, text=f"U+{ord(char):04X}", is_ghost=True)
    if kept:
        yield replace(model, text=kept)


def _is_unseen(char: str, *, is_hit: bool) -> bool:
    """Outside of hits joiners are left alone, because emoji are made with them."""
    if char in "\t\n\r":
        return False
    if char in _TURNING or unicodedata.category(char) in {"Cc", "Cs"}:
        return True
    return is_hit and (unicodedata.category(char) == "Cf" or any(ord(char) in block for block in _SELECTORS))

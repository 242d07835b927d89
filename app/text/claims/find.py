"""Finds claims in texts: one look which patterns stand there at all, then each of those by itself.

Texts are compared character by character (width, case, traditional characters), with nothing dropped, because figures
and signs matter here: so a place in the compared text is the same place in the original. RE2 keeps the time in
proportion to the text whatever it says. Of a field ``LONGEST`` characters are looked at, ``MOST`` claims are
kept of a content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.text.claims.kinds import KINDS, PROOF
from app.text.claims.signs import Sign, signs_in
from app.text.claims.wording import pattern
from app.text.folding_table import EXPANDS, table
from app.text.normalise import without_markup
from app.text.passage import TextField
from app.text.places import places
from app.values.deciding import Claim

MOST = 40
"""Claims kept of one content; more say nothing new."""
LONGEST = 20_000
_AROUND = 120
_BESIDE = 4
_CODE_POINT = np.dtype("<u4")
Spot = tuple[int, int, int]
"""The number of a kind, and where one of its patterns stands in a compared text."""
_KEPT = 0x20


def find_claims(fields: Sequence[TextField]) -> tuple[Claim, ...]:
    """The claims of all texts, in order of field and place; at most one of a kind at a place."""
    found: list[Claim] = []
    for field in fields:
        view = compared(field.text[:LONGEST])
        signs = signs_in(view)
        if not signs:
            continue
        found += claims_at(field, view, _found(view, signs))
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


@lru_cache(maxsize=8)  # the same text is asked about up to three times in a row
def compared(text: str) -> str:
    """The text folded character by character, of the same length: what folds to nothing or to several stays itself."""
    codes = np.frombuffer(without_markup(text).encode("utf-32-le", "surrogatepass"), _CODE_POINT)
    return str(_same_length().take(codes).data, "utf-32-le")


def compared_together(texts: Sequence[str]) -> list[str]:
    """What `compared` gives for each. They are compared as one; markup could reach from one into the next."""
    marked = {at for at, text in enumerate(texts) if "<" in text or "&" in text}
    some = ["" if at in marked else text for at, text in enumerate(texts)] if marked else texts
    whole = compared("".join(some))
    views = [whole[start:end] for start, end in pairwise((0, *accumulate(map(len, some))))]
    for at in marked:
        views[at] = compared(texts[at])
    return views


def written_as(char: str) -> str:
    """Every character that stands as this one in a compared text."""
    return "".join(map(chr, (_same_length() == ord(char)).nonzero()[0].tolist()))


@cache
def _same_length() -> NDArray[np.uint32]:
    """The folding table with every character that it drops, marks or expands as itself; lone surrogates as U+FFFD."""
    codes = table().codes
    itself = np.arange(len(codes), dtype=np.uint32)
    settled = np.where((codes < _KEPT) | (codes == EXPANDS), itself, codes)
    settled[0xD800:0xE000] = 0xFFFD
    for sign, plain in _SIGNS.items():
        settled[sign] = plain
    return settled.astype(_CODE_POINT)


_SIGNS = {ord(sign): ord(plain) for sign, plain in zip("％＋－﹪﹢≧＞：", "%+-%+≥>:", strict=True)}


def claims_at(field: TextField, view: str, found: Iterable[Spot]) -> list[Claim]:
    """The claims of a field, in order; ``found`` is where patterns stand in its compared text, in the patterns' order.

    Of those of one kind over one another the first counts.
    """
    claims: list[Claim] = []
    compiled, taken = _compiled(), dict[int, list[tuple[int, int]]]()
    for number, start, end in found:
        kind, _, unless = compiled[number]
        mine = taken.setdefault(number, [])
        if any(start < to and since < end for since, to in mine):
            continue
        around = view[max(0, start - _BESIDE) : end + _BESIDE].encode()
        if unless is not None and unless.search(around) is not None:
            continue
        mine.append((start, end))
        claims.append(_claim(kind, field, start, end, view))
    return sorted(claims, key=lambda claim: (claim.start, claim.end, claim.kind))


def _found(view: str, signs: frozenset[Sign]) -> Iterator[Spot]:
    """Where the patterns of these signs stand in a compared text."""
    numbers, compiled, sent = _places(), _compiled(), view.encode()
    for number, at in sorted([numbers[sign] for sign in signs if sign in numbers]):
        yield from ((number, start, end) for start, end in places(compiled[number][1][at], sent))


def _claim(kind: str, field: TextField, start: int, end: int, view: str) -> Claim:
    around = view[max(0, start - _AROUND) : end + _AROUND].encode()
    return Claim(
        kind=kind,
        field=field.name,
        start=start,
        end=end,
        text=field.text[start:end],
        is_backed=_proof().search(around) is not None,
        segment=field.segment,
        at_ms=field.at_ms,
    )


@cache
def _compiled() -> tuple[tuple[str, tuple[Any, ...], Any], ...]:
    return tuple(
        (name, tuple(map(pattern, kind.patterns)), pattern(kind.unless) if kind.unless else None)
        for name, kind in KINDS.items()
    )


@cache
def _places() -> dict[Sign, tuple[int, int]]:
    """Where in what is compiled the pattern of a sign stands."""
    return {
        ("claim", name, at): (number, at)
        for number, (name, kind) in enumerate(KINDS.items())
        for at in range(len(kind.patterns))
    }


@cache
def _proof() -> Any:
    return pattern(PROOF)

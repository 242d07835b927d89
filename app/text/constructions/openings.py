"""One walk through a folded text that says which patterns of constructions, and whether any sign of a claim, may stand.

folded text ─ automaton over all pieces ─ bits: which pieces of which alternatives stand ─ both of one? it may match
text as sent ─ has it a per cent sign or its like? ─┘

An alternative of a pattern has two pieces that every match of it holds (`needed`); each has a bit of its own, so that
one `and` tells all alternatives at once. Claims are read in the compared text, which drops nothing; what stands there
in letters that fold to themselves stands in the folded text as well, so one walk serves both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, reduce
from itertools import accumulate, groupby
from operator import or_
from typing import NamedTuple

import orjson

from app.text.claims.find import written_as
from app.text.claims.signs import written_signs
from app.text.claims.wording import as_folded
from app.text.constructions.needed import needed_together
from app.text.constructions.pieces import PieceFinder, pieces_findable, read_back, written_down
from app.text.constructions.tells import Tells
from app.text.constructions.wording import asked, constructions
from app.text.folding_table import WALL, table
from app.text.kept import given


class Opened(NamedTuple):
    """Numbers of those of `asked` that may stand in a text; whether a sign of a claim, of the mix or of a sale may."""

    patterns: list[int]
    may_claim: bool


KEPT = "openings"
NOTHING = Opened([], may_claim=False)


class _Openings(NamedTuple):
    """``pieces`` gives what ends where; alternative `n` has the bits `n` and `n + shift`.

    ``always`` are the bits of alternatives that need nothing that could be looked for, ``beside`` those of characters
    that folding drops; ``owners`` is the pattern of each alternative, and from ``claims`` on they are of signs.
    """

    pieces: PieceFinder
    shift: int
    always: int
    beside: tuple[tuple[str, int], ...]
    every_beside: int
    owners: tuple[int, ...]
    claims: int


def opened(folded: str, sent: Iterable[str]) -> Opened:
    """What may stand in a folded text, which the ``sent`` texts fold to; all else surely does not."""
    known = openings()
    seen = known.always
    for text in sent:
        if "&" in text:  # an entity can be any sign
            seen |= known.every_beside
        for char, bits in known.beside:
            if char in text:
                seen |= bits
    for *_, number in known.pieces.find(folded):
        seen |= known.pieces.bits[number]
    both = seen & (seen >> known.shift)
    return _told(both, known) if both else NOTHING


def opened_together(folded: Sequence[str], sent: Sequence[str]) -> dict[int, Opened]:
    """What `opened` tells of each of many short texts, those left out in which nothing may stand."""
    known = openings()
    seen = [known.always] * len(folded)
    joined, starts = _joined(sent)
    for char, bits in (("&", known.every_beside), *known.beside):
        at = joined.find(char)
        while at >= 0:
            number = bisect_right(starts, at)
            seen[number - 1] |= bits
            at = joined.find(char, starts[number]) if number < len(starts) else -1
    joined, starts = _joined(folded)
    find, bits_of = known.pieces
    border = number = mine = 0
    for _, end, piece in find(joined):
        if end > border:  # no piece reaches over the line end between two texts
            if number:
                seen[number - 1] |= mine
            number, mine = bisect_right(starts, end - 1), 0
            border = starts[number] if number < len(starts) else len(joined)
        mine |= bits_of[piece]
    if number:
        seen[number - 1] |= mine
    shift, told = known.shift, dict[int, Opened]()
    may: dict[int, Opened] = {}
    for at, each in enumerate(seen):
        if both := each & (each >> shift):
            if (one := told.get(both)) is None:
                one = told[both] = _told(both, known)
            may[at] = one
    return may


def _joined(texts: Sequence[str]) -> tuple[str, list[int]]:
    """The texts with a line end behind each, and where each begins."""
    return WALL.join((*texts, "")), [0, *accumulate([len(text) + 1 for text in texts])][:-1]


def _told(both: int, known: _Openings) -> Opened:
    """What alternatives mean of which both pieces stand."""
    of_patterns = both & ((1 << known.claims) - 1)
    return Opened(_owners(of_patterns, known.owners) if of_patterns else [], may_claim=bool(both >> known.claims))


def _owners(bits: int, owners: Sequence[int]) -> list[int]:
    """The patterns of some alternatives, ascending, each once."""
    numbers = []
    while bits:
        lowest = bits & -bits
        numbers.append(owners[lowest.bit_length() - 1])
        bits ^= lowest
    return [number for number, _ in groupby(numbers)]


def kept() -> bytes:
    """The openings as bytes."""
    pieces, shift, always, beside, every_beside, owners, claims = openings()
    settled = [claims, shift, owners, hex(always), hex(every_beside), [(char, hex(bits)) for char, bits in beside]]
    head = orjson.dumps(settled)
    return b"".join((len(head).to_bytes(4, "little"), head, written_down(pieces)))


def _read(written: bytes) -> _Openings:
    ends = 4 + int.from_bytes(written[:4], "little")
    claims, shift, owners, always, every_beside, beside = orjson.loads(written[4:ends])
    characters = tuple((char, int(bits, 16)) for char, bits in beside)
    pieces = read_back(written[ends:])
    return _Openings(pieces, shift, int(always, 16), characters, int(every_beside, 16), tuple(owners), claims)


@cache
def openings() -> _Openings:
    """As they were kept, or made once."""
    written = given(KEPT)
    return _made() if written is None else _read(written)


def _made() -> _Openings:
    """The bits are in the order of the patterns."""
    meant = [as_folded(text) for each in constructions() for text in each.patterns]
    alternatives = [(number, pieces) for number, text in enumerate(meant) for pieces in needed_together(text)]
    told = ((number, each) for number, (_, each) in enumerate(asked()) if isinstance(each, Tells))
    alternatives += [(number, (frozenset(each.openers),)) for number, each in told]
    claims = len(alternatives)
    alternatives += [(-1, pieces) for text in written_signs() for pieces in needed_together(as_folded(text))]
    shift, always, bits = len(alternatives), 0, dict[str, int]()
    for at, (number, pieces) in enumerate(alternatives):
        assert pieces or number < 0, f"pattern {number} needs nothing that could be looked for"
        for bit, texts in ((1 << at, pieces[:1]), (1 << at + shift, pieces[-1:])):
            always |= 0 if texts else bit
            for text in sorted(_looked_for(*texts)) if texts else ():
                bits[text] = bits.get(text, 0) | bit
    always |= bits.pop("", 0)
    beside = {text: bits.pop(text) for text in list(bits) if len(text) == 1 and not _folds_to_itself(text)}
    written = tuple((other, some) for char, some in beside.items() for other in written_as(char))
    owners = tuple(number for number, _ in alternatives)
    return _Openings(pieces_findable(bits), shift, always, written, reduce(or_, beside.values(), 0), owners, claims)


def _looked_for(texts: AbstractSet[str]) -> Iterable[str]:
    """Of each text what surely stands in a folded one that holds it; nearly all fold to themselves."""
    return texts if all(map(_folds_to_itself, set("".join(texts)))) else map(_longest_run, texts)


def _longest_run(text: str) -> str:
    """The longest run of what folds to itself, else the first character, which is looked for in the text as sent."""
    runs: Iterable[str] = ("".join(run) for is_kept, run in groupby(text, _folds_to_itself) if is_kept)
    return max(runs, key=len, default=text[:1])


@cache
def _folds_to_itself(char: str) -> bool:
    code = ord(char)
    return bool(table().codes[code] == code)

"""Where constructions stand in one folded text, and what excuses them there.

what could stand there at all? ─ where does it? ─ excused in its sentence? ─ finds

RE2 keeps the time in proportion to the text; of a passage ``LONGEST`` folded characters are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from app.text.constructions.openings import Opened, opened
from app.text.constructions.talk import talks
from app.text.constructions.tells import Tells
from app.text.constructions.wording import Construction, asked
from app.text.folding_table import WALL
from app.text.places import places
from app.text.spellings import Trick
from app.text.words import Context

LONGEST = 20_000
AROUND = 40
"""So far around a find, within its sentence, is looked for what excuses it."""


class Find(NamedTuple):
    """What a construction means at folded [start, end), unless a listed word there says otherwise.

    ``tricks`` are those by which it is hidden there.
    """

    start: int
    end: int
    meant: Construction
    tricks: tuple[Trick, ...] = ()


def may_stand(folded: str, sent: Iterable[str]) -> Opened:
    """What may stand in a passage; of a longer one than is read nothing is known of its claims."""
    return opened(folded, sent) if len(folded) <= LONGEST else opened(folded[:LONGEST], ())._replace(may_claim=True)


def finds_among(numbers: Sequence[int], text: str, context: Context) -> Iterator[tuple[int, Find]]:
    """One find of each construction in each sentence of a folded text, unless its sentence excuses it.

    ``numbers`` are those of `asked` that may stand in it; each find comes with its own.
    """
    every, sent = asked(), text.encode("utf-8", "replace")
    is_talk: bool | None = None
    seen: set[tuple[str, int]] = set()
    for number in numbers:
        meant, pattern = every[number]
        if not meant.covers(context):
            continue
        if meant.is_talked_of:
            is_talk = talks(sent, context) if is_talk is None else is_talk
            if is_talk:
                continue
        yield from ((number, find) for find in finds_at(meant, _places(pattern, text, sent), text, seen))


def finds_at(
    meant: Construction, spots: Iterable[tuple[int, int]], text: str, seen: set[tuple[str, int]]
) -> Iterator[Find]:
    """Finds of a construction in a folded text, of which is known where one of its patterns stands.

    ``seen`` holds the constructions found in it already, each with the beginning of its sentence.
    """
    for start, end in spots:
        begins = text.rfind(WALL, 0, start) + 1
        if (meant.name, begins) in seen or start == end:
            continue
        if not _is_excused_around(meant, text, begins, start, end):
            seen.add((meant.name, begins))
            yield Find(start, end, meant)


def places_of(number: int, text: str) -> Iterator[tuple[int, int]]:
    """Where one of `asked` stands in a folded text, excused or not."""
    return _places(asked()[number][1], text, text.encode("utf-8", "replace"))


def _places(pattern: Any, text: str, sent: bytes) -> Iterator[tuple[int, int]]:
    """Where a pattern or telltales stand in the text, which is also given in UTF-8."""
    if isinstance(pattern, Tells):
        yield from (place.span() for place in pattern.finditer(text))
        return
    yield from places(pattern, sent)


def _is_excused_around(meant: Construction, text: str, begins: int, start: int, end: int) -> bool:
    """Whether what has to stand in the sentence does not, or something stands near that makes it harmless."""
    ends = text.find(WALL, end)
    ends = len(text) if ends < 0 else ends
    if meant.near is not None and meant.near.search(text[begins:ends].encode("utf-8", "replace")) is None:
        return True
    around = text[max(begins, start - AROUND) : min(ends + 1, end + AROUND)]
    return meant.unless.search(around.encode("utf-8", "replace")) is not None

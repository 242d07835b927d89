"""Which constructions stand in many short texts: each pattern is looked for once, through all texts in which it may.

may stand (by its rarest pieces) ─ looked for in this content? ─ stands in the texts joined? ─ talk? ─ excused? ─ finds
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from app.text.any_of import Joined, Spots
from app.text.claims.wording import as_folded
from app.text.constructions.finds import Find, finds_at, places_of
from app.text.constructions.talk import talks
from app.text.constructions.tells import Tells
from app.text.constructions.wording import asked, constructions
from app.text.places import in_characters
from app.text.words import Context

Span = tuple[int, int]
_FEWEST = 4
"""Texts for which a pattern is looked for in all of them joined."""


def finds_in(
    texts: Sequence[str], contexts: Sequence[Context], may: Mapping[int, Sequence[int]]
) -> dict[int, list[Find]]:
    """What constructions find in folded texts, of which ``may`` tells the patterns that may stand there, ascending.

    It is the same as in each of the texts by itself; those in which nothing is found are left out.
    """
    found: dict[int, list[Find]] = {}
    seen: dict[int, set[tuple[str, int]]] = {}
    is_talk: dict[int, bool] = {}
    for number, might in sorted(_wanted(contexts, may).items()):
        meant = asked()[number][0]
        for at, spots in standing(number, might, texts):
            text = texts[at]
            if meant.is_talked_of:
                if at not in is_talk:
                    is_talk[at] = talks(text.encode("utf-8", "replace"), contexts[at])
                if is_talk[at]:
                    continue
            if finds := list(finds_at(meant, spots, text, seen.setdefault(at, set()))):
                found.setdefault(at, []).extend(finds)
    return found


def standing(number: int, might: Sequence[int], texts: Sequence[str]) -> Iterator[tuple[int, Iterable[Span]]]:
    """Of the texts in which one of `asked` may stand those in which it seems to, ascending, and where it does."""
    pattern = asked()[number][1]
    some = [texts[at] for at in might]
    if isinstance(pattern, Tells) or len(might) < _FEWEST:
        left = might if len(might) < _FEWEST else [might[at] for at in pattern.among(some)]
        yield from ((at, places_of(number, texts[at])) for at in left)
        return
    joined = Joined(some)
    for at, spans in _spots(number).among(joined).items():
        yield might[at], in_characters(spans, joined.sent[at])


@cache
def _spots(number: int) -> Spots:
    """What tells where one of the patterns stands in many texts."""
    return Spots(as_folded(_sources()[number]), alone=asked()[number][1])


@cache
def _sources() -> tuple[str, ...]:
    return tuple(text for each in constructions() for text in each.patterns)


def _wanted(contexts: Sequence[Context], may: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """By pattern the texts it is looked for in."""
    wanted: dict[int, list[int]] = {}
    for at, numbers in may.items():
        context = contexts[at]
        covered = _covered(context.kind, context.shop_category)
        for number in numbers:
            if covered[number]:
                wanted.setdefault(number, []).append(at)
    return wanted


@lru_cache(maxsize=256)
def _covered(kind: str, shop_category: str | None) -> tuple[bool, ...]:
    """Of each of `asked` whether it is looked for in such a content."""
    return tuple(meant.kinds.cover(kind) and meant.shops.cover(shop_category) for meant, _ in asked())

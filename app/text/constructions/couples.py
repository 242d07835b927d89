"""The words of constructions, two characters at a time, and what each of them may be disguised as.

A disguise changes a word and leaves its neighbours: 全帼第一 still has 全 and 第一. So a changed character is told by
the one beside it, and two characters that a pattern names side by side are enough to tell what was meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

import orjson
import rjieba

from app.text.characters import as_folded as folded_char
from app.text.characters import is_han, may_stand_for, readings, shapes, syllables_of
from app.text.claims.wording import as_folded
from app.text.constructions.needed import pairs_in
from app.text.constructions.tells import OPENS, tells
from app.text.constructions.wording import constructions
from app.text.kept import given
from app.text.spellings import Trick, parts_of

EVERYDAY = 30_000
"""From this frequency on (of 60 million) a character stands anywhere."""
ALONE = {Trick.HOMOPHONE: 6_000, Trick.LOOK_ALIKE_CHARACTER: 3_000}
"""From this frequency on a character is a word of its own that is meant as it stands, and no disguise by that trick."""
KEPT, KEPT_ALIKE = "couples", "alike"
_USED = 20
_WRITTEN_OUT = 200
"""A pair that only joining groups of a pattern makes has to be a word as frequent as that."""
_ALIKE = 6
_HAN_RUN = re.compile("[\u3400-\u9fff]{2,}")
_KEPT = 1 << 16
_LAST_OF_FIRST_PLANE = "\uffff"


class Couples(NamedTuple):
    """``counts`` is how often each pair is a word of patterns, ``named`` are all pairs that stand side by side in them.

    ``after`` and ``before`` are what stands beside a character in the words.
    ``said`` are the characters of constructions by their syllable, ``begun`` by its first letter, ``parts`` by two
    parts that make them; the commonest first.
    """

    counts: Mapping[str, int]
    named: AbstractSet[str]
    after: Mapping[str, str]
    before: Mapping[str, str]
    said: Mapping[str, str]
    begun: Mapping[str, str]
    parts: Mapping[str, str]


class Meant(NamedTuple):
    """What one of two characters may stand for, or both together."""

    first: int
    last: int
    char: str
    trick: Trick


@cache
def couples() -> Couples:
    """Those of all constructions, as they were kept or made once."""
    if (written := given(KEPT)) is not None:
        counts, pairs, *others = orjson.loads(written)
        return Couples(counts, frozenset(map("".join, zip(pairs[::2], pairs[1::2], strict=True))), *others)
    named = _named()
    counts = Counter(_words(named))
    chars = Counter[str]()
    for pair, often in counts.items():
        for char in pair:
            chars[char] += min(often, 9)
    after, before = dict[str, str](), dict[str, str]()
    for pair, _ in counts.most_common():
        after[pair[0]] = after.get(pair[0], "") + pair[1]
        before[pair[1]] = before.get(pair[1], "") + pair[0]
    said, begun, parts = dict[str, str](), dict[str, str](), dict[str, str]()
    for char, _ in chars.most_common():
        sound = sound_of(char)
        said[sound] = said.get(sound, "") + char
        begun[sound[0]] = begun.get(sound[0], "") + char
        for two in parts_of(char).usual:
            if len(two) == 2 and max(two) <= _LAST_OF_FIRST_PLANE:  # noqa: PLR2004 - what is split in two stands side by side
                parts[two] = parts.get(two, "") + char
    return Couples(counts, frozenset().union(*(pairs for _, pairs in named)), after, before, said, begun, parts)


def kept() -> bytes:
    """The couples as bytes."""
    counts, named, *others = couples()
    return orjson.dumps([counts, "".join(sorted(named)), *others])


def kept_alike() -> bytes:
    """What `alike` tells of all characters in the words, as bytes."""
    return orjson.dumps({char: "".join(sorted(alike(char))) for char in sorted({*couples().after, *couples().before})})


def _named() -> list[tuple[str, frozenset[str]]]:
    """Each pattern with the pairs of Chinese characters that may stand in what it matches."""
    named = [(source, pairs_in(source)) for each in constructions() for source in map(as_folded, each.patterns)]
    every = frozenset[str]().union(*(pairs for _, pairs in named))
    is_all_han = frozenset(filter(is_han, set("".join(every)))).issuperset
    han = frozenset(filter(is_all_han, every))
    return [(source, pairs & han) for source, pairs in named]


def _words(named: Iterable[tuple[str, frozenset[str]]]) -> Iterator[str]:
    """Pairs that are words, and those that patterns write out and that are no two everyday characters.

    Of what is as frequent the first decides, so they come in the same order in every process.
    """
    told = [(written := frozenset(_neighbours(source)), pairs - written) for source, pairs in named]
    heavy = (word.text for family in tells().values() for word in family.words if word.points >= OPENS)
    telling = [pair for text in heavy for pair in _neighbours(text)]
    words = frozenset(filter(is_word, frozenset(telling).union(*chain.from_iterable(told))))
    frequent = frozenset(word for word in words if frequency(word) >= _WRITTEN_OUT)
    for written, joined in told:
        yield from sorted(pair for pair in written if pair in words or not all(map(_is_everyday, pair)))
        yield from sorted(joined & frequent)
    yield from (pair for pair in telling if pair in words)


def _neighbours(text: str) -> Iterator[str]:
    """Every two Chinese characters that are written side by side."""
    return (run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(len(run) - 1))


@lru_cache(maxsize=_KEPT)
def meant_by(two: str) -> tuple[Meant, ...]:
    """What the first, the second or both of two characters may stand for beside the other in a word of constructions.

    Nothing where the two are a word.
    """
    known = couples()
    one, other = two[0], two[1]
    if two in known.counts or is_word(two):
        return ()
    found = [Meant(0, 2, char, Trick.SPLIT_CHARACTER) for char in known.parts.get(two, "")]
    if other + one in known.counts:
        found.append(Meant(0, 2, "", Trick.REVERSED))
    for at, char, others in ((1, other, known.after.get(one, "")), (0, one, known.before.get(other, ""))):
        if not is_han(char):
            continue
        told = ((listed, _stands_for(char, listed)) for listed in others)
        found += [Meant(at, at + 1, listed, trick) for listed, trick in told if trick is not None]
    return tuple(found)


def _stands_for(char: str, listed: str) -> Trick | None:
    if char not in alike(listed):
        return None
    trick = Trick.HOMOPHONE if sound_of(char) == sound_of(listed) else Trick.LOOK_ALIKE_CHARACTER
    return trick if frequency(char) < ALONE[trick] else None


@cache
def alike(char: str) -> frozenset[str]:
    """Characters that sound or look like one, those left out that stand everywhere or nowhere."""
    if (known := _known_alike().get(char)) is not None:
        return frozenset(known)
    looks = [folded_char(each) for each in shapes()[char].look_alikes[:_ALIKE]] if char in shapes() else []
    looks += [each for each in _with_rest().get(char, "") if may_stand_for(each, char)]
    both = (*_by_sound().get(sound_of(char), ()), *looks)
    often = max(ALONE.values())
    return frozenset(each for each in both if each <= _LAST_OF_FIRST_PLANE and frequency(each) < often) - {char}


@cache
def _known_alike() -> Mapping[str, str]:
    known: Mapping[str, str] = orjson.loads(given(KEPT_ALIKE) or b"{}")
    return known


@cache
def _by_sound() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for char, said in readings().items():
        if is_han(char) and said and said[0] and folded_char(char) == char and _is_used(char):
            found.setdefault(said[0], []).append(char)
    return found


@cache
def _with_rest() -> Mapping[str, str]:
    """Characters that are another with a radical (葆 of 保)."""
    found: dict[str, str] = {}
    for char, shape in shapes().items():
        if folded_char(char) == char and _is_used(char):
            for rest in shape.rests:
                found[rest] = found.get(rest, "") + char
    return found


def _is_used(char: str) -> bool:
    """Whether it is typed at all: most of the 20,000 are never."""
    if frequency(char) >= _USED:
        return True
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=_KEPT)
def sound_of(char: str) -> str:
    """The toneless syllable of a character; ü is v."""
    return syllables_of(char)[0]


@lru_cache(maxsize=_KEPT)
def frequency(word: str) -> int:
    """How often ordinary texts use it, of 60 million words."""
    return int(rjieba.suggest_freq(word))


def is_word(word: str) -> bool:
    """Whether the dictionary has it."""
    return bool(rjieba.has_word(word))


def _is_everyday(char: str) -> bool:
    return frequency(char) >= EVERYDAY

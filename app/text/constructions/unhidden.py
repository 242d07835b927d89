"""What a folded text says where words of constructions are hidden in it: the changes that bring them out again.

Doubled characters, letters and filler words between, pinyin and initials for characters, characters in two parts, and
homophones and look-alikes, each where two characters side by side become a word that constructions are made of. What
is guessed here counts for nothing until a construction stands there that does not without it (`seen_through`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from app.text.characters import is_han, readings
from app.text.constructions.couples import Meant, couples, frequency, is_word, meant_by
from app.text.constructions.suspects import suspects
from app.text.folding_table import WALL
from app.text.rewritten import Rewritten, is_all_han, pairs_in, rewritten
from app.text.spellings import Trick

MOST_CHANGES = 300
_FILLERS = "口呢啊嗯哦呀吧嘛哈"
_HAN = "[\u3400-\u9fff]"
_TWICE = re.compile(r"(?=([\u3400-\u9fff])\1([\u3400-\u9fff])\2)")
_BETWEEN = re.compile(f"[a-z0-9{_FILLERS}](?<={_HAN}.)[a-z0-9{_FILLERS}]{{0,2}}(?={_HAN})")
_SELDOM_BETWEEN = frozenset("abcdefghijklmnopqrstuvwxyz口")
_LATIN = re.compile("[a-z]+")
_LONGEST_RUN = 60
_CHANNELS = ("weixin", "wechat", "telegram", "whatsapp")
"""Latin names that patterns have and sellers respell: `w3ix1n`, `telegr@m`, whose sign is gone when it is folded."""
_MAY_BE_CHANNEL = re.compile("(?<![a-z0-9])(?:[wt]|vv)[a-z0-9]{4,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST, _NAME_LENGTHS = 5, (6, 8, 7, 5, 9)
_FOR_LETTERS = str.maketrans("0134578", "oieastb")
_BACKWARDS, _STRETCH = 2, 2
"""So many words backwards, with so few characters between two, are a text backwards; so many more belong to it."""
_CLOSE = 2
"""What stands so near a letter that parts a word is there for the same."""
_NEAR = 40
"""Pairs of equal characters so near a doubled word are read once as well."""
_KEPT = 1 << 14
_MOST_READ = 16
"""Characters of a sound that are tried."""
_WORD, _NAMED = 100, 30
"""What a word and what two characters that are named side by side are worth beside a character's rank."""


class Change(NamedTuple):
    """Folded [start, end) read as `new`."""

    start: int
    end: int
    new: str
    trick: Trick


def changes_in(text: str, suspected: Iterable[int]) -> list[Change]:
    """What may be read otherwise, none over another, by place. ``suspected`` is what `suspects` gives for the text.

    Where letters, doublings or pinyin are undone, characters are guessed at in the text without them.
    """
    sure = _none_over_another(_undone(text))
    if not sure:
        return _none_over_another(_guessed(text, suspected))
    once = unhidden(text, sure)
    guesses = _guessed(once.text, suspects(once.text))
    there = [each._replace(start=once.starts[each.start], end=once.ends[each.end - 1]) for each in guesses]
    return _none_over_another([*sure, *there])


def changes_together(texts: Sequence[str]) -> dict[int, list[Change]]:
    """What `changes_in` gives for each of many texts, those left out in which it is nothing."""
    whole = WALL.join((*texts, ""))
    starts = [0, *accumulate([len(text) + 1 for text in texts])][:-1]
    suspected: dict[int, list[int]] = {}
    telling, backwards = set[int](), Counter[int]()
    for at in suspects(whole):
        if not (meant := meant_by(whole[at : at + 2])):
            continue
        number = bisect_right(starts, at) - 1
        suspected.setdefault(number, []).append(at - starts[number])
        if number in telling:
            continue
        if any(each.trick is not Trick.REVERSED and _is_guess(whole, at, each) for each in meant):
            telling.add(number)
        elif any(each.trick is Trick.REVERSED for each in meant):
            backwards[number] += 1
    telling.update(number for number, words in backwards.items() if words >= _BACKWARDS)
    undone = {bisect_right(starts, at) - 1 for at in _may_be_undone(whole)}
    changes = {at: changes_in(texts[at], suspected.get(at, ())) for at in undone}
    for at in telling - undone:
        changes[at] = _none_over_another(_guessed(texts[at], suspected[at]))
    return {at: changes[at] for at in sorted(changes) if changes[at]}


def _undone(text: str) -> Iterator[Change]:
    """What surely is no writing of its own: letters and fillers between, pinyin and initials, doubled characters."""
    yield from _between(text)
    if not is_all_han(text):
        yield from _channels(text)
        yield from _latin(text)
    if _TWICE.search(text) is not None:
        yield from _doubled(text)


def _may_be_undone(text: str) -> Iterator[int]:
    """Where something begins that `_undone` may tell."""
    counts = couples().counts
    yield from (start for start, _ in _parting(text))
    yield from (each.start for each in _channels(text))
    yield from (each.start for each in _latin(text))
    yield from (found.start() for found in _TWICE.finditer(text) if found[1] + found[2] in counts)


def _none_over_another(changes: Iterable[Change]) -> list[Change]:
    """By place; of those over one another the one that is told first."""
    kept: list[Change] = []
    taken: set[int] = set()
    for each in changes:
        places = range(each.start, each.end)
        if len(kept) < MOST_CHANGES and taken.isdisjoint(places):
            taken.update(places)
            kept.append(each)
    return sorted(kept)


def unhidden(text: str, changes: Sequence[Change]) -> Rewritten:
    """The text with the changes made, with the way back."""
    return rewritten(text, ((each.start, each.end, each.new) for each in changes))


def _doubled(text: str) -> Iterator[Change]:
    counts, reached = couples().counts, 0
    for found in _TWICE.finditer(text):
        if found[1] + found[2] in counts and found[1] != found[2]:
            low, high = max(reached, found.start() - _NEAR), found.start() + _NEAR
            yield from (Change(*pair, Trick.DOUBLED) for pair in pairs_in(text, low, high))
            reached = max(reached, high)


def _between(text: str) -> Iterator[Change]:
    """Letters and fillers that stand in a word, and those near them that stand between characters as well."""
    taken = set(_parting(text))
    if not taken:
        return
    spans = [found.span() for found in _BETWEEN.finditer(text)]
    for ordered in (spans, spans[::-1]):  # from what surely parts a word on to both sides
        near = -_CLOSE
        for start, end in ordered:
            if (start, end) in taken or min(abs(start - near), abs(end - near)) <= _CLOSE:
                taken.add((start, end))
                near = start if ordered is not spans else end
    for start, end in taken:
        is_filler = text[start] in _FILLERS
        yield Change(start, end, "", Trick.FILLER_BETWEEN if is_filler else Trick.LETTER_BETWEEN)


def _parting(text: str) -> Iterator[tuple[int, int]]:
    """Letters and fillers that part two characters which are named side by side; digits and moods only in a word."""
    counts, named = couples().counts, couples().named
    for found in _BETWEEN.finditer(text):
        start, end = found.span()
        two = text[start - 1] + text[end]
        if two in counts or (two in named and text[start] in _SELDOM_BETWEEN):
            yield start, end


def _guessed(text: str, suspected: Iterable[int]) -> Iterator[Change]:
    """Characters that sound or look like those of a word, and parts of one."""
    votes: dict[tuple[int, int], list[tuple[int, Meant]]] = {}
    backwards: list[int] = []
    for at in suspected:
        for meant in meant_by(text[at : at + 2]):
            if meant.trick is Trick.REVERSED:
                backwards.append(at)
                continue
            if _is_guess(text, at, meant):
                votes.setdefault((at + meant.first, at + meant.last), []).append((at, meant))
    told: set[int] = set()  # by which pairs a change was told: of two characters only one is changed, the rarer
    for start, end in sorted(votes, key=lambda place: (place[0] - place[1], frequency(text[place[0]]), place)):
        voted = [(at, meant) for at, meant in votes[start, end] if at not in told]
        some = [meant for _, meant in voted if meant.trick.is_guess or _is_paired(text, start, end, meant.char)]
        if not some:  # two parts: what they make has to be half of a word, too
            continue
        told.update(at for at, _ in voted)
        chars = [meant.char for meant in some]
        best = max(some, key=lambda meant: (chars.count(meant.char), -meant.trick, -chars.index(meant.char)))
        yield Change(start, end, best.char, best.trick)
    if len(backwards) >= _BACKWARDS:
        yield from _reversed(text, sorted(backwards))


def _reversed(text: str, places: Sequence[int]) -> Iterator[Change]:
    """Stretches in which word after word is written backwards."""
    stretch: list[int] = []
    for at in (*places, len(text) + 2 * _STRETCH):
        if stretch and at - stretch[-1] > _STRETCH:
            if len(stretch) >= _BACKWARDS:
                start, end = max(0, stretch[0] - _STRETCH), min(len(text), stretch[-1] + 2 + _STRETCH)
                start = max(start, text.rfind(WALL, start, stretch[0]) + 1)
                wall = text.find(WALL, stretch[-1], end)
                end = end if wall < 0 else wall
                yield Change(start, end, text[start:end][::-1], Trick.REVERSED)
            stretch = []
        stretch.append(at)


def _is_paired(text: str, start: int, end: int, char: str) -> bool:
    counts = couples().counts
    return text[start - 1 : start] + char in counts or char + text[end : end + 1] in counts


def _is_guess(text: str, at: int, meant: Meant) -> bool:
    """Whether what may stand for something else is no half of a word with a neighbour, nor named by constructions."""
    named = couples().named
    start, end = at + meant.first, at + meant.last
    return not any(
        len(two) == 2 and (two in named or is_word(two))  # noqa: PLR2004 - a pair
        for two in (text[max(0, start - 1) : start + 1], text[end - 1 : end + 1])
    )


def _channels(text: str) -> Iterator[Change]:
    """Names of channels with digits for letters, or with one letter wrong."""
    for found in _MAY_BE_CHANNEL.finditer(text):
        sent = found.group()
        ways = ((0, sent), (1, "w" + sent[2:])) if sent.startswith("vv") else ((0, sent),)
        for shift, way in ways:
            if name := _channel(way.translate(_FOR_LETTERS)):
                length, meant = name
                if sent[: length + shift] != meant:
                    yield Change(found.start(), found.start() + length + shift, meant, Trick.LATIN_RESPELT)
                break


def _channel(letters: str) -> tuple[int, str] | None:
    """How many of the letters are a channel's name, and which."""
    known = _respelt()
    for length in _NAME_LENGTHS:
        part = letters[:length]
        if (meant := known.get(part)) is not None:
            return len(part), meant
    return None


@cache
def _respelt() -> Mapping[str, str]:
    """The names, and every way to write one with a letter too many, too few or another, that is no pinyin itself.

    The first letter and the last stay: a `telegraph` begins like a telegram.
    """
    found: dict[str, str] = {}
    for name in _CHANNELS:
        for at in range(1, len(name) - 1):
            head, tail = name[:at], name[at:]
            near = [head + tail[1:], *[head + letter + rest for letter in _LETTERS for rest in (tail, tail[1:])]]
            found |= {way: name for way in near if len(way) >= _SHORTEST and not _as_syllables(way)}
    return found | {name: name for name in _CHANNELS}


def _latin(text: str) -> Iterator[Change]:
    for found in _LATIN.finditer(text):
        start, end = found.span()
        left = text[start - 1] if start and is_han(text[start - 1]) else ""
        right = text[end] if end < len(text) and is_han(text[end]) else ""
        if end - start == 1:
            is_unit = text[:start][-1:].isdigit() or text[end : end + 1].isdigit()
            if (left or right) and not is_unit and (new := _initial(found.group(), left, right)):
                yield Change(start, end, new, Trick.INITIALS)
        elif end - start <= _LONGEST_RUN and (said := _said(found.group(), left, right)):
            yield Change(start, end, said, Trick.PINYIN_SYLLABLE if len(said) == 1 else Trick.PINYIN)


@lru_cache(maxsize=_KEPT)
def _initial(letter: str, left: str, right: str) -> str:
    """The character that begins with the letter and makes a word with one beside it; nothing where none does."""
    known = couples()
    beside = {*known.after.get(left, ""), *known.before.get(right, "")}
    return _read_as([[char for char in known.begun.get(letter, "") if char in beside]], left, right)


@lru_cache(maxsize=_KEPT)
def _said(letters: str, left: str, right: str) -> str:
    """What letters say in pinyin beside those characters; nothing where they are no pinyin or say nothing known."""
    syllables = _as_syllables(letters)
    if not syllables or (len(syllables) == 1 and not left and not right):
        return ""
    return _read_as([couples().said.get(each, "")[:_MOST_READ] for each in syllables], left, right)


def _read_as(choices: Sequence[Sequence[str]], left: str, right: str) -> str:
    """The likeliest characters, one of each choice; nothing where hardly two neighbours are ever named side by side.

    The way that knows the most pairs is kept for each character it may end with.
    """
    ways: dict[str, tuple[int, str]] = {left: (0, "")}
    for choice in choices:
        if not choice:
            return ""
        nexts: dict[str, tuple[int, str]] = {}
        for rank, char in enumerate(choice):
            nexts[char] = max(
                (points + _points(last + char) - rank, read + char) for last, (points, read) in ways.items()
            )
        ways = nexts
    points, read = max((points + _points(last + right), read) for last, (points, read) in ways.items())
    if points <= 0:
        return ""
    return read


def _points(two: str) -> int:
    if often := couples().counts.get(two, 0):
        return _WORD + min(often, 9)
    return _NAMED if two in couples().named else 0


def _as_syllables(letters: str) -> list[str]:
    """The letters cut into syllables, the fewest there can be; nothing where they are not."""
    known = _syllables()
    best: list[list[str] | None] = [[]]
    for end in range(1, len(letters) + 1):
        ways = [
            [*before, letters[start:end]]
            for start in range(max(0, end - 6), end)
            if letters[start:end] in known and (before := best[start]) is not None
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or []


@cache
def _syllables() -> frozenset[str]:
    return frozenset(said[0] for said in readings().values() if said and said[0])

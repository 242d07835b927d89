"""Words with gaps in other spellings: 加{0,4}微信 as 加wei信, jia…weixin, 信微…加, 加你徽信.

The engine finds one part in some spelling, the anchor; a pattern then looks for the others around it. A part of one
character is never guessed at across a filled gap: what looks like 加 stands before 微信 in many an honest sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import rjieba

from app.text.characters import is_han, syllables_of
from app.text.folding_table import WALL
from app.text.spellings import Trick, is_respelt, look_alikes, one_in_pinyin
from app.text.views import as_shapes, as_sounds
from app.text.words import Depth, Gap, Word

_LETTERS_IN_A_SYLLABLE = 6


@dataclass(frozen=True, eq=False)
class Form:
    """One way to look for a word with gaps: the anchors for the engine, and the pattern of the whole.

    Patterns take milliseconds to compile and most are never needed, so each is compiled when first asked for.
    `tricks` are of each part its respelt forms, where only one part may be respelt; empty where `trick` says it all.
    Of the letters in `waits_for` every text with the whole word has one besides the anchor's; the `others`, its parts
    but the anchor, all stand in it where each is spelt in one way only.
    """

    anchors: tuple[str, ...]
    source: str
    reach: int
    trick: Trick = Trick.PLAIN
    tricks: Sequence[Mapping[str, Trick]] = field(default=())
    waits_for: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The parts, each a group, with the gaps between."""
        return re.compile(self.source)

    def spans(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, re.Match[str]]]:
        """Where the whole word stands around an anchor at folded [start, end), with the places of its parts."""
        low, high = max(0, start - self.reach), min(len(text), end + self.reach)
        if not self.may_stand(text, low, high):
            return
        for match in self.pattern.finditer(text, low, high):
            if match.start() <= start and end <= match.end():
                yield *match.span(), match

    def may_stand(self, text: str, low: int, high: int) -> bool:
        """Whether all others stand somewhere in folded [low, high), which costs less than to look for the pattern."""
        for part in self.others:  # noqa: SIM110 - asked of most anchors in all texts, and `all` takes twice as long
            if text.find(part, low, high) < 0:
                return False
        return True

    def trick_of(self, match: re.Match[str]) -> Trick | None:
        """By which trick that is the word; None where more than one part was respelt."""
        if not self.tricks:
            return self.trick
        used = [known[part] for known, part in zip(self.tricks, match.groups(), strict=True) if part in known]
        return used[0] if len(used) == 1 else None


def plain_form(word: Word) -> Form:
    """The word as it is listed."""
    return _form([[part] for part in word.parts], word.gaps, (max(word.parts, key=len),))


def other_forms(word: Word, *, depth: Depth, alike: int) -> Iterator[Form]:
    """Everything but homophones and families, for words of three or more Chinese characters."""
    parts, gaps = word.parts, word.gaps
    if not depth.guesses or not is_respelt("".join(parts)):
        return
    anchor = max(parts, key=len)
    if all(map(is_han, "".join(parts))):
        said = ["".join(syllables_of(part)) for part in parts]
        wide = [Gap(gap.least, gap.most * _LETTERS_IN_A_SYLLABLE) for gap in gaps]
        yield _form([[each] for each in said], wide, ("".join(syllables_of(anchor)),), Trick.PINYIN)
    backwards = [part[::-1] for part in reversed(parts)]
    yield _form([[each] for each in backwards], gaps[::-1], (anchor[::-1],), Trick.REVERSED)
    tricks = [_respelt(part, depth, alike) for part in parts]
    anchors = (anchor, *tricks[parts.index(anchor)])
    yield _form([[part, *known] for part, known in zip(parts, tricks, strict=True)], gaps, anchors, tricks=tricks)


def view_forms(word: Word) -> Mapping[Trick, Form]:
    """The word as it sounds and as it looks."""
    views = ((Trick.HOMOPHONE, as_sounds), (Trick.LOOK_ALIKE_CHARACTER, as_shapes))
    at = word.parts.index(max(word.parts, key=len))
    return {
        trick: _form([[write(part)] for part in word.parts], word.gaps, (), trick, beside=at) for trick, write in views
    }


def _respelt(part: str, depth: Depth, alike: int) -> dict[str, Trick]:
    """The part with one character respelt; of a single character only what no honest text would write."""
    found = dict(one_in_pinyin(part))
    if depth is Depth.SHAPE and sum(map(is_han, part)) > 1:
        found |= {spelling: trick for spelling, trick in look_alikes(part, alike) if spelling not in found}
    return found


def _form(
    parts: Sequence[Sequence[str]],
    gaps: Sequence[Gap],
    anchors: tuple[str, ...],
    trick: Trick = Trick.PLAIN,
    tricks: Sequence[Mapping[str, Trick]] = (),
    *,
    beside: int | None = None,
) -> Form:
    """The form whose anchors are spellings of the part at `beside`; where that is not said, of the first with one."""
    if beside is None:
        beside = next(at for at, forms in enumerate(parts) if anchors[0] in forms)
    longest = sum(max(map(len, forms)) for forms in parts) + sum(gap.most for gap in gaps)
    others = [forms for at, forms in enumerate(parts) if at != beside]
    return Form(
        anchors,
        _pattern(parts, gaps),
        longest,
        trick,
        tricks,
        _one_of_each(max(others, key=_shortest), parts[beside][0]),
        tuple(forms[0] for forms in others) if all(len(forms) == 1 for forms in parts) else (),
    )


def _shortest(forms: Sequence[str]) -> int:
    return min(map(len, forms))


def _one_of_each(forms: Sequence[str], anchor: str) -> frozenset[str]:
    """Letters of which every form has one, as few and as seldom as may be: none of the anchor's where that can be."""
    letters: set[str] = set()
    for form in forms:
        if letters.isdisjoint(form):
            letters.add(min(form, key=lambda letter: (letter in anchor, rjieba.suggest_freq(letter))))
    return frozenset(letters)


def _pattern(parts: Sequence[Sequence[str]], gaps: Sequence[Gap]) -> str:
    """The parts, each in any of its forms and a group of its own, with the gaps between."""
    groups = [f"({'|'.join(map(re.escape, sorted(forms, key=len, reverse=True)))})" for forms in parts]
    between = [f"[^{WALL}]{{{gap.least},{gap.most}}}?" for gap in gaps]
    return "".join(chain.from_iterable(zip(groups, [*between, ""], strict=True)))

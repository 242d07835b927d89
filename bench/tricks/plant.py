"""What is planted: a listed word as somebody would write it, and which of the characters are the word's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.text.words import Word, Wordlist, WordlistSet

_GAP = re.compile(r"\{(\d+)(?:,(\d+))?\}")
# What honest writers put into a gap, by length.
_FILLERS = ("", "的", "一下", "的那个", "我们家的")


@dataclass(frozen=True)
class Plant:
    """A word ready to be hidden. `own` are the places in `text` of its own characters, fillers left out."""

    wordlist: Wordlist
    word: Word
    text: str
    own: tuple[int, ...]

    @property
    def han(self) -> tuple[int, ...]:
        """The places of the word's own Chinese characters."""
        return tuple(place for place in self.own if "\u4e00" <= self.text[place] <= "\u9fff")

    @property
    def allowed(self) -> tuple[str, ...]:
        """Contexts in which the word is harmless."""
        return (*self.wordlist.allow, *self.word.allow)


def plants_of(lists: WordlistSet) -> Iterator[Plant]:
    """Every word of every list; a word with gaps twice, with as little in them as it may have and with a filler."""
    for wordlist in lists.lists:
        for word in wordlist.words:
            closed = _written(wordlist, word, most=False)
            yield closed
            if (open_ := _written(wordlist, word, most=True)).text != closed.text:
                yield open_


def _written(wordlist: Wordlist, word: Word, *, most: bool) -> Plant:
    text, own, last = "", [], 0
    for gap in _GAP.finditer(word.text):
        literal = word.text[last : gap.start()]
        own += range(len(text), len(text) + len(literal))
        least = int(gap[1])
        length = min(int(gap[2] or least), max(least, 2)) if most else least
        text += literal + _FILLERS[length]
        last = gap.end()
    own += range(len(text), len(text) + len(word.text) - last)
    return Plant(wordlist, word, text + word.text[last:], tuple(own))

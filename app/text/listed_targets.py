"""The words of a snapshot as targets, each read from its line again when it is first found.

Making 100,000 targets takes a second, and in a day of screening a few thousand of them are ever found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import overload

from app.text.candidates import Target, target_of
from app.text.findings import Findings
from app.text.word_line import read_word
from app.text.wordlist import list_files, read_heads, with_advice
from app.text.words import Category


class ListedTargets(Sequence[Target]):
    """The targets of all lists in their order, each made when it is first asked for and kept then.

    `lines` are the line numbers of all words, `ends` where each list's words end among them.
    """

    def __init__(self, files: Mapping[str, str], lines: Sequence[int], ends: Sequence[int], *, alike: int) -> None:
        self.categories: Mapping[str, Category]
        self.categories, self._lists = read_heads(files)
        self._sources = [files[file] for file in list_files(files)]
        self._lines, self._ends, self._alike = lines, ends, alike
        self._rows: dict[int, list[str]] = {}
        self._made: dict[int, Target] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, number: int) -> Target: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Target]: ...
    def __getitem__(self, number: int | slice) -> Target | Sequence[Target]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        made = self._made.get(number)
        return self._made.setdefault(number, self._make(number)) if made is None else made

    def _make(self, number: int) -> Target:
        at = bisect_right(self._ends, number)
        if at not in self._rows:
            self._rows[at] = self._sources[at].removeprefix("\ufeff").split("\n")
        wordlist = self._lists[at]
        findings = Findings(f"{wordlist.name}.txt")
        findings.line = self._lines[number]
        word = read_word(self._rows[at][findings.line - 1].strip(), findings)
        assert word is not None, findings.problems
        category = self.categories[wordlist.category]
        return target_of(wordlist, with_advice(word, category.suggest), category, alike=self._alike)

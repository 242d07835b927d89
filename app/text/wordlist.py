"""Reading wordlist files: a head of `# key: value` lines, then one word a line.

A list is law in plain text, kept by people who are not programmers, so every file is read to its end and every problem
is named with its line at once. Nothing here opens a file: a snapshot stores sources by file name and hands them in.

What would surprise: two words are the same when they *fold* to the same text, so `最佳` and `最*佳` are duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

from app.errors import BadDefinition, Problem
from app.text.categories import CATEGORIES_FILE, read_categories
from app.text.findings import Findings
from app.text.options import LOOK_KEYS, WHERE_KEYS, read_look, read_where
from app.text.read_exemptions import EXEMPTIONS_FILE, read_exemptions
from app.text.word_line import folded_anyway, read_phrases, read_verdict, read_word
from app.text.words import Category, Gap, Word, Wordlist, WordlistSet
from app.values.pause import Pause, no_pause, paused

__all__ = ["Category", "Gap", "Word", "Wordlist", "WordlistSet", "load_wordlists"]

MAX_LINE = 2000

_NEEDED = ("category", "verdict", "source", "owner")
_HEAD_KEYS = (*_NEEDED, *WHERE_KEYS, *LOOK_KEYS, "allow")
_HEAD = re.compile(r"#\s*([^:：#]+?)\s*[:：]\s*(.*)")
_FILE = re.compile(r"([a-z][a-z0-9_]{0,63})\.txt")


def load_wordlists(files: Mapping[str, str], *, pause: Pause = no_pause) -> WordlistSet:
    """Read a whole set, file name to source: `{"categories.yaml": "…", "absolute_terms.txt": "…"}`.

    ``pause`` is called before each word: a hundred thousand take seconds.

    Raises:
        BadDefinition: with the problems of all files together; each one's `field` is `wordlists/file:line`.
    """
    problems: list[Problem] = []
    findings = Findings(CATEGORIES_FILE)
    categories: Mapping[str, Category] = {}
    if CATEGORIES_FILE in files:
        categories = read_categories(files[CATEGORIES_FILE], findings)
    else:
        findings.wrong("the file is missing", "the categories that the lists name")
    problems += findings.problems
    lists: list[Wordlist] = []
    for file in list_files(files):
        findings = Findings(file)
        wordlist = _read_list(file, paused(_lines(files[file], findings), pause), categories, findings)
        problems += findings.problems
        if wordlist:
            lists.append(wordlist)
    findings = Findings(EXEMPTIONS_FILE)
    known = None if problems else lists
    exemptions = read_exemptions(files.get(EXEMPTIONS_FILE, ""), known, categories, findings)
    problems += findings.problems
    if problems:
        raise BadDefinition("The wordlists are wrong", problems=problems)
    return WordlistSet(categories, tuple(lists), exemptions)


def read_heads(files: Mapping[str, str]) -> tuple[Mapping[str, Category], tuple[Wordlist, ...]]:
    """The categories, and the lists without their words, of files that `load_wordlists` finds right."""
    categories = read_categories(files[CATEGORIES_FILE], Findings(CATEGORIES_FILE))
    lists: list[Wordlist] = []
    for file in list_files(files):
        findings = Findings(file)
        head: dict[str, tuple[int, str]] = {}
        for line in takewhile(_is_head, _lines(files[file], findings)):
            _add_head(line, head, findings, is_late=False)
        values = _head_values(head, categories, findings)
        assert not findings.problems, "the files were checked"
        lists.append(Wordlist(name=file.removesuffix(".txt"), words=(), **values))
    return categories, tuple(lists)


def list_files(files: Mapping[str, str]) -> list[str]:
    """The names of the files that are lists, in the order in which they are read."""
    return sorted(files.keys() - {CATEGORIES_FILE, EXEMPTIONS_FILE})


def word_lines(source: str) -> Iterator[str]:
    """The lines of a list that `load_wordlists` finds right that are words."""
    return (line for line in _lines(source, Findings("")) if not _is_head(line))


def _is_head(line: str) -> bool:
    return line.startswith("#")


def _read_list(
    file: str, lines: Iterable[str], categories: Mapping[str, Category], findings: Findings
) -> Wordlist | None:
    named = _FILE.fullmatch(file)
    if not named:
        findings.wrong("not a wordlist's file name", "lower_case_name.txt")
        return None
    head: dict[str, tuple[int, str]] = {}
    words: dict[str, Word] = {}
    stands: dict[str, tuple[int, str]] = {}
    for line in lines:
        if _is_head(line):
            _add_head(line, head, findings, is_late=bool(words))
            continue
        word = read_word(line, findings)
        if word is not None:
            words.setdefault(word.folded, word)
        text, folded = (word.text, word.folded) if word is not None else folded_anyway(line)
        first_line, first_text = stands.setdefault(folded, (findings.line, text))
        if folded and first_line != findings.line:  # whatever else is wrong with either line
            findings.wrong(f"{text!r} is the same word as {first_text!r} in line {first_line}", "each once")
    findings.line = 1
    values = _head_values(head, categories, findings)
    if not words and not findings.problems:
        findings.wrong("the list has no words", "one word a line")
    if findings.problems:
        return None
    category = categories.get(values["category"])
    advised = tuple([with_advice(word, category.suggest if category else None) for word in words.values()])
    return Wordlist(name=named[1], words=advised, **values)


def with_advice(word: Word, suggest: str | None) -> Word:
    """The word, with its category's advice where it has none of its own."""
    return replace(word, suggest=suggest) if suggest and not word.suggest else word


def _lines(source: str, findings: Findings) -> Iterator[str]:
    """The lines that say something; `findings` is told where the reader is."""
    for number, raw in enumerate(source.removeprefix("\ufeff").split("\n"), 1):
        findings.line = number
        line = raw.strip()
        if len(line) > MAX_LINE:
            findings.wrong(f"the line has {len(line)} characters", f"at most {MAX_LINE}")
        elif "\0" in line:
            findings.wrong("the line holds a NUL character", "text")
        elif line:
            yield line


def _add_head(line: str, head: dict[str, tuple[int, str]], findings: Findings, *, is_late: bool) -> None:
    """Take a head line; `##` lines, lines without a colon, and prose after the first word are comments."""
    found = _HEAD.fullmatch(line)
    if not found:
        return
    key, value = found[1], found[2].strip()
    if is_late:
        if key in _HEAD_KEYS:
            findings.wrong(f"{key} stands after the first word", "the head before the words")
    elif key not in _HEAD_KEYS:
        findings.unknown("head key", key, _HEAD_KEYS)
    elif key in head:
        findings.wrong(f"{key} is given twice", "each head key once")
    elif not value:
        findings.wrong(f"{key} is empty", "# key: value")
    else:
        head[key] = (findings.line, value)


def _head_values(
    head: Mapping[str, tuple[int, str]], categories: Mapping[str, Category], findings: Findings
) -> dict[str, Any]:
    """The head as a Wordlist's fields; only to be used when `findings` has nothing."""
    if missing := [key for key in _NEEDED if key not in head]:
        findings.wrong(f"the head lacks {', '.join(missing)}", "# key: value lines before the words")
    values: dict[str, Any] = {}
    for key, (findings.line, value) in head.items():
        if key == "verdict":
            values[key] = read_verdict(value, findings)
        elif key == "allow":
            values[key] = read_phrases(value, findings)
        elif key in LOOK_KEYS:
            values |= read_look({key: value}, findings)
        elif key not in WHERE_KEYS:
            values[key] = value
            if key == "category" and categories and value not in categories:
                findings.unknown(key, value, categories)
    said = {key: value for key, (_, value) in head.items() if key in WHERE_KEYS}
    values["where"] = read_where(said, findings, lines={key: line for key, (line, _) in head.items()})
    return values

"""What differs between two sets of wordlist files, read where their lines differ alone.

files, files ─ heads and categories ─ differing lines of each list ─ words ─ diff_wordlists
A list of a hundred thousand words takes seconds to read, and one that was added to differs in a few lines. Files are
those of stored snapshots, so they are right. A list is read whole where its head or its category's advice changed,
because that changes words whose lines stayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.text.diff import diff_wordlists
from app.text.findings import Findings
from app.text.read_exemptions import EXEMPTIONS_FILE, read_exemptions
from app.text.word_line import read_word
from app.text.wordlist import list_files, read_heads, with_advice, word_lines
from app.text.words import Category, Wordlist, WordlistSet
from app.values.change import Change
from app.values.pause import Pause, no_pause, paused

_EMPTY = WordlistSet({}, ())


def diff_wordlist_files(
    before: Mapping[str, str], after: Mapping[str, str], *, pause: Pause = no_pause
) -> list[Change]:
    """What ``diff_wordlists`` says of the whole sets; an empty set has nothing in it."""
    one, other = differing(before, after, pause=pause)
    return diff_wordlists(one, other, counts=(count_words(before), count_words(after)))


def differing(
    before: Mapping[str, str], after: Mapping[str, str], *, pause: Pause = no_pause
) -> tuple[WordlistSet, WordlistSet]:
    """Both sets, of each list that is in both only the words whose lines differ; no words of one that is in one."""
    one, other = (_heads(files) if files else _EMPTY for files in (before, after))
    new = {each.name: each for each in other.lists}
    pairs = [(each, new[each.name]) for each in one.lists if each.name in new]
    words: tuple[dict[str, Wordlist], dict[str, Wordlist]] = {}, {}
    for old_list, new_list in pairs:
        file = f"{old_list.name}.txt"
        old_lines, new_lines = (dict.fromkeys(word_lines(files[file])) for files in (before, after))
        same: set[str] = set()
        if _is_alike(old_list, new_list, one.categories, other.categories):
            same = old_lines.keys() & new_lines.keys()
        words[0][old_list.name] = _with_words(old_list, old_lines, same, one.categories, pause)
        words[1][new_list.name] = _with_words(new_list, new_lines, same, other.categories, pause)
    return _filled(one, words[0]), _filled(other, words[1])


def count_words(files: Mapping[str, str]) -> dict[str, int]:
    """How many words each list has, by its name."""
    return {file.removesuffix(".txt"): sum(1 for _ in word_lines(files[file])) for file in list_files(files)}


def _heads(files: Mapping[str, str]) -> WordlistSet:
    categories, lists = read_heads(files)
    findings = Findings(EXEMPTIONS_FILE)
    exemptions = read_exemptions(files.get(EXEMPTIONS_FILE, ""), None, categories, findings)
    return WordlistSet(categories, lists, exemptions)


def _is_alike(one: Wordlist, other: Wordlist, old: Mapping[str, Category], new: Mapping[str, Category]) -> bool:
    return one == other and _advice(one, old) == _advice(other, new)


def _advice(wordlist: Wordlist, categories: Mapping[str, Category]) -> str | None:
    category = categories.get(wordlist.category)
    return category.suggest if category else None


def _with_words(
    wordlist: Wordlist,
    lines: Mapping[str, None],
    same: set[str],
    categories: Mapping[str, Category],
    pause: Pause,
) -> Wordlist:
    findings, advice = Findings(f"{wordlist.name}.txt"), _advice(wordlist, categories)
    read = [read_word(line, findings) for line in paused(lines, pause) if line not in same]
    return replace(wordlist, words=tuple(with_advice(word, advice) for word in read if word is not None))


def _filled(found: WordlistSet, lists: Mapping[str, Wordlist]) -> WordlistSet:
    return replace(found, lists=tuple(lists.get(each.name, each) for each in found.lists))

"""Reading `exemptions.yaml`: which listed words are lawful for which shop, why, who said so, and until when.

An exemption takes a word of the law out of force, so it must name its ground and its end, and it must name words that
are listed: a typing error would otherwise look like an exemption and be none. Both days are asked for, because a file
is read without a clock and its two years have to be counted from something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import yaml

from app.text.constructions.wording import WORDLIST, as_lists
from app.text.findings import Findings
from app.text.nodes import compose, line_of
from app.text.options import read_where
from app.text.word_line import check_allowed, read_phrases, read_word
from app.text.words import Category, Exemption, Where, Word, Wordlist
from app.values.deciding import Verdict

EXEMPTIONS_FILE = "exemptions.yaml"
MOST_YEARS = 2
NOT_EXEMPTED = 5
"""The severity whose blocking words nobody may use: danger to people."""

_CHOICE = ("word", "wordlist", "category")
_NEEDED = ("shop", "reason", "basis", "approved_by", "valid_from", "valid_to")
_KEYS = (*_NEEDED, *_CHOICE, "within", "kinds")
_DATED = ("kinds", "valid_from", "valid_to")
_SHOP = re.compile(r"[^\W!][\w.-]{0,63}")
_MOST_CHARS = 500
_FEB_28 = 28


@dataclass(slots=True)
class _Entry:
    """One entry's values as written, each with its line."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The words of all lists, to be looked up by what they fold to."""

    words: Mapping[str, Sequence[tuple[Wordlist, Word]]]
    lists: Sequence[Wordlist]
    categories: Mapping[str, Category]


def read_exemptions(
    source: str, lists: Sequence[Wordlist] | None, categories: Mapping[str, Category], findings: Findings
) -> tuple[Exemption, ...]:
    """The exemptions in the file's order; what is wrong goes to `findings`.

    `lists` is None when they could not be read: then the words are not looked up.
    """
    root = compose(source, findings)
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        findings.wrong("not a list of exemptions", "- {shop: …, word: …, reason: …, …}", line=line_of(root))
        return ()
    listed = None if lists is None else _listed(lists, categories)
    read = [_read_one(node, listed, findings) for node in root.value]
    return tuple(exemption for exemption in read if exemption)


def _listed(lists: Sequence[Wordlist], categories: Mapping[str, Category]) -> _Listed:
    words: dict[str, list[tuple[Wordlist, Word]]] = {}
    lists = (*lists, *as_lists(categories))
    for wordlist in lists:
        for word in wordlist.words:
            words.setdefault(word.folded, []).append((wordlist, word))
    return _Listed(words, lists, categories)


def _read_one(node: yaml.Node, listed: _Listed | None, findings: Findings) -> Exemption | None:
    known = len(findings.problems)
    findings.line = line_of(node)
    if not isinstance(node, yaml.MappingNode):
        findings.wrong("an exemption without its keys", ", ".join(_KEYS))
        return None
    entry = _entry(node, findings)
    if missing := [key for key in _NEEDED if key not in entry.values]:
        findings.wrong(f"the exemption lacks {', '.join(missing)}", ", ".join(_NEEDED), line=entry.line)
    if not any(key in entry.values for key in _CHOICE):
        findings.wrong("the exemption says for no word", "word, wordlist or category", line=entry.line)
    where = _where(entry, findings)
    findings.line = entry.lines.get("within", entry.line)
    within = read_phrases(entry.values.get("within", ""), findings)
    if listed is None or len(findings.problems) > known:
        return None
    words = _words(entry, listed, within, findings)
    if len(findings.problems) > known:
        return None
    said = {key: entry.values[key] for key in ("shop", "reason", "basis", "approved_by")}
    named = ", ".join(entry.values[key] for key in _CHOICE if key in entry.values)
    return Exemption(words=words, named=named, where=where, within=within, line=entry.line, **said)


def _entry(node: yaml.MappingNode, findings: Findings) -> _Entry:
    entry = _Entry(line_of(node))
    for key, value in node.value:
        findings.line = line_of(key)
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        text = _text(name, value)
        if name not in _KEYS:
            findings.unknown("key", name, _KEYS)
        elif name in entry.values:
            findings.wrong(f"{name} is given twice", "each key once")
        elif not text or len(text) > _MOST_CHARS:
            findings.wrong(f"{name} cannot be read", f"text of 1 to {_MOST_CHARS} characters")
        elif name == "shop" and not _SHOP.fullmatch(text):
            findings.wrong(f"cannot read the shop {text!r}", "one shop's id")
        entry.values[name], entry.lines[name] = text, findings.line
    return entry


def _text(name: str, node: yaml.Node) -> str:
    """A scalar as written; `kinds` and `within` may also be lists of them."""
    if isinstance(node, yaml.ScalarNode) and node.tag != "tag:yaml.org,2002:null":
        return str(node.value).strip()
    if name in ("kinds", "within") and isinstance(node, yaml.SequenceNode):
        return ", ".join(str(item.value) for item in node.value if isinstance(item, yaml.ScalarNode))
    return ""


def _where(entry: _Entry, findings: Findings) -> Where:
    said = {key: entry.values[key] for key in _DATED if entry.values.get(key)}
    where = read_where(said, findings, lines=entry.lines)
    if where.first_day and where.last_day and where.last_day > _latest_end(where.first_day):
        findings.wrong(
            f"valid_to lies more than {MOST_YEARS} years after valid_from",
            f"at the latest {_latest_end(where.first_day)}",
            line=entry.lines["valid_to"],
        )
    return where


def _latest_end(first: date) -> date:
    try:
        return first.replace(year=first.year + MOST_YEARS)
    except ValueError:  # 29 February
        return first.replace(year=first.year + MOST_YEARS, day=_FEB_28)


def _words(entry: _Entry, listed: _Listed, within: Sequence[str], findings: Findings) -> frozenset[tuple[str, str]]:
    """The listed words that every given one of `word`, `wordlist` and `category` chooses."""
    chosen = _named_words(entry, listed, findings)
    for key, known in (("wordlist", [each.name for each in listed.lists]), ("category", list(listed.categories))):
        if key not in entry.values:
            continue
        value, findings.line = entry.values[key], entry.lines[key]
        if value not in known:
            findings.unknown(key, value, known)
            return frozenset()
        held = [(each, word) for each, word in chosen if value == (each.name if key == "wordlist" else each.category)]
        if chosen and not held:
            there = sorted({each.name if key == "wordlist" else each.category for each, _ in chosen})
            findings.wrong(f"{key} {value!r} does not hold the word", "one of " + ", ".join(there[:10]))
        chosen = held
    _check_severity(chosen, entry, listed, findings)
    _check_within(chosen, entry, within, findings)
    return frozenset((wordlist.name, word.text) for wordlist, word in chosen)


def _named_words(entry: _Entry, listed: _Listed, findings: Findings) -> Sequence[tuple[Wordlist, Word]]:
    every = [pair for pairs in listed.words.values() for pair in pairs]
    if "word" not in entry.values:
        return every
    text = entry.values["word"]
    read = None if "|" in text else read_word(text, Findings(EXEMPTIONS_FILE))
    found = listed.words.get(read.folded, ()) if read else ()
    if not found:
        names = (word.text for _, word in every)
        findings.unknown("word", text, names, expected="a word of the lists", line=entry.lines["word"])
    return found


def _check_severity(
    chosen: Iterable[tuple[Wordlist, Word]], entry: _Entry, listed: _Listed, findings: Findings
) -> None:
    for wordlist, word in chosen:
        is_grave = listed.categories[wordlist.category].severity >= NOT_EXEMPTED
        if is_grave and (word.verdict or wordlist.verdict) is Verdict.BLOCK:
            findings.wrong(
                f"{word.text!r} of {wordlist.name} blocks, and its category is of severity {NOT_EXEMPTED}",
                "no exemption where people are in danger",
                line=entry.line,
            )
            return


def _check_within(
    chosen: Iterable[tuple[Wordlist, Word]], entry: _Entry, within: Sequence[str], findings: Findings
) -> None:
    """A phrase that does not hold the word would never exempt it; for many words `~` stands in their place."""
    findings.line = entry.lines.get("within", entry.line)
    known = len(findings.problems)
    for wordlist, word in chosen:
        for phrase in within if wordlist.name != WORDLIST else ():
            check_allowed(phrase, word.parts, findings)
        if len(findings.problems) > known:
            return

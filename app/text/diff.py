"""What differs between two sets of wordlists, told by list and word instead of by line.

Two words are the same when they fold to the same text, so a word that is only written differently is a changed word.
A new or removed list is one difference with the number of its words, not a thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from app.text.words import Category, Exemption, Word, Wordlist, WordlistSet
from app.values.change import Change, Detail

Counts: TypeAlias = tuple[Mapping[str, int], Mapping[str, int]]
_HEAD = tuple(each.name for each in fields(Wordlist) if each.name not in {"name", "words"})
_WORD = ("text", "verdict", "source", "suggest", "allow", "note")


class _Exempted(NamedTuple):
    """What is told of an exemption, by its keys in the file."""

    reason: str
    basis: str
    approved_by: str
    within: list[str] | None
    kinds: list[str] | None
    valid_from: date | None
    valid_to: date


_EXEMPTION = _Exempted._fields


def diff_wordlists(before: WordlistSet, after: WordlistSet, *, counts: Counts | None = None) -> list[Change]:
    """Every difference from one set to the other: categories, lists, words by list, then exemptions.

    ``counts`` are the numbers of words by list, of either set, where not all words were read.
    """
    if counts is None:
        counts = _counts(before), _counts(after)
    changes = list(_categories(before.categories, after.categories))
    old, new = {each.name: each for each in before.lists}, {each.name: each for each in after.lists}
    words: list[Change] = []
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if one is None or other is None:
            changes.append(_whole_list(one, other, counts[0].get(name), counts[1].get(name)))
            continue
        if details := _head(one, other):
            changes.append(Change("list", "changed", name, details=details))
        words += _words(one, other)
    return [*changes, *words, *_exemptions(before.exemptions, after.exemptions)]


def _categories(old: Mapping[str, Category], new: Mapping[str, Category]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if one != other:
            either: Category = other or one  # type: ignore[assignment]
            details = _details(one, other, [each.name for each in fields(Category) if each.name != "id"])
            yield Change("category", _how(one, other), name, title=either.title, details=details)


def _counts(lists: WordlistSet) -> dict[str, int]:
    return {each.name: len(each.words) for each in lists.lists}


def _whole_list(one: Wordlist | None, other: Wordlist | None, had: int | None, has: int | None) -> Change:
    either: Wordlist = other or one  # type: ignore[assignment]
    counted = Detail("words", had, has)
    head = _details(one, other, ("category", "verdict", "source"))
    return Change("list", _how(one, other), either.name, details=(*head, counted))


def _head(one: Wordlist, other: Wordlist) -> tuple[Detail, ...]:
    details = _details(one, other, _HEAD)
    if one.verdict is other.verdict:
        return details
    following = sum(word.verdict is None for word in other.words)
    return (*details, Detail("following", None, following))


def _words(one: Wordlist, other: Wordlist) -> Iterator[Change]:
    old, new = {word.folded: word for word in one.words}, {word.folded: word for word in other.words}
    for folded in [*new, *(each for each in old if each not in new)]:
        before, after = old.get(folded), new.get(folded)
        details = _details(before, after, _WORD)
        if before is None or after is None:
            word, listed = (after, other) if after is not None else (before, one)
            assert word is not None
            verdict = (word.verdict or listed.verdict).value
            said = Detail("verdict", None, verdict) if after else Detail("verdict", verdict, None)
            details = (
                said,
                *(each for each in details if each.field in {"suggest", "allow"} and (each.before or each.after)),
            )
        if details:
            either: Word = after or before  # type: ignore[assignment]
            yield Change("word", _how(before, after), either.text, other.name, details=details)


def _exemptions(before: Iterable[Exemption], after: Iterable[Exemption]) -> Iterator[Change]:
    """Exemptions are the same when shop and words are; several of those are compared in their order."""
    old, new = _by_shop_and_words(before), _by_shop_and_words(after)
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if details := _details(one, other, _EXEMPTION):
            shop, named, _ = key
            yield Change("exemption", _how(one, other), named, shop, details=details)


def _by_shop_and_words(exemptions: Iterable[Exemption]) -> dict[tuple[str, str, int], _Exempted]:
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str, int], _Exempted] = {}
    for each in exemptions:
        key = each.shop, each.named
        found[*key, seen[key]] = _Exempted(
            reason=each.reason,
            basis=each.basis,
            approved_by=each.approved_by,
            within=list(each.within) or None,
            kinds=[*sorted(each.where.kinds.only), *(f"!{name}" for name in sorted(each.where.kinds.other_than))]
            or None,
            valid_from=each.where.first_day,
            valid_to=each.last_day,
        )
        seen[key] += 1
    return found


def _details(one: Any, other: Any, names: Any) -> tuple[Detail, ...]:
    pairs = (
        (name, None if one is None else getattr(one, name), None if other is None else getattr(other, name))
        for name in names
    )
    return tuple(Detail(name, _plain(before), _plain(after)) for name, before, after in pairs if before != after)


def _how(one: object, other: object) -> Literal["added", "removed", "changed"]:
    return "added" if one is None else "removed" if other is None else "changed"


def _plain(value: Any) -> Any:
    if hasattr(value, "kinds") and hasattr(value, "shop_categories"):
        return {each.name: sorted(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list):
        return list(value)
    return value if value is None or isinstance(value, bool | int) else str(value)

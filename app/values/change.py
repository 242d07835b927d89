"""One difference between two snapshots, and how it is said to a person in Chinese or English.

Rules and wordlists are neighbours that never import each other, and both have differences to tell; so what a difference
is, and its words, stand below them. A change keeps plain values; sentences are made only when somebody reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from app.values.change_words import (
    CHANGES,
    ENGLISH_COUNTS,
    FIELDS,
    PLURALS,
    SAID,
    SENTENCES,
    STATUSES,
    UNITS,
    VERDICTS,
    WHATS,
)
from app.values.given_numbers import read_whole

Language: TypeAlias = Literal["zh", "en"]
_NAMED_UNITS = ("fen", "bp", "days", "hours", "minutes", "seconds")
_SHOWN_MEMBERS = 12
_SHOWN_CHARS = 400


@dataclass(frozen=True, slots=True)
class Detail:
    """One property before and after, as plain JSON; ``unit`` where it is a number with one."""

    field: str
    before: Any
    after: Any
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing added, removed or changed.

    ``what`` is pack, rule, parameter, reference, examples, category, list, word or exemption; ``title_en`` is given
    where the thing has an English one beside ``title``; ``within`` the pack, list or shop; ``rules`` the rules it
    concerns; ``hard_rules`` those of them that act and block, hold or move money.
    """

    what: str
    change: Literal["added", "removed", "changed"]
    id: str
    within: str = ""
    title: str = ""
    details: tuple[Detail, ...] = ()
    rules: tuple[str, ...] = ()
    hard_rules: tuple[str, ...] = ()
    title_en: str = ""


def sentence(change: Change, language: Language) -> str:
    """The change as one sentence: what it is, then every property before and after."""
    joined = {"zh": "；", "en": "; "}[language]
    title = {"zh": change.title, "en": change.title_en}[language]
    name = {"zh": f"{change.id}“{title}”", "en": f"{change.id} “{title}”"}[language] if title else change.id
    words = {"what": WHATS[change.what][language], "name": name, "within": change.within}
    head = SENTENCES["within" if change.within and change.within != change.id else "alone"][language].format(
        change=CHANGES[change.change][language], **words
    )
    told = [_detail(detail, language) for detail in change.details]
    if change.what in {"parameter", "reference"} and change.rules:
        told.append(SAID["used_by"][language].format(rules=_listed(change.rules, language)))
    colon = {"zh": "：", "en": ": "}[language]
    return head + (colon + joined.join(told) if told else "")


def summary(changes: Sequence[Change], language: Language) -> str:
    """One sentence over all changes, with counts, and which rules that block or pay are touched."""
    if not changes:
        return SAID["none"][language]
    counts: Counter[tuple[str, str]] = Counter((each.what, each.change) for each in changes)
    parts = [
        ENGLISH_COUNTS.format(what=_plural(what, count), change=CHANGES[change]["en"].lower(), count=count)
        if language == "en"
        else f"{CHANGES[change]['zh']}{WHATS[what]['zh']} {count} 项"
        for what in WHATS
        for change in CHANGES
        if (count := counts[what, change])
    ]
    said = {"zh": "、", "en": ", "}[language].join(parts) + {"zh": "。", "en": "."}[language]
    if hard := hard_rules(changes):
        said += SAID["hard"][language].format(count=len(hard), rules=_listed(hard, language))
    return said


def hard_rules(changes: Sequence[Change]) -> tuple[str, ...]:
    """The rules that block, hold or move money and are touched, sorted."""
    return tuple(sorted({rule for each in changes for rule in each.hard_rules}))


def said_value(value: Any, language: Language, *, field: str = "", unit: str | None = None) -> str:
    """A plain value in words: money also in yuan, ratios also in percent, verdicts and states by their names."""
    if value is None or value in ([], {}):
        return SAID["nothing"][language]
    if isinstance(value, bool):
        return SAID["yes" if value else "no"][language]
    if isinstance(value, int):
        return _number(value, unit, language)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {said_value(each, language)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return _listed([said_value(each, language, field=field) for each in value], language)
    text = str(value)
    names = {"status": STATUSES, "verdict": VERDICTS, "then": VERDICTS}.get(field, {})
    return names[text][language] if text in names else text[:_SHOWN_CHARS] + ("…" if len(text) > _SHOWN_CHARS else "")


def said_by_name(name: str, value: Any, language: Language) -> str:
    """A stored fact's or parameter's value with the unit its name ends in; numbers may be stored as texts."""
    number = read_whole(value) if isinstance(value, str) else value
    unit = next((unit for unit in _NAMED_UNITS if name.endswith(f"_{unit}")), None)
    return said_value(value if unit is None or number is None else number, language, unit=unit)


def _plural(what: str, count: int) -> str:
    word = WHATS[what]["en"]
    return PLURALS.get(what, word if count == 1 else f"{word}s")


def _detail(detail: Detail, language: Language) -> str:
    name = FIELDS[detail.field][language] if detail.field in FIELDS else detail.field
    if _is_long_list(detail.before) and _is_long_list(detail.after):
        return f"{name} " + _members(detail.before, detail.after, language)
    before, after = (
        said_value(value, language, field=detail.field, unit=detail.unit) for value in (detail.before, detail.after)
    )
    key = "only_after" if detail.before is None else "only_before" if detail.after is None else "both"
    return SAID[key][language].format(name=name, before=before, after=after)


def _members(before: Sequence[Any], after: Sequence[Any], language: Language) -> str:
    """What a list gained and lost; its order where only that changed."""
    added, removed = [one for one in after if one not in before], [one for one in before if one not in after]
    told = [
        SAID[key][language].format(members=_listed(list(map(str, members)), language))
        for key, members in (("gained", added), ("lost", removed))
        if members
    ]
    return {"zh": "，", "en": ", "}[language].join(told) or SAID["order"][language]


def _is_long_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str | int) for each in value) and len(value) > 1


def _listed(texts: Collection[str], language: Language) -> str:
    shown = list(texts)[:_SHOWN_MEMBERS]
    more = len(texts) - len(shown)
    said = {"zh": "、", "en": ", "}[language].join(shown)
    return said + (SAID["more"][language].format(count=more) if more else "")


def _number(value: int, unit: str | None, language: Language) -> str:
    if unit == "fen":
        yuan = f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
        return f"{value} 分（{yuan} 元）" if language == "zh" else f"{value} fen ({yuan} yuan)"
    if unit == "bp":
        percent = f"{value / 100:g}%"
        return f"万分之 {value}（{percent}）" if language == "zh" else f"{value} bp ({percent})"
    word = UNITS[unit][language] if unit in UNITS else ""
    return f"{value} {word}" if word else str(value)

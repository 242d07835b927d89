"""Sentences of explanations in an officer's words: ``order.paid_at`` is 订单付款时间, ``len(prizes)`` is 奖品的个数.

An explanation names facts as packs do, so that an author finds them again. Here the Chinese words of
``app/values/fact_words`` are put in their place, or beside them for those who write packs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.events.kind import load_kinds
from app.values.deciding import VERDICT_TITLES
from app.values.fact_words import fact_words
from app.values.fact_words.choices import CHOICES, CHOICES_OF
from app.values.fact_words.members import MEMBERS, USUAL
from app.values.facts import FactType

_VALUES = {name: VERDICT_TITLES[name] for name in ("pass", "label", "review", "block")} | {"risky": "有风险"}
_PIECE = re.compile(
    r"(?P<call>(?P<function>len|abs|days|hours|minutes|seconds)\((?P<of>[a-z][a-z0-9_.]*|[0-9]+)\))"
    r"|(?P<opens>clamp|min|max|sum|count|any|all)(?=\()"
    r"|(?P<fact>[a-z][a-z0-9_.]*) = (?P<value>[A-Za-z0-9][^\s，、；）”]*)"
    r"|(?P<token>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)"
)
_OF_ONE = {
    "abs": "{of}（不计正负）",
    "days": "{of} 天",
    "hours": "{of} 小时",
    "minutes": "{of} 分钟",
    "seconds": "{of} 秒",
    "text": "{of}的字数",
    "list": "{of}的个数",
    "either": "{of}的长度",
}
"""What the functions of one value give; ``len`` by what it counts."""
_OF_SEVERAL = {
    "clamp": "限定范围",
    "min": "最小值",
    "max": "最大值",
    "sum": "合计",
    "count": "个数",
    "any": "任一",
    "all": "全部",
}
_LITERAL = re.compile(
    r"(?P<before>(?P<fact>[a-z][a-z0-9_.]*)(?: = [^\s，；]+)? ?不?等于 ?)“(?P<value>[A-Za-z0-9][A-Za-z0-9_]*)”"
)


def in_words(sentence: str, categories: Mapping[str, str], *, with_names: bool = False) -> str:
    """The sentence with facts, categories and verdicts as officers call them; ``categories`` are titles by id.

    What stands behind ``=`` is a value: it is said otherwise only where it is one of the fact's choices, a category or
    a verdict, because a text may well read like the name of a fact. ``with_names`` puts the name that packs use beside
    each word, for those who write packs.
    """
    words = _Words(categories, with_names)
    told, at = "", 0
    for found in _LITERAL.finditer(sentence):
        told += _PIECE.sub(words.piece, sentence[at : found.start("value")])
        told += words.literal(found["fact"], found["value"])
        at = found.end("value")
    return told + _PIECE.sub(words.piece, sentence[at:])


@dataclass(frozen=True, slots=True)
class _Words:
    categories: Mapping[str, str]
    with_names: bool

    def piece(self, found: re.Match[str]) -> str:
        if found["call"]:
            return self._beside(_called(found["function"], found["of"], self.categories), found["call"])
        if found["opens"]:
            return _OF_SEVERAL[found["opens"]]
        if found["token"]:
            return self._beside(_said(found["token"], self.categories), found["token"])
        fact, value = found["fact"], found["value"]
        said = self.categories.get(value) or _VALUES.get(value) or choice_of(fact, value) or value
        return f"{self._beside(_said(fact, self.categories), fact)} = {self._beside(said, value)}"

    def literal(self, fact: str, value: str) -> str:
        return self._beside(choice_of(fact, value) or _said(value, self.categories), value)

    def _beside(self, word: str, name: str) -> str:
        return f"{word}（{name}）" if self.with_names and word != name else word


def choice_of(fact: str, value: str) -> str | None:
    """The word of a value that is one of the fact's; a text that only reads like one has none."""
    return CHOICES_OF.get(fact, {}).get(value) or (CHOICES[value] if value in _values(fact) else None)


def _values(fact: str) -> frozenset[str]:
    """The values a fact can have; ``order.stock_type`` has those of ``stock_type``."""
    return _declared().get(fact) or _declared().get(fact.rpartition(".")[2], frozenset())


@cache
def _declared() -> Mapping[str, frozenset[str]]:
    """The values that facts declare, whichever kind they are of."""
    found: dict[str, frozenset[str]] = {}
    for kind in load_kinds().values():
        for fact in kind.facts:
            found[fact.name] = found.get(fact.name, frozenset()) | frozenset(fact.choices)
    return found


def _said(token: str, categories: Mapping[str, str]) -> str:
    if word := fact_words().get(token) or USUAL.get(token):
        return word
    variable, _, member = token.rpartition(".")
    if variable and "." not in variable and member in MEMBERS:
        return MEMBERS[member]
    return categories.get(token) or _VALUES.get(token) or token


def _called(function: str, of: str, categories: Mapping[str, str]) -> str:
    """What a function of one value gives, in words."""
    key = _counted().get(of, "list") if function == "len" else function
    return _OF_ONE[key].format(of=_said(of, categories))


@cache
def _counted() -> Mapping[str, str]:
    """What ``len`` counts of each fact; where kinds of events differ it is only its length."""
    found: dict[str, str] = {}
    for kind in load_kinds().values():
        for fact in kind.facts:
            counted = "text" if fact.type is FactType.TEXT else "list"
            found[fact.name] = counted if found.get(fact.name, counted) == counted else "either"
    return found

"""Facts of events, their values and kinds in an officer's words: ``order.paid_at`` is 订单付款时间.

An explanation names facts as packs do, so that an author finds them again; officers read words instead. The Chinese
words stand in ``app/values/fact_words``, one file an area of the business. English has what the fact's own
declaration says of it. A contract test holds that no fact and no value of any kind of event lacks either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from app.events.kind import load_kinds
from app.text.personal_data import without_personal
from app.values.change import said_value
from app.values.fact_words import fact_words
from app.values.fact_words.choices import CHOICES, CHOICES_OF
from app.values.fact_words.kinds import KINDS
from app.values.fact_words.members import MEMBERS, USUAL
from app.values.facts import EventKind, FactType
from app.web.console.language import is_chinese, told_in
from app.web.console.shown import instant, listed

_VALUES: Mapping[str, str] = {"block": "拦截", "review": "复核", "label": "加标识", "risky": "有风险", "pass": "通过"}
_PIECE = re.compile(
    r"(?P<fact>[a-z][a-z0-9_.]*) = (?P<value>[A-Za-z0-9][^\s，、；）”]*)"
    r"|(?P<token>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)"
)
_LITERAL = re.compile(
    r"(?P<before>(?P<fact>[a-z][a-z0-9_.]*)(?: = [^\s，；]+)? ?不?等于 ?)“(?P<value>[A-Za-z0-9][A-Za-z0-9_]*)”"
)
_PEOPLE = frozenset({"account", "ref", "reviewer"})
_LONGEST = 300
_CLAUSE = re.compile(r"[;:]")


def fact_word(kind: EventKind | None, name: str) -> str:
    """What the page calls a fact; one that no kind declares (a parameter) keeps its name."""
    if is_chinese():
        return fact_words().get(name, name)
    fact = kind.fact(name) if kind is not None else None
    return _CLAUSE.split(fact.doc, maxsplit=1)[0].strip() or name if fact is not None else name


def kind_word(kind: EventKind | None, name: str) -> str:
    """What the page calls a kind of event."""
    if is_chinese():
        return KINDS.get(name, name)
    return _CLAUSE.split(kind.doc.partition(". ")[0].rstrip("."), maxsplit=1)[0] if kind is not None else name


def choice_word(fact: str, value: str) -> str:
    """What the page calls one of a fact's values."""
    if not is_chinese():
        return value.replace("_", " ")
    return CHOICES_OF.get(fact, {}).get(value) or CHOICES.get(value, value)


def due_word(kind: EventKind | None, row_kind: str, name: str) -> str:
    """What the page calls a deadline: by its name where one is known, else by the kind of event it brings about."""
    if not is_chinese():
        return f"{kind_word(kind, row_kind)} ({name.replace('_', ' ')})"
    return CHOICES_OF["deadline"].get(name) or kind_word(kind, row_kind)


def value_word(kind: EventKind | None, name: str, value: object) -> str:
    """A fact's value as people read it: yuan, percent, China's time, the names of choices; personal data starred."""
    fact = kind.fact(name) if kind is not None else None
    if fact is None:
        return without_personal(said_value(value, told_in()))[:_LONGEST]
    if fact.type is FactType.INSTANT and isinstance(value, str):
        return instant(datetime.fromisoformat(value), "minute")
    if isinstance(value, str) and _choice(name, value) is not None:
        return choice_word(name, value)
    if fact.type is FactType.RECORD_LIST and isinstance(value, list):
        return without_personal(_records(value))[:_LONGEST]
    return without_personal(said_value(value, told_in(), unit=fact.unit))[:_LONGEST]


def _records(records: Sequence[object]) -> str:
    """Records of a list as people read them, without references to people."""
    told = []
    for record in records:
        if not isinstance(record, Mapping):
            return str(len(records))
        members = [(key, each) for key, each in record.items() if key not in _PEOPLE and each not in (None, "")]
        said = listed(f"{_member(key)} {_member_value(key, each)}" for key, each in members)
        told.append(said)
    return listed(told, "；")


def _member(key: str) -> str:
    return MEMBERS.get(key, key) if is_chinese() else key.replace("_", " ")


def _member_value(key: str, value: object) -> str:
    unit = next((unit for unit in ("fen", "bp") if key.endswith(f"_{unit}")), None)
    return said_value(value, told_in(), unit=unit)


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
        if found["token"]:
            return self._beside(_said(found["token"], self.categories), found["token"])
        fact, value = found["fact"], found["value"]
        said = self.categories.get(value) or _VALUES.get(value) or _choice(fact, value) or value
        return f"{self._beside(_said(fact, self.categories), fact)} = {self._beside(said, value)}"

    def literal(self, fact: str, value: str) -> str:
        return self._beside(_choice(fact, value) or _said(value, self.categories), value)

    def _beside(self, word: str, name: str) -> str:
        return f"{word}（{name}）" if self.with_names and word != name else word


def _choice(fact: str, value: str) -> str | None:
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

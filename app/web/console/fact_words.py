"""Facts of events, their values and kinds in an officer's words: ``order.paid_at`` is 订单付款时间.

An explanation names facts as packs do, so that an author finds them again; officers read words instead. The Chinese
words stand in ``app/values/fact_words``, one file an area of the business. English has what the fact's own
declaration says of it. A contract test holds that no fact and no value of any kind of event lacks either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.events.fact_sentences import choice_of
from app.events.told_once import AT
from app.text.personal_data import without_personal
from app.values.change import said_value
from app.values.fact_words import fact_words
from app.values.fact_words.choices import CHOICES, CHOICES_OF
from app.values.fact_words.kinds import KINDS
from app.values.fact_words.members import MEMBERS
from app.values.facts import EventKind, FactType
from app.web.console.language import is_chinese, told_in
from app.web.console.shown import instant, listed
from app.web.console.words import say

_PEOPLE = frozenset({"account", "ref", "reviewer"})
_LONGEST = 300
_DIFFERING, _ARROW = "telling.differing", " → "
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
    if name == _DIFFERING and isinstance(value, list):
        return without_personal(listed((_difference(kind, str(each)) for each in value), "；"))[:_LONGEST]
    if isinstance(value, str) and choice_of(name, value) is not None:
        return choice_word(name, value)
    if fact.type is FactType.RECORD_LIST and isinstance(value, list):
        return without_personal(_records(value))[:_LONGEST]
    return without_personal(said_value(value, told_in(), unit=fact.unit))[:_LONGEST]


def _difference(kind: EventKind | None, told: str) -> str:
    """One fact that was told in two ways, such as ``amount_fen: 9000 → 8000``."""
    name, _, how = told.partition(": ")
    if name == AT:
        times = (instant(datetime.fromisoformat(each), "minute") for each in how.split(_ARROW))
        return f"{say('audit.at')} {_ARROW.join(times)}"
    fact = kind.fact(name) if kind is not None else None
    is_number = fact is not None and fact.type is FactType.INT
    both = [value_word(kind, name, int(each) if is_number else each) for each in how.split(_ARROW)]
    return f"{fact_word(kind, name)} {_ARROW.join(both)}"


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

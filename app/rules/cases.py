"""Generated events for comparing the evaluators: values on and beside the constants that the rules mention.

The cases are the same for the same rules, so a refused snapshot is refused again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from app.rules.definition import Rule
from app.rules.tree import Node, OverriddenRef, walk, written_values
from app.values.facts import EventKind, Fact, FactType

_SEED = 20_260_101
_ABSENT = 0.3
_MOST_ITEMS = 3


def generate_cases(
    kind: EventKind, rules: Sequence[Rule], *, count: int, now: datetime | None
) -> Iterator[Mapping[str, object]]:
    """``count`` fact mappings of one event kind; some facts are absent, instants lie around ``now``.

    Beside the facts stands one of the values of every parameter that has several.
    """
    random = Random(_SEED)  # noqa: S311 - repeatable cases, nothing secret
    numbers, texts = _constants(kind, rules)
    overridden = {node.key: node.values for node in _nodes(kind, rules) if isinstance(node, OverriddenRef)}
    for _ in range(count):
        known = [fact for fact in kind.facts if random.random() > _ABSENT]
        facts = {fact.name: _value(fact, random, numbers, texts, now) for fact in known}
        yield facts | {key: random.choice(values) for key, values in overridden.items()}


def _nodes(kind: EventKind, rules: Sequence[Rule]) -> Iterator[Node]:
    for rule in rules:
        yield from walk(rule.by_kind[kind.name].condition.root)


def _constants(kind: EventKind, rules: Sequence[Rule]) -> tuple[list[int], list[str]]:
    numbers, texts = {0, 1, -1, 2**53, -(2**53), 2**62}, {"", "?"}
    for node in _nodes(kind, rules):
        written = (one if isinstance(one, tuple) else (one,) for one in written_values(node))
        for value in (each for one in written for each in one):
            if isinstance(value, str):
                texts.add(value)
            elif not isinstance(value, bool):
                numbers |= {value - 1, value, value + 1}
    texts |= {choice for fact in kind.facts for choice in fact.choices}
    return sorted(numbers), sorted(texts)


def _value(fact: Fact, random: Random, numbers: list[int], texts: list[str], now: datetime | None) -> object:
    many = range(random.randint(0, _MOST_ITEMS))
    if fact.type is FactType.TEXT_LIST:
        return [random.choice(texts) for _ in many]
    if fact.type is FactType.RECORD_LIST:
        return [{name: _scalar(each, random, numbers, texts, now) for name, each in fact.items.items()} for _ in many]
    return _scalar(fact.type, random, numbers, texts, now)


def _scalar(kind: FactType, random: Random, numbers: list[int], texts: list[str], now: datetime | None) -> object:
    match kind:
        case FactType.BOOL:
            return random.random() < 1 / 2
        case FactType.INT:
            return random.choice(numbers)
        case FactType.INSTANT:
            return None if now is None else now + timedelta(seconds=random.choice((-86_400, -1, 0, 1, 3_600, 864_000)))
        case _:
            return random.choice(texts)

"""What a part of a condition saw, as values that may be shown: facts, parameters, items of a list, the instant.

The content's own text is never shown, only its length. Any other text that came from outside goes through ``clean``
first, which the caller brings (the rules do not know what personal data is), and is cut only then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.rules import reading
from app.rules.definition import BEIJING, Parameter, Rule
from app.rules.firing import LONGEST_TEXT, MOST_ITEMS
from app.rules.interpret import Sight, parameter_value
from app.rules.tree import FactRef, ItemRef, Node, Now, OverriddenRef, ParameterRef, Quantifier, Type, walk
from app.values.change import Language
from app.values.facts import EventKind, Fact, FactType

Clean = Callable[[str], str]
_LOOKED_AT = 2 * LONGEST_TEXT
"""How much of a text is cleaned: enough beyond what is shown that no personal datum is cut before it is seen."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SeenValue:
    """One value a part looked at, in plain JSON.

    ``what`` is fact, parameter, item or now; ``origin`` who said so (``sent``, ``platform``, ``computed``) or where a
    threshold comes from; ``length`` is in code points for texts and in items for lists. ``state`` is ``given``,
    ``absent`` or ``withheld``: the content's own text, and lists of records, of which only the length is shown.
    ``title`` is what people call a parameter, where its pack says so.
    """

    name: str
    what: str
    state: str
    value: object = None
    origin: str = ""
    unit: str | None = None
    length: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Shower:
    """Turns what a condition looks at into what may be shown; ``language`` is that of a parameter's title."""

    kind: EventKind
    parameters: Mapping[str, Parameter]
    clean: Clean
    language: Language = "zh"

    def values(self, node: Node, sight: Sight) -> tuple[SeenValue, ...]:
        """The values below a node, each once, in the order it names them."""
        inner = {each.variable for each in walk(node) if isinstance(each, Quantifier)}
        found: dict[str, SeenValue] = {}
        for each in walk(node):
            if not (isinstance(each, ItemRef) and each.variable in inner):
                value = self.value(each, sight)
                if value is not None:
                    found.setdefault(value.name, value)
        return tuple(found.values())

    def value(self, node: Node, sight: Sight) -> SeenValue | None:
        """The value of a leaf that has a name; None for any other node."""
        match node:
            case FactRef():
                return self._fact(node.fact, sight)
            case ParameterRef() | OverriddenRef():
                declared = self.parameters.get(node.name)
                value = parameter_value(node, sight)
                shown = list(value) if isinstance(value, tuple) else value
                unit = declared.unit if declared and declared.unit not in ("text", "flag") else None
                origin = declared.origin if declared else ""
                if isinstance(node, OverriddenRef) and node.key in sight.facts:
                    origin = next((each.origin for each in node.overrides if each.value == value), origin)
                title = declared.called(self.language) if declared and declared.title else None
                return SeenValue(node.name, "parameter", "given", shown, origin, unit, title=title)
            case ItemRef():
                item: Any = sight.items[node.variable]
                name = node.variable if node.member is None else f"{node.variable}.{node.member}"
                seen = self.shown(node.type, item if node.member is None else item[node.member])
                return SeenValue(name, "item", "given", seen)
            case Now():
                return SeenValue("now", "now", "given", self.shown(Type.INSTANT, sight.now))
            case _:
                return None

    def shown(self, kind: Type, value: Any) -> object:
        """A value of that type in plain JSON."""
        if kind is Type.INSTANT:
            return instant_text(value)
        if kind is Type.TEXT:
            return self.clean(str.__str__(value)[:_LOOKED_AT])[:LONGEST_TEXT]
        if kind is Type.TEXT_LIST:
            return [self.clean(str.__str__(each)[:_LOOKED_AT])[:LONGEST_TEXT] for each in value[:MOST_ITEMS]]
        if kind is Type.INT:
            cleaned = self.clean(str(value))
            return value if cleaned == str(value) else cleaned
        return value

    def _fact(self, fact: Fact, sight: Sight) -> SeenValue:
        value: Any = sight.facts.get(fact.name)
        origin, unit = fact.origin.value, fact.unit
        if value is None:
            return SeenValue(fact.name, "fact", "absent", None, origin, unit)
        length = len(value) if isinstance(value, str | list | tuple) else None
        if fact.name in self.kind.text_fields or fact.type is FactType.RECORD_LIST:
            return SeenValue(fact.name, "fact", "withheld", None, origin, unit, length)
        return SeenValue(fact.name, "fact", "given", self.shown(Type(fact.type.value), value), origin, unit, length)


def read_facts(kind: EventKind, rules: Sequence[Rule], facts: Mapping[str, object]) -> dict[str, object]:
    """The declared facts as the evaluators read them: a value of the wrong type counts as absent."""
    members = dict(_members(kind, rules))
    return {fact.name: _read(fact, facts.get(fact.name), members.get(fact.name, set())) for fact in kind.facts}


def instant_text(at: int) -> str:
    """Microseconds since 1970 as an instant in Beijing's time; beyond what a calendar holds, the number."""
    try:
        return (_EPOCH + timedelta(microseconds=at)).astimezone(BEIJING).isoformat()
    except OverflowError:
        return f"{at} µs"


def _read(fact: Fact, value: object, members: set[str]) -> object:  # noqa: PLR0911 - one return a type
    wrong: list[str] = []
    match fact.type:
        case _ if value is None:
            return None
        case FactType.BOOL:
            return value if isinstance(value, bool) else None
        case FactType.INT:
            return value if value.__class__ is int else None
        case FactType.TEXT:
            return reading.text(value, fact.name, wrong)
        case FactType.INSTANT:
            return reading.instant(value, fact.name, wrong)
        case FactType.TEXT_LIST:
            return reading.texts(value, fact.name, wrong)
        case _:
            used = tuple((name, kind) for name, kind in fact.items.items() if name in members)
            return reading.records(value, fact.name, used, wrong)


def _members(kind: EventKind, rules: Sequence[Rule]) -> Iterator[tuple[str, set[str]]]:
    """The members of each list of records that some rule looks at."""
    roots = [rule.by_kind[kind.name].condition.root for rule in rules if kind.name in rule.by_kind]
    loops = [node for root in roots for node in walk(root) if isinstance(node, Quantifier)]
    for fact in kind.facts:
        mine = [loop for loop in loops if isinstance(loop.source, FactRef) and loop.source.fact.name == fact.name]
        yield (
            fact.name,
            {
                node.member
                for loop in mine
                for node in walk(loop)
                if isinstance(node, ItemRef) and node.variable == loop.variable and node.member
            },
        )

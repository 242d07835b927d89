"""The generated parts about rules: the expression language, found out by asking its checker, and the event kinds."""  # noqa: INP001 - a script, not a package

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from app.events.kind import load_kinds
from app.rules import calls, check, expression, positions, shape
from app.rules.check import Checker
from app.rules.functions import FUNCTIONS, MAX_ARGUMENTS
from app.rules.problems import ExpressionError
from app.rules.units import KNOWN_UNITS, said, unit_of
from app.values.facts import EventKind, Fact, FactType, Origin, Presence

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

_ITEMS = {"n": FactType.INT}
_FACTS = {
    "b": Fact("b", FactType.BOOL),
    "i": Fact("i", FactType.INT, unit="fen"),
    "t": Fact("t", FactType.TEXT),
    "at": Fact("at", FactType.INSTANT),
    "ts": Fact("ts", FactType.TEXT_LIST),
    "rs": Fact("rs", FactType.RECORD_LIST, items=_ITEMS),
}
_SAMPLES = {**{fact.type.value: name for name, fact in _FACTS.items()}, "duration": "days(1)"}
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-", "*", "//")
_TYPES = {
    "bool": "yes or no",
    "int": "a whole number with a unit; there are no floats",
    "text": "a text; it has no order",
    "instant": "a point in time",
    "text_list": "a list of texts",
    "record_list": "a list of records, whose members are bool, int, text or instant",
    "duration": "a span of time, made by a function or as the difference of two instants",
}
_ABSENT = {
    Presence.REQUIRED: "refused with the event",
    Presence.NULLABLE: "`None`",
    Presence.EXPECTED: "unknown",
}
_WHO = {Origin.SENT: "the caller", Origin.PLATFORM: "the platform", Origin.COMPUTED: "this service"}


def language_part(table: Table) -> str:
    """Types, operators, functions, units and limits."""
    functions = [(f"`{each.written}`", each.gives.replace("_", " "), each.doc) for each in FUNCTIONS.values()]
    units = [(f"`{name}`", said(unit_of(name))) for name in KNOWN_UNITS if name not in ("text", "flag")]
    parts = (
        ("Types", table(("type", "is"), [(name.replace("_", " "), told) for name, told in _TYPES.items()])),
        ("Operators", table(("operator", "left", "right", "gives"), _operators())),
        ("Functions", table(("function", "gives", "what"), functions)),
        ("Units", table(("unit of a fact or parameter", "counts as"), units)),
        ("Limits", table(("of", "at most"), _limits())),
    )
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in parts)


def kinds_part(table: Table) -> str:
    """Every event kind with its facts."""
    return "\n\n".join(_one_kind(kind, table) for kind in load_kinds().values())


def _operators() -> Iterator[tuple[str, str, str, str]]:
    """What the checker takes: operators with the same answers for the same types share a row."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for operator, (left, one), (right, other) in product(_OPERATORS, _SAMPLES.items(), _SAMPLES.items()):
        gives = _asked(f"{one} {operator} {other}")
        if gives is not None:
            rows.setdefault((left, right, gives), []).append(operator)
    merged: dict[tuple[str, str, str], list[str]] = {}
    for (left, right, gives), operators in rows.items():
        key = (" ".join(f"`{each}`" for each in operators), right if left != right else "", gives)
        merged.setdefault(key, []).append(left)
    for (operators_, right, gives), lefts in merged.items():
        left = ", ".join(each.replace("_", " ") for each in lefts)
        yield operators_, left, right.replace("_", " ") or "the same", gives
    for written, operand in (("not", "b"), ("-", "i"), ("-", "days(1)")):
        gives = _asked(f"{written} {operand}") or "–"
        yield f"`{written}`", "", gives, gives


def _asked(text: str) -> str | None:
    """The type the checker gives the expression, or None where it refuses."""
    try:
        found = Checker(_FACTS, {}, "the reference").value(expression.python_tree(text))
    except ExpressionError:
        return None
    return found.type.value.replace("_", " ")


def _limits() -> list[tuple[str, str]]:
    return [
        ("characters of an expression", f"{expression.MAX_LENGTH:,}"),
        ("parts of an expression", f"{expression.MAX_NODES:,}"),
        ("levels of an expression", f"{check.MAX_DEPTH}"),
        ("digits of a written number", f"{check.MAX_DIGITS}"),
        ("characters of a pattern", f"{calls.MAX_PATTERN:,}"),
        ("values of `min` and `max`", f"{MAX_ARGUMENTS}"),
        ("a parameter's number, either side of zero", f"{shape.LARGEST:,}"),
        ("bytes of a file", f"{positions.MAX_BYTES:,}"),
        ("levels of a file", f"{positions.MAX_DEPTH}"),
    ]


def _one_kind(kind: EventKind, table: Table) -> str:
    about = [kind.doc, f"Subject: {kind.subject}."]
    if kind.content_kinds:
        about.append(f"Fed by screenings of the kinds {', '.join(f'`{each}`' for each in kind.content_kinds)}.")
    if kind.text_fields:
        about.append(f"Texts that are never shown in bindings: {', '.join(f'`{each}`' for each in kind.text_fields)}.")
    head = ("fact", "type", "absent, it is", "said by", "meaning")
    return "\n\n".join((f"## `{kind.name}`", " ".join(about), table(head, [_fact(fact) for fact in kind.facts])))


def _fact(fact: Fact) -> tuple[str, str, str, str, str]:
    kind = fact.type.value.replace("_", " ")
    if fact.unit:
        kind += f" ({fact.unit})"
    meaning = [fact.doc]
    if fact.items:
        members = ", ".join(f"`{name}` {each.value.replace('_', ' ')}" for name, each in fact.items.items())
        meaning.append(f"members: {members}")
    if fact.choices:
        meaning.append("one of " + ", ".join(f"`{choice}`" for choice in fact.choices))
    return (
        f"`{fact.name}`",
        kind,
        _ABSENT[fact.presence],
        _WHO[fact.origin],
        "; ".join(each for each in meaning if each),
    )

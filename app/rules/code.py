"""Writes Python code for a checked tree: when it is surely true, when it is surely false, and what it is worth.

A three-valued condition needs no third value at run time. Two ordinary conditions say everything: ``true(node)`` and
``false(node)``; where neither holds, the answer is unknown. ``and``, ``or`` and ``not`` then are De Morgan on the two.
A number, text or list is unknown where one of its ``known`` conditions fails.

Facts stand in local variables (None: absent), instants and durations as microseconds. The code is put together from
checked nodes and ``repr`` of checked literals only, never from a pack's text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.rules.tree import (
    And,
    Arithmetic,
    Comparison,
    FactRef,
    Function,
    IsNone,
    ItemRef,
    Literal,
    Matches,
    Membership,
    Node,
    Not,
    Now,
    Or,
    OverriddenRef,
    Quantifier,
    walk,
)
from app.values.facts import Presence

_MICROSECONDS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86_400 * 10**6}
_OPPOSITE = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
NEVER = "False"
ALWAYS = "True"


@dataclass(slots=True)
class Coder:
    """Writes code for the trees of one event kind; collects the variables and patterns the code needs.

    ``variables`` holds the names of facts and the keys of overridden parameters, ``patterns`` those looked for in
    texts; each with the name that stands for it in the code.
    """

    variables: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)

    def variable(self, name: str) -> str:
        """The local variable a fact stands in."""
        return self.variables.setdefault(name, f"v{len(self.variables)}")

    def true(self, node: Node) -> str:
        """Code that holds exactly where the condition is surely true."""
        return self._condition(node, wanted=True)

    def false(self, node: Node) -> str:
        """Code that holds exactly where the condition is surely false."""
        return self._condition(node, wanted=False)

    def known(self, node: Node) -> list[str]:
        """Conditions that must all hold for the value to be known."""
        match node:
            case FactRef():
                return [f"{self.variable(node.fact.name)} is not None"]
            case Arithmetic(operator="//") if not isinstance(node.right, Literal):
                return [*self.known(node.left), *self.known(node.right), f"{self.worth(node.right)} != 0"]
            case Arithmetic():
                return _once([*self.known(node.left), *self.known(node.right)])
            case Function():
                return _once([code for argument in node.arguments for code in self.known(argument)])
            case Quantifier():
                return [*self.known(node.source), *self._items_known(node)]
            case _:
                return []

    def worth(self, node: Node) -> str:  # noqa: PLR0911 - one return a kind of node
        """Code of the value, to be run only where it is known."""
        match node:
            case Literal():
                return repr(node.value)
            case FactRef():
                return self.variable(node.fact.name)
            case OverriddenRef():
                return self.variable(node.key)
            case ItemRef():
                return f"i_{node.variable}" + ("" if node.member is None else f"[{node.member!r}]")
            case Now():
                return "now"
            case Arithmetic():
                return f"({self.worth(node.left)} {node.operator} {self.worth(node.right)})"
            case Function():
                return self._function(node)
            case Quantifier():
                return self._total(node)
            case _:
                raise AssertionError(f"{type(node).__name__} has no worth")

    def _condition(self, node: Node, *, wanted: bool) -> str:  # noqa: C901, PLR0911 - one return a kind of node
        match node:
            case Not():
                return self._condition(node.part, wanted=not wanted)
            case And() | Or():
                word = " and " if isinstance(node, And) is wanted else " or "
                return "(" + word.join(self._condition(part, wanted=wanted) for part in node.parts) + ")"
            case Quantifier():
                return self._quantified(node, wanted=wanted)
            case Literal():
                return ALWAYS if bool(node.value) is wanted else NEVER
            case FactRef():
                return f"({self.variable(node.fact.name)} is {wanted})"
            case OverriddenRef():
                return f"({self.variable(node.key)} is {wanted})"
            case ItemRef():
                return self.worth(node) if wanted else f"(not {self.worth(node)})"
            case Comparison():
                return self._comparison(node, wanted=wanted)
            case IsNone():
                return f"({self.variable(node.of.fact.name)} is {'' if wanted else 'not '}None)"
            case Membership():
                needed = _once([*self._left_known(node.left), *self.known(node.right)])
                operator = "in" if wanted else "not in"
                return _all([*needed, f"{self.worth(node.left)} {operator} {self.worth(node.right)}"])
            case Matches():
                found = f"found({self._pattern(node.pattern)}, {self.worth(node.text)})"
                return _all([*self.known(node.text), found if wanted else f"not {found}"])
            case _:
                raise AssertionError(f"{type(node).__name__} is no condition")

    def _comparison(self, node: Comparison, *, wanted: bool) -> str:
        operator = node.operator if wanted else _OPPOSITE[node.operator]
        if node.operator == "==":
            needed = _once([*self._left_known(node.left), *self._left_known(node.right)])
        else:
            needed = _once([*self.known(node.left), *self.known(node.right)])
        return _all([*needed, f"{self.worth(node.left)} {operator} {self.worth(node.right)}"])

    def _left_known(self, node: Node) -> list[str]:
        """For ``==`` and the left of ``in``, the None of a nullable fact is an ordinary value."""
        if isinstance(node, FactRef) and node.fact.presence is Presence.NULLABLE:
            return []
        return self.known(node)

    def _function(self, node: Function) -> str:
        values = [self.worth(argument) for argument in node.arguments]
        if node.name == "neg":
            return f"(-{values[0]})"
        if node.name == "clamp":
            value, low, high = values
            return f"min(max({value}, {low}), {high})"
        if node.name in _MICROSECONDS:
            return f"({values[0]} * {_MICROSECONDS[node.name]})"
        return f"{node.name}({', '.join(values)})"

    def _quantified(self, node: Quantifier, *, wanted: bool) -> str:
        """``any`` is surely false where all items surely fail, and ``all`` is the mirror of it."""
        one = (node.name == "any") is wanted
        body = self._condition(node.body, wanted=wanted)
        parts = [body]
        if node.condition is not None:
            parts.insert(0, self.true(node.condition) if one else self.false(node.condition))
        inner = (" and " if one else " or ").join(parts)
        source = self.worth(node.source)  # an empty list is answered at once: most uploads have no hits
        loop = f"any({inner} {self._loop(node)})" if one else f"all({inner} {self._loop(node)})"
        return _all([*self.known(node.source), f"({source} and {loop})" if one else f"(not {source} or {loop})"])

    def _total(self, node: Quantifier) -> str:
        wanted = self._counted(node)
        value = "1" if node.name == "count" else self.worth(node.body)
        return f"sum({value} {self._loop(node)}{f' if {wanted}' if wanted else ''})"

    def _counted(self, node: Quantifier) -> str:
        parts = [] if node.condition is None else [self.true(node.condition)]
        if node.name == "count":
            parts.append(self.true(node.body))
        return " and ".join(parts)

    def _items_known(self, node: Quantifier) -> list[str]:
        """A sum or count is known where every item surely stays out or surely adds a known number."""
        if not may_be_unknown(node.body) and (node.condition is None or not may_be_unknown(node.condition)):
            return []
        out = [] if node.condition is None else [self.false(node.condition)]
        into = [] if node.condition is None else [self.true(node.condition)]
        if node.name == "count":
            out.append(self.false(node.body))
            into.append(self.true(node.body))
        else:
            into.extend(self.known(node.body))
        choices = [*out, _all(into)] if into else [*out, ALWAYS]
        return [f"all({' or '.join(choices)} {self._loop(node)})"]

    def _loop(self, node: Quantifier) -> str:
        return f"for i_{node.variable} in {self.worth(node.source)}"

    def _pattern(self, pattern: str) -> str:
        return self.patterns.setdefault(pattern, f"p{len(self.patterns)}")


def may_be_unknown(node: Node) -> bool:
    """Whether some event could leave the node unknown: it asks for a fact, or divides by what may be zero."""
    return any(
        isinstance(part, FactRef)
        or (isinstance(part, Arithmetic) and part.operator == "//" and not isinstance(part.right, Literal))
        for part in walk(node)
    )


def _once(codes: list[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _all(codes: list[str]) -> str:
    return "(" + " and ".join(codes) + ")"

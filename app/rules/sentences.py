"""Says what a part of a condition came to: ``category = tea 不在 保健食品类目 中``, or the same in English.

A sentence states what is the case, not what the rule would like, so it stays true under any number of ``not``. Texts
of the content never stand in it: values come from ``Shower``, which withholds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.rules.evidence import asked_kinds
from app.rules.interpret import UNKNOWN, Sight, Truth, truth, worth
from app.rules.phrases import Phrases, phrases
from app.rules.sight import SeenValue, Shower, instant_text
from app.rules.tree import (
    Comparison,
    FactRef,
    IsNone,
    Literal,
    Matches,
    Membership,
    Node,
    Not,
    Quantifier,
    Type,
)
from app.rules.written import Written

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says sentences about the parts of one rule, in the language of its shower."""

    shower: Shower
    words: Phrases = field(init=False)

    def __post_init__(self) -> None:
        """Takes the phrases of the language."""
        object.__setattr__(self, "words", phrases(self.shower.language))

    def leaf(self, node: Node, text: Written, sight: Sight) -> str:
        """What a part without parts of its own came to."""
        node = node.part if isinstance(node, Not) else node  # != and not in: the sentence states what is the case
        outcome = truth(node, sight)
        if outcome is None:
            return self.unknown(node, text, sight)
        return self._said(node, text, sight, outcome)

    def unknown(self, node: Node, text: Written, sight: Sight) -> str:
        """Why a part cannot be known."""
        absent = [each.name for each in self.shower.values(node, sight) if each.state == "absent"]
        why = self.words.say("lacks", names=self.names(absent)) if absent else self.words.say("by_zero")
        return why if text.text in absent else self.words.say("so_unknown", why=why, text=_cut(text.text))

    def walk(self, node: Quantifier, outcome: Truth, looked_at: int, item: int | None, text: Written) -> str:
        """What ``any`` or ``all`` found; ``item`` is the place of the deciding item from 0."""
        say = self.words.say
        name = self._source(node, text)
        if not looked_at:
            return say("empty_any" if node.name == "any" else "empty_all", name=name)
        place = say("place", number=(item or 0) + 1)
        if outcome is None:
            found = say("place_unknown", place=place)
        elif node.name == "all":
            found = say("all_fit") if outcome else say("place_fails", place=place)
        elif outcome:
            found = say("place_fits", place=place)
        else:
            found = say("nearest" if looked_at > 1 else "none_fits", place=place)
        return say("items", name=name, count=looked_at, found=found)

    def about(self, said: str, reasons: Sequence[str]) -> str:
        """What was found, and what decided it."""
        comma = "，" if self.words.language == "zh" else ", "
        return said + self.words.colon + comma.join(reasons)

    def count(self, count: int, held: int) -> str:
        """How many parts of an ``and`` or ``or`` hold."""
        return self.words.say("held", count=count, held=held)

    def negated(self, text: str, outcome: Truth) -> str:
        """What stands inside a ``not`` came to."""
        return self.words.say({True: "not_true", False: "not_false", None: "not_unknown"}[outcome], text=text)

    def names(self, names: Sequence[str]) -> str:
        """Facts by name, one behind the other."""
        return self.words.comma.join(self.words.named(each) for each in names)

    def _source(self, node: Quantifier, text: Written) -> str:
        if not text.sides:
            return self.words.say("list")
        return self.words.named(text.sides[0]) if isinstance(node.source, FactRef) else text.sides[0]

    def _said(self, node: Node, text: Written, sight: Sight, outcome: bool) -> str:
        say = self.words.say
        match node:
            case Comparison():
                return self._compared(node, text, sight, outcome=outcome)
            case Membership():
                sides = self._sides(node, text, sight, say("among" if outcome else "not_among"))
                return self.words.spaced(sides, say("among_end")) if say("among_end") else sides
            case IsNone():
                side = self._side(node.of, node.of.fact.name, sight)
                return side if outcome else say("given", side=side)
            case Matches():
                subject = self._side(node.text, text.text, sight)
                return self.words.spaced(
                    subject, say("matches" if outcome else "matches_not"), f"“{_cut(node.pattern)}”"
                )
            case Quantifier():
                return self._evidence(node, held=outcome)
            case _:
                seen = self.shower.value(node, sight)
                return say("true" if outcome else "false", text=text.text if seen is None else self._called(seen))

    def _compared(self, node: Comparison, text: Written, sight: Sight, *, outcome: bool) -> str:
        if (node.operator, outcome) == ("==", True) and type(node.right) is Literal:
            left = text.sides[0] if text.sides else text.text
            return self._side(node.left, left, sight, key="is")  # “category = tea”, and not that this equals tea
        signs = self.words.instant_signs if node.left.type is Type.INSTANT else self.words.signs
        return self._sides(node, text, sight, signs[node.operator, outcome])

    def _sides(self, node: Comparison | Membership, text: Written, sight: Sight, sign: str) -> str:
        one, other = text.sides if len(text.sides) == len(("left", "right")) else (text.text, text.text)
        left, seen = self._side(node.left, one, sight), self.shower.value(node.left, sight)
        if seen is not None and seen.state == "absent":
            left += "，" if self.words.language == "zh" else ","
        return self.words.spaced(left, sign, self._side(node.right, other, sight))

    def _side(self, node: Node, text: str, sight: Sight, key: str = "value") -> str:
        seen = self.shower.value(node, sight)
        if seen is not None:
            return self._state(seen, key)
        if isinstance(node, Literal):
            return self._quoted(node.value)
        value = worth(node, sight)
        if value is UNKNOWN or isinstance(node, FactRef):
            return text
        return self.words.say(key, name=_cut(text), value=self._worked_out(node, value))

    def _called(self, seen: SeenValue) -> str:
        if seen.what == "parameter":
            return seen.title or seen.name
        is_member = seen.what == "item" and self.words.language == "en"  # “h category” is nobody's English
        return self.words.named(seen.name.rpartition(".")[2] if is_member else seen.name)

    def _state(self, seen: SeenValue, key: str) -> str:
        say, name, is_parameter = self.words.say, self._called(seen), seen.what == "parameter"
        if seen.state == "absent":
            return say("absent", name=name)
        if seen.state == "withheld":
            return say("withheld", name=name, length=seen.length)
        if isinstance(seen.value, list):
            return name if is_parameter else say(key, name=name, value=self._quoted(tuple(seen.value)))
        unit = self.words.units.get(seen.unit or "", "") if isinstance(seen.value, int) else ""
        return say(key, name=name, value=f"{self._plain(seen.value)}{unit}")

    def _evidence(self, node: Quantifier, *, held: bool) -> str:
        kinds = asked_kinds(node)
        if kinds is None:
            return self.words.say("evidence_lapsed" if held else "evidence_not_lapsed")
        titles = [each.title if self.words.language == "zh" else each.name.replace("_", " ") for each in kinds]
        named = self.words.comma.join(titles) or self.words.say("some_evidence")
        return self.words.say("evidence" if held else "no_evidence", named=named)

    def _plain(self, value: object) -> str:
        if isinstance(value, bool):
            return self.words.say("yes" if value else "no")
        return "“”" if value == "" else _cut(str(value))

    def _quoted(self, value: object) -> str:
        if isinstance(value, tuple | list):
            return self.words.listed([self._plain(each) for each in value])
        return f"“{_cut(value)}”" if isinstance(value, str) else self._plain(value)

    def _worked_out(self, node: Node, value: Any) -> str:
        if node.type is Type.DURATION:
            return self.words.span(value)
        if node.type is Type.INSTANT:
            return instant_text(value)
        return f"{value}{self.words.units.get((node.unit or ('',))[0], '') if len(node.unit or ()) == 1 else ''}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

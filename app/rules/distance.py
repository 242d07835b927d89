"""How far a condition is from holding: the fewest of its parts that would have to come out differently.

An ``and`` needs every part, an ``or`` the nearest; ``not`` turns the question round. A walk with ``any`` needs its
nearest item, and over an empty list an item of which every part holds. Zero says exactly that the condition holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.rules.interpret import UNKNOWN, Sight, truth, walked, worth
from app.rules.tree import And, Node, Not, Or, Quantifier, Type


def distance(node: Node, sight: Sight, *, wanted: bool) -> int:
    """How many parts are in the way of the condition's surely being ``wanted``."""
    match node:
        case Not():
            return distance(node.part, sight, wanted=not wanted)
        case And() | Or():
            each = [distance(part, sight, wanted=wanted) for part in node.parts]
            return sum(each) if isinstance(node, And) is wanted else min(each)
        case Quantifier(type=Type.BOOL):
            found = item_distances(node, sight, wanted=wanted)
            if found is None:
                return 1
            one = (node.name == "any") is wanted
            return min(found, default=leaves(node)) if one else sum(found)
        case _:
            return int(truth(node, sight) is not wanted)


def item_distances(node: Quantifier, sight: Sight, *, wanted: bool) -> Sequence[int] | None:
    """For each item how far it is from doing its share; None where the list is unknown."""
    source = worth(node.source, sight)
    if source is UNKNOWN:
        return None
    is_any = node.name == "any"
    return [_item(node, each, is_any=is_any, wanted=wanted) for each in walked(node, source, sight)]


def leaves(node: Node) -> int:
    """How many parts that have no parts of their own a condition has."""
    match node:
        case Not():
            return leaves(node.part)
        case And() | Or():
            return sum(leaves(part) for part in node.parts)
        case Quantifier(type=Type.BOOL):
            return leaves(node.body) + (0 if node.condition is None else leaves(node.condition))
        case _:
            return 1


def _item(node: Quantifier, sight: Sight, *, is_any: bool, wanted: bool) -> int:
    """An item of ``any`` needs its test and its body; one of ``all`` the body, or that its test fails."""
    body = distance(node.body, sight, wanted=wanted)
    if node.condition is None:
        return body
    test = distance(node.condition, sight, wanted=wanted if is_any else not wanted)
    return body + test if is_any is wanted else min(body, test)

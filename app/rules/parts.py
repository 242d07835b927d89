"""Takes a condition apart: a tree of what is written, each part with what it came to and the values it saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.rules.distance import item_distances
from app.rules.interpret import UNKNOWN, Sight, Truth, item_truth, truth, walked, worth
from app.rules.sentences import Speaker
from app.rules.sight import SeenValue
from app.rules.tree import And, FactRef, Node, Not, Or, Quantifier, Type, walk
from app.rules.written import Written

Kind = Literal["and", "or", "not", "any", "all", "test"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a condition.

    ``path`` counts from 0 on the way down (``1.0``; empty for the whole), ``outcome`` is None where it cannot be
    known. ``looked_at`` and ``item`` belong to a walk over a list: how many items there were, and the place, from 0,
    of the one that ``parts`` are about: the item that decided, or else the one that came nearest.
    """

    path: str
    kind: Kind
    text: str
    outcome: Truth
    sentence: str
    values: tuple[SeenValue, ...] = ()
    parts: tuple[Part, ...] = ()
    looked_at: int | None = None
    item: int | None = None


def take_apart(node: Node, text: Written, sight: Sight, speaker: Speaker, path: str = "") -> Part:
    """The part for a node of the checked tree and the text it was written as."""
    outcome = truth(node, sight)
    match node:
        case And() | Or():
            inner = _inner(node.parts, text, sight, speaker, path)
            held = sum(part.outcome is True for part in inner)
            kind: Kind = "and" if isinstance(node, And) else "or"
            return Part(path, kind, text.text, outcome, speaker.count(len(inner), held), parts=inner)
        case Not() if text.parts:
            inner = _inner((node.part,), text, sight, speaker, path)
            said = speaker.negated(inner[0].text, inner[0].outcome)
            return Part(path, "not", text.text, outcome, said, parts=inner)
        case Quantifier(type=Type.BOOL) if text.parts:  # without: a question to the registry, written as one call
            return _walk(node, text, sight, speaker, path)
        case _:
            said = speaker.leaf(node, text, sight)
            return Part(path, "test", text.text, outcome, said, speaker.shower.values(node, sight))


def reasons(part: Part) -> list[str]:
    """What decided a part: all of an ``and`` that holds, the first that failed in one that does not, and so on."""
    if part.kind not in ("and", "or", "not"):
        return [part.sentence]
    if part.kind == "not":
        return reasons(part.parts[0])
    deciding = [each for each in part.parts if each.outcome is part.outcome]
    needs_all = (part.kind == "and") is part.outcome
    return [reason for each in (deciding if needs_all else deciding[:1]) for reason in reasons(each)]


def first_failed(part: Part) -> str:
    """The path of the first part, in the order of the text, that failed or could not be known."""
    if part.kind in ("and", "or"):
        return first_failed(next(each for each in part.parts if each.outcome is part.outcome))
    return part.path


def met(part: Part) -> int:
    """How many parts hold on something that was given, in contrast to what holds for want of anything."""
    if part.kind == "test":
        return int(
            part.outcome is True and any(each.what != "parameter" and each.state != "absent" for each in part.values)
        )
    return sum(met(each) for each in part.parts)


def is_touched(part: Part) -> bool:
    """Whether anything the condition asks of the event was given at all."""
    given = any(each.what in ("fact", "item") and each.state != "absent" and each.length != 0 for each in part.values)
    return given or any(is_touched(each) for each in part.parts)


def missing_facts(node: Node, sight: Sight) -> Iterator[str]:
    """The absent facts for want of which a condition is unknown, in any order and number."""
    if isinstance(node, Not):
        yield from missing_facts(node.part, sight)
    elif truth(node, sight) is None:
        if isinstance(node, And | Or):
            for part in node.parts:
                yield from missing_facts(part, sight)
        else:
            names = [each.fact.name for each in walk(node) if isinstance(each, FactRef)]
            yield from [name for name in names if sight.facts.get(name) is None] or names


def _inner(nodes: Sequence[Node], text: Written, sight: Sight, speaker: Speaker, path: str) -> tuple[Part, ...]:
    pairs = zip(nodes, text.parts, strict=True)
    above = f"{path}." if path else ""
    return tuple(take_apart(node, said, sight, speaker, f"{above}{at}") for at, (node, said) in enumerate(pairs))


def _walk(node: Quantifier, text: Written, sight: Sight, speaker: Speaker, path: str) -> Part:
    outcome, kind, source = truth(node, sight), _kind(node), worth(node.source, sight)
    values = speaker.shower.values(node.source, sight)
    if source is UNKNOWN:
        return Part(path, kind, text.text, outcome, speaker.unknown(node.source, text, sight), values)
    sights = list(walked(node, source, sight))
    item = _deciding(node, sights, outcome, sight)
    said = speaker.walk(node, outcome, len(sights), item, text)
    if item is None:
        return Part(path, kind, text.text, outcome, said, values, looked_at=len(sights))
    nodes = (node.body,) if node.condition is None else (node.body, node.condition)
    inner = _inner(nodes, text, sights[item], speaker, path)
    if outcome is not True or kind == "any":
        said = speaker.about(said, list(_about(inner, node, outcome)))
    return Part(path, kind, text.text, outcome, said, values, inner, len(sights), item)


def _kind(node: Quantifier) -> Kind:
    return "any" if node.name == "any" else "all"


def _deciding(node: Quantifier, sights: Sequence[Sight], outcome: Truth, sight: Sight) -> int | None:
    """The place of the item to show: the first that says what the whole says, else the nearest, if any."""
    if not sights or (outcome is True and node.name == "all"):
        return None
    if outcome is False and node.name == "any":
        far = item_distances(node, sight, wanted=True) or ()
        return min(range(len(sights)), key=far.__getitem__)
    return next(at for at, each in enumerate(sights) if item_truth(node, each) is outcome)


def _about(inner: Sequence[Part], node: Quantifier, outcome: Truth) -> Iterator[str]:
    """What the shown item's parts came to, as far as it decided."""
    body, *test = inner
    if outcome is True or node.name == "all":
        yield from (reason for part in (*test, body) for reason in reasons(part))
        return
    yield from (reason for part in (*test, body) if part.outcome is outcome for reason in reasons(part))

"""The event kind, the parameters and the pack the evaluators are compared on, and what an expression must be like."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence

from app.rules.expression import MAX_LENGTH, MAX_NODES
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from tests.parts.rules.writer import LONG_TEXTS, NOW

__all__ = ["KIND", "NOW", "PARAMETERS", "UNITS", "asking", "is_fit", "pack_files"]

ITEMS = {"k": FactType.TEXT, "n": FactType.INT, "b": FactType.BOOL, "at": FactType.INSTANT, "a_fen": FactType.INT}
_TYPES = {"i": FactType.INT, "t": FactType.TEXT, "b": FactType.BOOL, "a": FactType.INSTANT, "l": FactType.TEXT_LIST}
_PRESENCE = {"r": Presence.REQUIRED, "n": Presence.NULLABLE, "e": Presence.EXPECTED}

KIND = EventKind(
    name="fuzz.event",
    subject="nothing",
    facts=tuple(
        fact
        for letter, presence in _PRESENCE.items()
        for fact in (
            *(Fact(f"{letter}.{kind}", each, presence, Origin.SENT) for kind, each in _TYPES.items()),
            *(Fact(f"{letter}.{unit}", FactType.INT, presence, Origin.SENT, unit=unit) for unit in ("fen", "bp")),
            Fact(f"{letter}.rows", FactType.RECORD_LIST, presence, Origin.COMPUTED, items=ITEMS),
        )
    ),
)
PARAMETERS: Mapping[str, int | bool | str | tuple[str, ...]] = {
    "p0": 0,
    "p1": 1,
    "p5": 5,
    "m7": -7,
    "big": 10**15,
    "cap_fen": 500,
    "rate_bp": 250,
    "flag_on": True,
    "word": "food",
    "words": ("food", "药品", "a'b"),
    "two_days": 2,
    # an override could say what a pack cannot, a text of more than 500 characters
    "long": LONG_TEXTS[0],
    "longer": LONG_TEXTS[2],
    "widest": "x" * 65_536,
}
UNITS = dict.fromkeys(("word", "words", "long", "longer", "widest"), "text") | {
    "flag_on": "flag",
    "two_days": "days",
    "cap_fen": "fen",
    "rate_bp": "bp",
}


def asking(text: str) -> str:
    """The condition, with a fact in it if it had none."""
    return text if re.search(r"\b[rne]\.|\bnow\b", text) else f"({text} or r.b)"


def is_fit(text: str) -> bool:
    """Whether the language takes an expression of this size."""
    return len(text) <= MAX_LENGTH and sum(1 for _ in ast.walk(ast.parse(text))) <= MAX_NODES


def pack_files(
    conditions: Sequence[str], *, missing: str = "review", overrides: Mapping[str, object] | None = None
) -> dict[str, str]:
    """A pack of one rule per condition; JSON is YAML. Their examples are there because a pack needs them.

    ``overrides`` are values that parameters have for the shop ``s``.
    """
    rules = [
        {
            "id": f"F0-{number:02d}",
            "title": "fuzz",
            "on": KIND.name,
            "status": "live",
            "effective": {"from": "2020-01-01", "review_by": "2099-01-01"},
            "references": ["law"],
            "when": condition,
            "then": ["block"],
            "reason": "fuzz",
            "missing": missing,
        }
        for number, condition in enumerate(conditions)
    ]
    parameters: dict[str, dict[str, object]] = {
        name: {"default": value, "unit": UNITS.get(name, "count"), "origin": "engineering"}
        for name, value in PARAMETERS.items()
        if not isinstance(value, str) or len(value) <= 500
    }
    for name, value in (overrides or {}).items():
        parameters[name]["overrides"] = [{"where": {"shop": "s"}, "value": value}]
    pack = {
        "pack": "fuzz",
        "title": "fuzz",
        "owner": "fuzz",
        "references": {"law": {"text": "law", "confidence": "法条"}},
        "parameters": parameters,
        "rules": rules,
    }
    side = {side: [{"name": side, "facts": {}}] for side in ("fires", "quiet")}
    examples = {"examples": {rule["id"]: side for rule in rules}}
    return {"fuzz/pack.yaml": json.dumps(pack, ensure_ascii=False), "fuzz/examples.yaml": json.dumps(examples)}

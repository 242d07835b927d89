"""The event kind, the parameters and the pack the evaluators are compared on, and what an expression must be like."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import partial

from app.rules.expression import MAX_LENGTH, MAX_NODES
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from tests.parts.rules.condition_pack import condition_pack
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


pack_files = partial(condition_pack, kind=KIND.name, parameters=PARAMETERS, units=UNITS)

"""How an officer likes to look at hard things: media veiled or not, and when to be reminded of a break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.errors import InvalidInput, Problem

MINUTES = (0, 30, 45, 60, 90, 120)
SEVERE = (0, 5, 10, 20, 30, 50)


class Veil(StrEnum):
    """How media look before the officer asks to see them plainly."""

    BY_CATEGORY = "by_category"
    BLUR = "blur"
    GREY = "grey"
    BOTH = "both"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Comfort:
    """One officer's choice. Minutes of work and severe cases after which a break is advised; 0: never."""

    veil: Veil = Veil.BY_CATEGORY
    break_minutes: int = 60
    severe_cases: int = 20

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Comfort:
        """From how it is kept with the officer; what nobody chose is the default."""
        own = cls()
        return cls(
            Veil(kept.get("veil", own.veil)),
            int(kept.get("break_minutes", own.break_minutes)),
            int(kept.get("severe_cases", own.severe_cases)),
        )

    @classmethod
    def chosen(cls, veil: str, break_minutes: str, severe_cases: str) -> Comfort:
        """From a form; raises InvalidInput naming everything that is wrong."""
        problems = []
        if veil not in set(Veil):
            problems.append(Problem("veil", veil[:20], ", ".join(Veil)))
        offered = {"break_minutes": (break_minutes, MINUTES), "severe_cases": (severe_cases, SEVERE)}
        for field, (sent, known) in offered.items():
            if sent not in map(str, known):
                problems.append(Problem(field, sent[:20], ", ".join(map(str, known))))
        if problems:
            raise InvalidInput("the choice is wrong", problems=problems)
        return cls(Veil(veil), int(break_minutes), int(severe_cases))

    def as_kept(self) -> dict[str, Any]:
        """How it is kept."""
        return {"veil": str(self.veil), "break_minutes": self.break_minutes, "severe_cases": self.severe_cases}

    def veils(self, category: str, *, grey_categories: frozenset[str]) -> tuple[str, ...]:
        """How media of a category look at first: any of ``blur`` and ``grey``."""
        if self.veil is Veil.BY_CATEGORY:
            return ("blur", "grey") if category in grey_categories else ("blur",)
        return {Veil.BOTH: ("blur", "grey"), Veil.BLUR: ("blur",), Veil.GREY: ("grey",)}.get(self.veil, ())

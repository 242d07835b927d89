"""The penalty ladder: how many strike points bring a shop or an author onto which step."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import InvalidInput, Problem

STEPS = ("none", "warned", "limited", "suspended", "closed")
POINTS_BY_SEVERITY = {1: 1, 2: 1, 3: 2, 4: 3, 5: 6}
"""Points of one strike. Set by us, not by a law: a deployment moves the steps instead."""
_STEP = re.compile(r"(\d{1,4})=([a-z]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ladder:
    """(points, step), rising."""

    steps: tuple[tuple[int, str], ...]

    def step(self, points: int) -> str:
        """The step on which so many points stand."""
        reached = [name for needed, name in self.steps if points >= needed]
        return reached[-1] if reached else "none"

    def missing(self, points: int) -> tuple[int, str] | None:
        """The next step, and how many points it is away; None on the last."""
        return next(((needed - points, name) for needed, name in self.steps if needed > points), None)


def read_ladder(text: str) -> Ladder:
    """The ladder from ``3=warned,6=limited``; raises InvalidInput."""
    steps: list[tuple[int, str]] = []
    for part in (each.strip() for each in text.split(",")):
        found = _STEP.fullmatch(part)
        is_higher = found is not None and int(found[1]) > (steps[-1][0] if steps else 0)
        if found is None or found[2] not in STEPS[1:] or not is_higher:
            expected = f"POINTS=STEP, points rising; steps: {', '.join(STEPS[1:])}"
            raise InvalidInput("the penalty ladder is wrong", problems=[Problem("penalty_ladder", part[:40], expected)])
        steps.append((int(found[1]), found[2]))
    return Ladder(tuple(steps))

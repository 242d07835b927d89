"""Sign-offs as values: who answers for which number or rule, on what basis, from when to when.

Rules ask for them and a register keeps them, and the two are neighbours that never import each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

ObjectType = Literal["parameter", "rule"]
Mark: TypeAlias = tuple[int, int]
"""How many sign-offs were ever approved, and of these withdrawn: it moves exactly when what is in force changes."""
NO_MARK: Mark = (0, 0)
SIGNED = ("object_type", "pack", "name", "value")
"""What names the very thing that was signed off; as it is kept with what rests on it."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """One approved sign-off; ``valid_from`` and ``valid_to`` are days in China, both included."""

    id: str
    object_type: ObjectType
    pack: str
    name: str
    value: object
    basis: str
    signed_by: str
    approved_by: str
    valid_from: date
    valid_to: date | None = None

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class SignOffs:
    """The sign-offs an evaluation goes by. Two are equal when they hold the same."""

    def __init__(self, sign_offs: Iterable[SignOff] = ()) -> None:
        self.all = tuple(sign_offs)
        self._found: dict[tuple[str, str, str, str], list[SignOff]] = {}
        for each in self.all:
            self._found.setdefault((each.object_type, each.pack, each.name, written(each.value)), []).append(each)

    def find(self, object_type: ObjectType, pack: str, name: str, *, value: object, day: date) -> SignOff | None:
        """The first sign-off in force for exactly this value, or None."""
        signed = self._found.get((object_type, pack, name, written(value)), ())
        return next((each for each in signed if each.is_in_force(day)), None)

    def still_hold(self, signed: Iterable[Mapping[str, Any]], *, day: date) -> bool:
        """Whether everything that was kept by ``SIGNED`` is signed off on that day too."""
        return all(
            self.find(each["object_type"], each["pack"], each["name"], value=each["value"], day=day) for each in signed
        )


def written(value: object) -> str:
    """A parameter's value as JSON: ``1``, ``true`` and ``"1"`` are three values, a list and a tuple of texts one."""
    return json.dumps(value, ensure_ascii=False)


NOTHING_SIGNED = SignOffs()

"""What was told of the last so many keys, for archives in which the same is asked again and again.

Two halves, of which the older is forgotten whole when the younger is full: as cheap as one dictionary, and what is
asked often stays.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Told = TypeVar("Told")


class Recent(Generic[Key, Told]):
    """Holds the last ``half`` keys at least, at most twice those and what is kept at once. For one thread."""

    def __init__(self, half: int) -> None:
        self._half = half
        self._young: dict[Key, Told] = {}
        self._old: dict[Key, Told] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def among(self, keys: Iterable[Key]) -> dict[Key, Told]:
        """What was told of those of the keys that are known."""
        young, old = self._young, self._old
        return {key: young[key] if key in young else old[key] for key in keys if key in young or key in old}

    def keep(self, told: Mapping[Key, Told]) -> None:
        """Remember these as the last that were asked about; also those that were known."""
        self._young |= told
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}

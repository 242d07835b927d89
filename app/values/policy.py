"""Parameters of the rule packs as other parts ask for them: by pack and name, with the value that holds for a shop.

It stands on the ground floor because deadlines and aggregates need the numbers and may not know the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

_UNITS = {"seconds", "minutes", "hours", "days"}


@dataclass(frozen=True, slots=True)
class Policy:
    """Values by ``pack.name``; what no pack has is None, and then nothing rests on it."""

    defaults: Mapping[str, object] = field(default_factory=dict)
    applied: Mapping[str, object] = field(default_factory=dict)

    def get(self, name: str) -> object | None:
        """The value that holds."""
        return self.applied.get(name, self.defaults.get(name))

    def count(self, name: str) -> int | None:
        """A whole number."""
        value = self.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def span(self, name: str) -> timedelta | None:
        """A length of time; the name ends in its unit, such as ``spot_dispatch_hours``."""
        value, unit = self.count(name), name.rpartition("_")[2]
        assert unit in _UNITS, "a span's name ends in its unit"
        return None if value is None else timedelta(**{unit: value})

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        value = self.get(name)
        return value if isinstance(value, tuple) else (value,) if isinstance(value, str) and value else ()

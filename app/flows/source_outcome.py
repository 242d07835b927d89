"""What became of one source in one refresh."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a source: ``unchanged``, ``active``, ``held`` or ``failed``. ``files`` are those it gave."""

    state: str
    error: str | None = None
    snapshot_id: str | None = None
    holds: tuple[str, ...] = ()
    summary: str = ""
    files: tuple[str, ...] = ()
    encodings: tuple[tuple[str, str], ...] = ()
    folder_id: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        told = asdict(self) | {"encodings": dict(self.encodings)}
        return {name: value for name, value in told.items() if value and name not in {"files", "folder_id"}}

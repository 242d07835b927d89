"""Whose figures are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Whose:
    """Of which shop, as of when, and of whom: references in every spelling, or None for everybody."""

    shop_id: str
    as_of: datetime
    refs: Sequence[str] | None = None

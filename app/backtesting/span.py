"""Which screenings a backtest looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.backtesting.tally import rank


@dataclass(frozen=True, slots=True)
class Span:
    """Screenings from ``from_at`` until before ``to_at``; ``most`` of ``total`` are chosen, all when it is None."""

    from_at: datetime
    to_at: datetime
    shop_ids: tuple[str, ...] | None = None
    most: int | None = None
    total: int = 0

    def is_chosen(self, screening_id: str) -> bool:
        """Whether this one is among the about ``most`` chosen: evenly over the period, and always the same ones."""
        return self.most is None or rank(screening_id) * self.total < self.most << 64


class Place(NamedTuple):
    """Where a screening stands in the walk through a span."""

    shop_id: str
    created_at: datetime
    screening_id: str

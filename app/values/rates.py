"""How much a caller may ask for: a rate with a burst, kept as one instant (the generic cell rate algorithm).

``spent_until`` is when everything taken so far will have been earned back. One instant is all there is to store, to
share between processes and to compare, and it needs no clean-up: once it is past, the caller has its whole burst again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_minute`` units, of which ``burst_s`` seconds' worth may be used at once."""

    per_minute: int
    burst_s: int

    @property
    def burst(self) -> int:
        """Units that may be taken at once; at least one."""
        return max(1, self.per_minute * self.burst_s // 60)

    def cost(self, units: int) -> timedelta:
        """How long it takes to earn so many units back."""
        return timedelta(microseconds=-(-units * _MINUTE_US // self.per_minute))

    def left(self, spent_until: datetime | None, *, now: datetime) -> int:
        """Units that can be taken now; never below zero, though a debt may be."""
        if spent_until is None or spent_until <= now:
            return self.burst
        owed_us = (spent_until - now) // timedelta(microseconds=1)
        return max(0, self.burst - -(-owed_us * self.per_minute // _MINUTE_US))

    def taken(self, spent_until: datetime | None, units: int, *, now: datetime) -> datetime:
        """``spent_until`` after taking units, whether they were there or not."""
        begin = now if spent_until is None else max(spent_until, now)
        return begin + self.cost(units)

    def wait(self, spent_until: datetime, units: int, *, now: datetime) -> timedelta:
        """How long until so many units can be taken."""
        units = min(units, self.burst)
        return max(timedelta(0), spent_until - now - self.cost(self.burst - units))

"""The secrets of an endpoint: the newest for ever, an older one until its overlap ends; kept sealed, as JSON.

Older rows hold plain strings: secrets without an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret and the instant from which it does not sign any more; None: no end."""

    value: str
    until: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it still signs."""
        return self.until is None or now < self.until


def read_secrets(opened: bytes) -> tuple[Secret, ...]:
    """Secrets as they are kept, newest first."""
    kept = orjson.loads(opened)
    return tuple(
        Secret(each)
        if isinstance(each, str)
        else Secret(each["secret"], each["until"] and datetime.fromisoformat(each["until"]))
        for each in kept
    )


def write_secrets(secrets: Sequence[Secret]) -> bytes:
    """Secrets as they are kept."""
    return orjson.dumps([{"secret": each.value, "until": each.until} for each in secrets])


def rotated(secrets: Sequence[Secret], new: str, *, until: datetime, now: datetime) -> tuple[Secret, ...]:
    """The new secret before those that still sign; each of them ends with the overlap, or earlier if it was to."""
    still = [each for each in secrets if each.is_live(now)]
    ending = [Secret(each.value, until if each.until is None else min(each.until, until)) for each in still]
    return (Secret(new), *(each for each in ending if each.is_live(now)))

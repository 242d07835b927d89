"""What all of WeChat's messages share on their way to events of ours: times, ids, and what must be there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from app.events.stored import SentEvent
from app.values.given_instants import read_instant
from app.wechat.errors import Doubt, Untrusted

_YEAR_9000 = 221_845_392_000


def needed(value: str | None, name: str) -> str:
    """The value, or Untrusted: a message without what it is about cannot be used."""
    if not value:
        raise Untrusted(Doubt.MALFORMED, f"the message has no {name}")
    return value


def needed_number(value: int | None, name: str) -> int:
    """The whole number, or Untrusted."""
    if value is None:
        raise Untrusted(Doubt.MALFORMED, f"the message has no whole number {name}")
    return value


def from_seconds(seconds: int | None) -> datetime | None:
    """An instant from seconds since 1970; None for none, and for 0, which the platform writes for none."""
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < _YEAR_9000 else None


def from_rfc3339(text: str | None) -> datetime | None:
    """An instant from a text with an offset; None for anything else."""
    return read_instant(text)


def told(
    *, source: str, kind: str, shop_id: str, subject: str, at: datetime, facts: Mapping[str, Any], order: int = 0
) -> SentEvent:
    """An event whose id is made of what it says: told twice it is one event, told otherwise it is another.

    ``order`` sorts what is told about the same instant: the platform's time of its last change, in seconds.
    """
    said = {name: value for name, value in facts.items() if value is not None}
    digest = hashlib.sha256(orjson.dumps([kind, shop_id, subject, at, said], option=orjson.OPT_SORT_KEYS)).hexdigest()
    return SentEvent(f"{kind}:{order:010d}:{digest[:40]}", kind, source, shop_id, subject, at, said)

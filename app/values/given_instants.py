"""Instants as they stand in JSON columns."""

from __future__ import annotations

from datetime import datetime


def read_instant(text: object) -> datetime | None:
    """The instant of an RFC 3339 text with an offset; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None

"""The one place that asks what time it is; everything else takes ``now`` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, time-zone aware, in UTC."""
    return datetime.now(UTC)

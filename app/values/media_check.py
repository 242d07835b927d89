"""The result of one medium's check, as the platform sends it later."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaCheck:
    """``suggest`` is pass, review or risky, or None where ``errcode`` says that there is no conclusion."""

    trace_id: str
    suggest: str | None
    label: int | None
    errcode: int

"""What a check-up found: one thing, how grave it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """``fail`` is to be mended before the service is trusted, ``warn`` before it bites."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` says how it stands, ``todo`` what to do; an ``ok`` needs none."""

    check: str
    grade: Grade
    what: str
    todo: str = ""


def ok(check: str, what: str) -> Finding:
    """Nothing to do."""
    return Finding(check, Grade.OK, what)


def warn(check: str, what: str, todo: str) -> Finding:
    """To be mended before it bites."""
    return Finding(check, Grade.WARN, what, todo)


def fail(check: str, what: str, todo: str) -> Finding:
    """To be mended before the service is trusted."""
    return Finding(check, Grade.FAIL, what, todo)

"""One person, two spellings: orders say ``o-1``, the vault and consents ``buyer:o-1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, case, func

BUYER = "buyer:"


def canonical(ref: str) -> str:
    """The name without its kind."""
    return ref.removeprefix(BUYER)


def spellings(ref: str) -> tuple[str, str]:
    """Both ways to write a person's name."""
    return canonical(ref), BUYER + canonical(ref)


def spellings_of(refs: Iterable[str]) -> list[str]:
    """Every way these people may be written."""
    return [each for ref in refs for each in spellings(ref)]


def spelt(column: Any) -> ColumnElement[str]:
    """A column's canonical names, in SQL."""
    return case((column.like(f"{BUYER}%"), func.substr(column, len(BUYER) + 1)), else_=column)

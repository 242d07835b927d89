"""Counting one hour: every module of ``app/figures/counted`` says what it found, and all of it is added up.

A count is of one shop. The same count over all shops stands under the shop ``""``, so that a page about everything
reads as few rows as one about a single shop.
"""

from __future__ import annotations

import functools
import pkgutil
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from app.figures import counted as folder

ALL_SHOPS = ""
HOUR = timedelta(hours=1)
KEY_MAX, SIDE_MAX = 128, 16


class Cell(NamedTuple):
    """What a count is about."""

    figure: str
    shop_id: str
    key: str
    side: str


class Counted(Protocol):
    """What a module of the folder promises."""

    def count(self, session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, str, str, str, int]]:
        """(figure, shop, key, side, how many) of what happened from ``since`` until before ``until``."""


@functools.cache
def load_counted() -> Sequence[Counted]:
    """Every module of the folder; raises TypeError when one does not count."""
    found: list[Counted] = []
    for entry in sorted(pkgutil.iter_modules(folder.__path__), key=lambda each: each.name):
        module: Any = import_module(f"{folder.__name__}.{entry.name}")
        if not callable(getattr(module, "count", None)):
            raise TypeError(f"app/figures/counted/{entry.name}.py lacks count")
        found.append(module)
    return tuple(found)


def count_hour(session: Session, hour: datetime, modules: Sequence[Counted] | None = None) -> Counter[Cell]:
    """All counts of the hour that begins at ``hour``, or those of some modules, of each shop and of all together."""
    total: Counter[Cell] = Counter()
    for module in load_counted() if modules is None else modules:
        for figure, shop_id, key, side, count in module.count(session, hour, hour + HOUR):
            cell = Cell(figure, shop_id, key[:KEY_MAX], side[:SIDE_MAX])
            total[cell] += count
            total[cell._replace(shop_id=ALL_SHOPS)] += count
    return total


def hour_of(at: datetime) -> datetime:
    """The beginning of the hour an instant lies in."""
    return at.replace(minute=0, second=0, microsecond=0)

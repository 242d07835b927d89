"""How long each kind of record is kept, and removing what is kept no longer, a batch at a time.

A kind is one file in ``records/`` with ``KIND``; the folder is the registration. A period may be lengthened by a
deployment, and shortened down to what the law requires. Legal holds beat every period.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import RetentionPeriod
from app.vault import records
from app.vault.holds import Held

DAYS_MAX = 36_500


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record: its period, the least the law allows, and how a batch of old ones is removed.

    ``prune`` takes the instant before which records are old, what is held, and at most how many; it says how many it
    removed. None: a flow of its own removes them.
    """

    name: str
    title: str
    days: int
    least_days: int
    basis: str
    prune: Callable[[Session, datetime, Held, int], int] | None


@dataclass(frozen=True, slots=True)
class Period:
    """A kind with the period in force, and who changed it, if anybody did."""

    kind: RecordKind
    days: int
    changed: RetentionPeriod | None

    def before(self, now: datetime) -> datetime:
        """What is older than this is removed."""
        return now - timedelta(days=self.days)


@cache
def record_kinds() -> dict[str, RecordKind]:
    """Every kind, found in the folder."""
    modules = sorted(pkgutil.iter_modules(records.__path__), key=lambda module: module.name)
    kinds = (importlib.import_module(f"{records.__name__}.{module.name}").KIND for module in modules)
    return {kind.name: kind for kind in kinds}


def periods(session: Session) -> list[Period]:
    """The schedule in force."""
    found = []
    for kind in record_kinds().values():
        changed = session.get(RetentionPeriod, kind.name)
        found.append(Period(kind, changed.keep_days if changed is not None else kind.days, changed))
    return found


def set_period(session: Session, name: str, *, days: int, reason: str, by: str, now: datetime) -> Period:
    """Keep a kind for another number of days; raises InvalidInput when the law asks for more."""
    kind = record_kinds().get(name)
    if kind is None:
        raise NotFound(f"no kind of record {name}; known: {', '.join(record_kinds())}")
    problems = []
    if not kind.least_days <= days <= DAYS_MAX:
        problems.append(Problem("days", f"{days} is not allowed: {kind.basis}", f"{kind.least_days} to {DAYS_MAX}"))
    if not reason.strip():
        problems.append(Problem("reason", "is empty", "why"))
    if problems:
        raise InvalidInput("the period is wrong", problems=problems)
    changed = session.get(RetentionPeriod, name)
    if changed is None:
        changed = RetentionPeriod(kind=name, keep_days=days, reason=reason, set_by=by, set_at=now)
        session.add(changed)
    changed.keep_days, changed.reason, changed.set_by, changed.set_at = days, reason, by, now
    session.flush()
    return Period(kind, days, changed)

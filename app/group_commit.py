"""Group commit: many callers' units of work in one transaction on SQLite, with one fsync; ``group_writer`` says when.

Each unit stands in a savepoint of its own, so one that fails takes nobody with it. A caller hears of success only after
the commit; when SQLite drops the whole transaction (a full disk), every other unit is run again by itself.

Units of the same kind that wait together may be done as one (``Unit.items``): most of a small unit's cost is its
session, its savepoint and its statements, and ten screenings need no more of those than one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.errors import NotReady
from app.prepared import LENT

T = TypeVar("T")
_Work = Callable[[Session], Any]
_ManyWork = Callable[[Session, list[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Unit:
    """Something to write and who waits for it; with ``items`` the work takes a list and answers it item by item."""

    work: _Work | _ManyWork
    items: list[Any] | None = None
    future: Future[Any] = field(default_factory=Future)

    def run(self, session: Session) -> Any:
        """Do the work."""
        return self.work(session) if self.items is None else self.work(session, self.items)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Merged:
    """Units that are done as one, in the order they came."""

    units: list[Unit]

    def run(self, session: Session) -> list[Any]:
        """Every unit's result."""
        first = self.units[0]
        if len(self.units) == 1:
            return [first.run(session)]
        results = first.work(session, [item for unit in self.units for item in unit.items or ()])  # type: ignore[call-arg]
        given = iter(results)
        return [list(islice(given, len(unit.items or ()))) for unit in self.units]


class _GroupLost(Exception):
    """SQLite rolled the whole transaction back (a full disk does that), so no unit of the group is stored."""


def commit_group(connection: Connection, group: list[Unit]) -> None:
    """Run the units and commit once; callers hear only after the commit."""
    merged = _merge(group)
    if len(merged) == 1:
        _commit_alone(connection, merged[0])
        return
    try:
        done = _run_together(connection, merged)
    except _GroupLost:
        for unit in group:
            if not unit.future.done():
                _commit_alone(connection, Merged([unit]))
        return
    except BaseException as error:  # noqa: BLE001 - the commit failed: every caller must hear it, the thread goes on
        is_free(connection)
        refuse(group, error)
        return
    for unit, result in done:
        unit.future.set_result(result)


def _merge(group: list[Unit]) -> list[Merged]:
    """The group's units, those of one kind of work with items together."""
    merged: list[Merged] = []
    by_work: dict[object, Merged] = {}
    for unit in group:
        if unit.items is not None and (same := by_work.get(unit.work)) is not None:
            same.units.append(unit)
            continue
        alone = Merged([unit])
        merged.append(alone)
        if unit.items is not None:
            by_work[unit.work] = alone
    return merged


def _run_together(connection: Connection, group: list[Merged]) -> list[tuple[Unit, Any]]:
    """Each in a savepoint; what fails merged is run again unit by unit, so that a failure stays its caller's own."""
    done: list[tuple[Unit, Any]] = []
    waiting = list(reversed(group))
    with connection.begin():
        while waiting:
            merged = waiting.pop()
            try:
                results = _run_in_savepoint(connection, merged)
            except BaseException as error:  # noqa: BLE001 - a unit's failure belongs to its caller, not to the group
                if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                    if len(merged.units) == 1:
                        refuse(merged.units, error)
                    raise _GroupLost from None
                if len(merged.units) == 1:
                    refuse(merged.units, error)
                else:
                    waiting += [Merged([unit]) for unit in reversed(merged.units)]
            else:
                done += zip(merged.units, results, strict=True)
    return done


def _commit_alone(connection: Connection, merged: Merged) -> None:
    """One piece of work needs no savepoint: its transaction is its own."""
    try:
        results = written_alone(connection, merged)
    except BaseException as error:  # noqa: BLE001 - as above
        if len(merged.units) == 1:
            refuse(merged.units, error)
            return
        for unit in merged.units:
            _commit_alone(connection, Merged([unit]))
    else:
        for unit, result in zip(merged.units, results, strict=True):
            unit.future.set_result(result)


def written_alone(connection: Connection, merged: Merged) -> list[Any]:
    """Run and commit; what each unit returned."""
    if not is_free(connection):
        raise NotReady("the database connection broke; nothing was stored", retry_after_s=1)
    with connection.begin():
        return _run_in(connection, merged)


def _run_in(connection: Connection, merged: Merged) -> list[Any]:
    """Run in a transaction that is on; work that makes no objects never has the session begin one of its own."""
    with Session(
        bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False, info={LENT: connection}
    ) as session:
        results = merged.run(session)
        if session.in_transaction():
            session.commit()
    return results


def is_free(connection: Connection) -> bool:
    """Whether the connection is in no transaction; one that a failed commit left behind is rolled back first.

    After a commit that failed, as on a full disk, the transaction stays on until somebody ends it: every later unit
    would be refused for it, long after there is room again.
    """
    if connection.get_transaction() is not None:  # also one that ended half, which ``in_transaction`` says no of
        with suppress(Exception):
            connection.rollback()
    if connection.invalidated or connection.get_transaction() is not None:
        return False
    driver: Any = connection.connection.dbapi_connection
    return not driver.in_transaction


def _run_in_savepoint(connection: Connection, merged: Merged) -> list[Any]:
    with connection.begin_nested():
        return _run_in(connection, merged)


def refuse(units: list[Unit], error: BaseException) -> None:
    """Have every caller that has heard nothing yet hear of the failure."""
    for unit in units:
        if not unit.future.done():
            unit.future.set_exception(error)

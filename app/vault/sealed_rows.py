"""Every place where values are sealed, as the models themselves declare it, and sealing them again under a newer key.

A row's key generation stands in the sealed value's head, so which values still name an old key is asked of the
database itself: nothing has to be remembered between two batches, and a killed run loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, literal, or_, select, true, update
from sqlalchemy.orm import Session

from app.models import Base, DataKey
from app.models.base import Sealed
from app.vault.people import People, SealedValue


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with sealed columns."""

    table: Table
    sealed: Sealed

    def rows_of(self, person: str) -> ColumnElement[bool]:
        """The condition that keeps a query to rows sealed under that key."""
        if self.sealed.owner is None:
            return true()
        return self.table.c[self.sealed.owner] == person.removeprefix(self.sealed.prefix)

    def under(self, person: str, generation: int) -> ColumnElement[bool]:
        """The condition that keeps a query to rows of which a value names that generation."""
        return self.rows_of(person) & self.names(generation)

    def names(self, generation: int) -> ColumnElement[bool]:
        """The condition that keeps a query to rows of which a value names that generation, whoever's."""
        head = generation.to_bytes(2, "big")
        return or_(*(func.substr(self.table.c[column], 3, 2) == literal(head) for column in self.sealed.columns))


def sealed_tables() -> list[SealedTable]:
    """Every table whose model says that it holds sealed values."""
    mappers = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    found = [(cast("Table", mapper.local_table), mapper.class_.sealed) for mapper in mappers]
    return [SealedTable(table, sealed) for table, sealed in found if sealed is not None]


def tables_of(person: str) -> Iterator[SealedTable]:
    """The tables that can hold values of that key."""
    return (each for each in sealed_tables() if each.sealed.is_owner(person))


def reseal(session: Session, people: People, old: DataKey, new: DataKey, *, limit: int) -> int:
    """Seal up to ``limit`` rows again that name ``old``; returns how many. 0: nothing names it any more."""
    done = 0
    for each in tables_of(old.person):
        key = each.table.c[each.sealed.key]
        columns = [key, *(each.table.c[column] for column in each.sealed.columns)]
        wanted = select(*columns).where(each.under(old.person, old.generation)).limit(limit - done)
        for row in session.execute(wanted.with_for_update()).mappings().all():
            moved = _moved(people, each, row, old, new)
            session.execute(update(each.table).where(key == row[each.sealed.key]).values(moved))
            done += 1
        if done >= limit:
            break
    return done


def reseal_many(
    session: Session, people: People, moves: Mapping[str, tuple[DataKey, DataKey]], *, limit: int
) -> tuple[int, bool]:
    """Seal up to ``limit`` rows of many people again: from each one's old key, all of one generation, to the new one.

    Returns how many rows were moved, and whether nothing names those old keys any more.
    """
    done = 0
    for each in sealed_tables():
        mine = {name: pair for name, pair in moves.items() if each.sealed.owner and each.sealed.is_owner(name)}
        if mine:
            done += _reseal_table(session, people, each, mine, limit=limit - done)
        if done >= limit:
            return done, False
    return done, True


def _reseal_table(
    session: Session, people: People, each: SealedTable, moves: Mapping[str, tuple[DataKey, DataKey]], *, limit: int
) -> int:
    """One statement finds the rows, one writes them: asking for each person's took most of a renewal's time."""
    assert each.sealed.owner is not None, "looked at before"
    key, owner = each.table.c[each.sealed.key], each.table.c[each.sealed.owner]
    [generation] = {old.generation for old, _ in moves.values()}
    names = [name.removeprefix(each.sealed.prefix) for name in moves]
    columns = [each.table.c[column] for column in each.sealed.columns]
    wanted = select(key, owner, *columns).where(owner.in_(names), each.names(generation)).limit(limit)
    rows = session.execute(wanted.with_for_update()).mappings().all()
    written = []
    for row in rows:
        old, new = moves[f"{each.sealed.prefix}{row[each.sealed.owner]}"]
        now_sealed = {column: row[column] for column in each.sealed.columns} | _moved(people, each, row, old, new)
        written.append({"its_key": row[each.sealed.key]} | {f"new_{name}": value for name, value in now_sealed.items()})
    if written:
        values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in each.sealed.columns}
        session.connection().execute(update(each.table).where(key == bindparam("its_key")).values(values), written)
    return len(rows)


def _moved(people: People, each: SealedTable, row: Any, old: DataKey, new: DataKey) -> dict[str, bytes]:
    moved = {}
    for column in each.sealed.columns:
        value: bytes | None = row[column]
        if value is None or not is_under(value, old.generation):
            continue
        kept = SealedValue(value, old.person, each.table.name, column, row[each.sealed.key])
        plain = people.unseal_under(old, kept)
        moved[column] = people.seal_under(new, plain, table=each.table.name, column=column, row=row[each.sealed.key])
    return moved


def is_under(value: bytes, generation: int) -> bool:
    """Whether a sealed value names that generation."""
    return value[2:4] == generation.to_bytes(2, "big")


def count_values(session: Session, person: str) -> int:
    """How many sealed values there are of a person."""
    total = 0
    for each in tables_of(person):
        for column in each.sealed.columns:
            own = each.table.c[column]
            is_full = own.is_not(None) & (func.length(own) > 0)
            total += (
                session.scalar(select(func.count()).select_from(each.table).where(each.rows_of(person), is_full)) or 0
            )
    return total

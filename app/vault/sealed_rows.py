"""Every place where values are sealed, as the models themselves declare it, and sealing them again under a newer key.

A row's key generation stands in the sealed value's head, so which values still name an old key is asked of the
database itself: nothing has to be remembered between two batches, and a killed run loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, literal, or_, select, true, update
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
        head = generation.to_bytes(2, "big")
        named = [func.substr(self.table.c[column], 3, 2) == literal(head) for column in self.sealed.columns]
        return self.rows_of(person) & or_(*named)


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

"""The typed tables (orders, parcels, refunds …): writes what events add up to, and reads it back.

The class is the registration: every class below ``Subject`` is a table, found by its ``ENTITY``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import new_id
from app.models.subject import Subject

Row: TypeAlias = Any
TABLES: Mapping[str, Any] = {each.ENTITY: each for each in Subject.__subclasses__()}
OWN = frozenset({"id", "org_id", "shop_id", "order_id", "subject", "version", "updated_at"})


def columns_of(table: str) -> tuple[str, ...]:
    """The columns that events write."""
    return tuple(column.key for column in TABLES[table].__table__.columns if column.key not in OWN)


def write(
    session: Session, shop_id: str, order_id: str, states: Mapping[tuple[str, str], Mapping[str, Any]], *, now: datetime
) -> None:
    """Make the rows of one order say what its events add up to; a row that says so already is left alone."""
    by_table: dict[str, dict[str, Mapping[str, Any]]] = {}
    for (table, subject), state in states.items():
        by_table.setdefault(table, {})[subject] = state
    for table, wanted in by_table.items():
        model, names = TABLES[table], columns_of(table)
        there = {row.subject: row for row in _rows(session, model, shop_id, order_id, wanted)}
        for subject, state in wanted.items():
            row = there.get(subject)
            if row is None:
                given = {"id": new_id(), "shop_id": shop_id, "order_id": order_id, "subject": subject}
                session.add(model(**given, version=1, updated_at=now, **state))
            elif changed := {name: state.get(name) for name in names if getattr(row, name) != state.get(name)}:
                for name, value in changed.items():
                    setattr(row, name, value)
                row.version, row.updated_at = row.version + 1, now
    session.flush()


def drop_waiting(session: Session, shop_id: str, names: Collection[str]) -> None:
    """Drop rows that were kept without an order, now that their order is known; ``names`` like ``parcel:SF1``."""
    for name in names:
        table, _, subject = name.partition(":")
        if (model := TABLES.get(table)) is not None:
            session.execute(
                delete(model).where(model.shop_id == shop_id, model.order_id == "", model.subject == subject)
            )


def of_order(session: Session, shop_id: str, order_id: str, table: str) -> list[Row]:
    """The rows of one table that belong to an order."""
    model = TABLES[table]
    wanted = select(model).where(model.shop_id == shop_id, model.order_id == order_id).order_by(model.subject)
    return list(session.scalars(wanted))


def state_of(row: Row) -> dict[str, Any]:
    """A row's columns as events wrote them, without those that are empty."""
    values = {name: getattr(row, name) for name in columns_of(row.ENTITY)}
    return {name: value for name, value in values.items() if value is not None}


def _rows(session: Session, model: Any, shop_id: str, order_id: str, subjects: Collection[str]) -> list[Row]:
    wanted = (model.shop_id == shop_id) & (model.order_id == order_id) & model.subject.in_(list(subjects))
    return list(session.scalars(select(model).where(wanted)))

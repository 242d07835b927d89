"""The typed tables (orders, parcels, refunds …): writes what events add up to, and reads it back.

The class is the registration: every class below ``Subject`` is a table, found by its ``ENTITY``.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import JSON, Select, bindparam, delete, select, tuple_
from sqlalchemy.orm import Session

from app.models import new_id
from app.models.subject import Subject
from app.prepared import Prepared, one_by_one, settled

Row: TypeAlias = Any
_Place: TypeAlias = tuple[str, str, str]
_IN_MAX = 300
_NAMES = ("shop_id", "order_id", "subject")
TABLES: Mapping[str, Any] = {each.ENTITY: each for each in Subject.__subclasses__()}
OWN = frozenset({"id", "org_id", "shop_id", "order_id", "subject", "version", "updated_at"})


def columns_of(table: str) -> tuple[str, ...]:
    """The columns that events write."""
    return tuple(column.key for column in TABLES[table].__table__.columns if column.key not in OWN)


def shown_columns(table: str) -> tuple[str, ...]:
    """Those of them that are plain values; the mappings only serve to count each thing once."""
    types = TABLES[table].__table__.columns
    return tuple(name for name in columns_of(table) if not isinstance(types[name].type, JSON))


def write(
    session: Session, orders: Sequence[tuple[str, str, Mapping[tuple[str, str], Mapping[str, Any]]]], *, now: datetime
) -> None:
    """Make the rows of some orders (shop, id, states) say what their events add up to.

    A row that says so already is left alone. An empty order id stands for one that is not known yet.
    """
    by_table: dict[str, dict[_Place, Mapping[str, Any]]] = defaultdict(dict)
    for shop_id, order_id, states in orders:
        for (table, subject), state in states.items():
            by_table[table][shop_id, order_id, subject] = state
    changed_rows: list[Row] = []
    for table, wanted in by_table.items():
        model, names = TABLES[table], columns_of(table)
        there = _rows(session, model, list(wanted))
        for place, state in wanted.items():
            row = there.get(place)
            if row is None:
                shop_id, order_id, subject = place
                own = {"id": new_id(), "shop_id": shop_id, "order_id": order_id, "subject": subject}
                row = model(**own, version=1, updated_at=now, **state)
                session.add(row)
                changed_rows.append(row)
            elif changed := {name: state.get(name) for name in names if getattr(row, name) != state.get(name)}:
                for name, value in changed.items():
                    setattr(row, name, value)
                row.version, row.updated_at = row.version + 1, now
                changed_rows.append(row)
    session.flush()
    _write_beside(session, changed_rows)


def drop_waiting(session: Session, shop_id: str, names: Collection[str]) -> None:
    """Drop rows that were kept without an order, now that their order is known; ``names`` like ``parcel:SF1``."""
    for name in names:
        table, _, subject = name.partition(":")
        if (model := TABLES.get(table)) is not None:
            session.execute(
                delete(model).where(model.shop_id == shop_id, model.order_id == "", model.subject == subject)
            )


def drop_others(session: Session, shop_id: str, order_id: str, places: Collection[tuple[str, str]]) -> None:
    """Drop the order's rows (table, subject) that nothing told makes any more, since another telling counts."""
    for table, model in TABLES.items():
        kept = [subject for at, subject in places if at == table]
        own = (model.shop_id == shop_id) & (model.order_id == order_id) & model.subject.not_in(kept)
        session.execute(delete(model).where(own))


def of_order(session: Session, shop_id: str, order_id: str, table: str) -> list[Row]:
    """The rows of one table that belong to an order."""
    model = TABLES[table]
    wanted = select(model).where(model.shop_id == shop_id, model.order_id == order_id).order_by(model.subject)
    return list(session.scalars(wanted))


def read_states(
    session: Session, shop_id: str, order_id: str, places: Collection[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Any]] | None:
    """The states of some rows (table, subject) of an order as they stand in the tables; None where one is not there."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for table in sorted({table for table, _ in places}):
        wanted = [(shop_id, order_id, subject) for at, subject in places if at == table]
        rows = _rows(session, TABLES[table], wanted)
        found |= {(table, subject): state_of(row) for (_, _, subject), row in rows.items()}
    return found if len(found) == len(places) else None


def state_of(row: Row) -> dict[str, Any]:
    """A row's columns as events wrote them, without those that are empty."""
    values = {name: getattr(row, name) for name in columns_of(row.ENTITY)}
    return {name: value for name, value in values.items() if value is not None}


def _write_beside(session: Session, rows: Sequence[Row]) -> None:
    for row in rows:
        if (told := row.beside()) is not None:
            session.execute(told[0])
            session.add_all(told[1])
    session.flush()


def _rows(session: Session, model: Any, places: Sequence[_Place]) -> dict[_Place, Row]:
    found: dict[_Place, Row] = {}
    connection = settled(session)
    if one_by_one(connection, len(places)):  # most rows are new
        places = [each for each in places if _is_any(model).first(connection, **dict(zip(_NAMES, each, strict=True)))]
    for start in range(0, len(places), _IN_MAX):
        for row in session.scalars(_at_places(model), {"places": places[start : start + _IN_MAX]}):
            found[row.shop_id, row.order_id, row.subject] = row
    return found


@functools.cache
def _is_any(model: Any) -> Prepared:
    """What asks whether there is a row at a place; made once."""
    rows = model.__table__.c
    return Prepared(select(rows.id).where(*(rows[name] == bindparam(name) for name in _NAMES)).limit(1))


@functools.cache
def _at_places(model: Any) -> Select[Any]:
    """What asks for the rows at some places of a table; made once."""
    own = tuple_(model.shop_id, model.order_id, model.subject)
    return select(model).where(own.in_(bindparam("places", expanding=True)))

"""Marks on long time lines: up to which place one has been added up, and into which rows of the typed tables.

The typed tables are the sum of a line's events. With the place up to which they are, what comes after it can be added
to them, and none of the events before it has to be read again: an event costs the same whether it is the line's tenth
or its ten-thousandth. A mark made by another version of the kinds counts as none.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.orm import Session

from app.event_log import Root, portions
from app.events import columns, kinds, payments, shops_told, told_once
from app.events.timeline import States
from app.models import LineMark
from app.prepared import Prepared, one_by_one, settled
from app.values.facts import Happened

LONG = 12
"""From how many events on a line is marked: shorter ones are read as fast as their rows."""

_OF_LINES = select(LineMark).where(
    tuple_(LineMark.shop_id, LineMark.root).in_(bindparam("roots", expanding=True)),
    LineMark.kinds == bindparam("program"),
)
_ROWS = LineMark.__table__.c
_ANY = Prepared(select(_ROWS.root).where(_ROWS.shop_id == bindparam("shop"), _ROWS.root == bindparam("line")).limit(1))


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a line: ``events`` by key, after ``start``; ``states`` are what all of them add up to.

    ``start`` is None where all events are seen; ``count`` is how many there are, seen or not.
    """

    events: Mapping[str, Happened]
    states: States
    count: int
    start: States | None = None
    last: tuple[datetime, str, str] | None = None


def of_lines(session: Session, roots: Collection[Root]) -> dict[Root, LineMark]:
    """The marks of some lines that this version of the kinds made."""
    found: dict[Root, LineMark] = {}
    connection, wanted = settled(session), sorted(set(roots))
    if one_by_one(connection, len(wanted)):  # few lines are long
        wanted = [each for each in wanted if _ANY.first(connection, shop=each[0], line=each[1])]
    for part in portions(wanted):
        for row in session.scalars(_OF_LINES, {"roots": part, "program": program()}):
            found[row.shop_id, row.root] = row
    return found


def note(session: Session, views: Sequence[tuple[Root, View]]) -> None:
    """Set the marks of lines that are long by now where they are."""
    for (shop_id, root), view in views:
        if view.count < LONG or view.last is None:
            continue
        row = session.get(LineMark, (shop_id, root)) or LineMark(shop_id=shop_id, root=root)
        row.event_count, row.kinds = view.count, program()
        row.last_at, row.last_source, row.last_id = view.last
        row.rows = sorted([table, subject] for table, subject in view.states)
        session.add(row)
    session.flush()


def forget(session: Session, roots: Collection[Root]) -> None:
    """Drop the marks of lines that other lines joined: what they add up to has to be worked out anew."""
    for part in portions(sorted(set(roots))):
        session.execute(delete(LineMark).where(tuple_(LineMark.shop_id, LineMark.root).in_(part)))


@functools.cache
def program() -> str:
    """What adds lines up: the sources of all kinds, so that a changed kind makes every old mark worthless."""
    modules = [import_module(f"{kinds.__name__}.{each.name}") for each in iter_modules(kinds.__path__)]
    whole = "\n".join(inspect.getsource(module) for module in [columns, payments, shops_told, told_once, *modules])
    return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()

"""Events kept once, and the time lines they stand on; this module owns every change of either.

An event that says its order stands on that order's line. One that does not (a payment notice, a carrier's trace) stands
under its own names, and on the line of every order that those names belong to, whichever of the two came first.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import BindParameter, Table, bindparam, delete, func, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import Event, EventConflict, EventDecision, EventLink, EventRoot, new_id
from app.models.base import ORG
from app.prepared import Prepared, one_by_one, settled

ORDER, TRANSACTION, DOUBT = "order:", "transaction:", "doubt:"
_OF_ALL_SHOPS = (ORDER, TRANSACTION)
_IN_MAX = 400
Root = tuple[str, str]
"""A shop and a time line's name."""
T = TypeVar("T")


class ToldEvent(NamedTuple):
    """An event as its row has it, of which nothing will be changed: all that a time line is added up from."""

    id: str
    kind: str
    event_id: str
    source: str
    shop_id: str
    subject: str
    happened_at: datetime
    facts: dict[str, Any]


# Built once: beside a short look into an index, saying anew what is looked for takes as long as the look.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_KNOWN = select(Event.source, Event.event_id, Event.id, Event.digest).where(
    Event.org_id == ORG, tuple_(Event.source, Event.event_id).in_(_SOME)
)
_LINKS = (
    select(EventLink.shop_id, EventLink.name, EventLink.root)
    .where(tuple_(EventLink.shop_id, EventLink.name).in_(_SOME))
    .order_by(EventLink.root)
)
_PLACES = select(EventRoot.shop_id, EventRoot.root, EventRoot.event_pk)
_PLACED = _PLACES.where(tuple_(EventRoot.shop_id, EventRoot.root).in_(_SOME))
_PLACED_OF = _PLACES.where(EventRoot.event_pk.in_(_SOME))
_EVENT, _LINK, _ROOT = (cast("Table", each.__table__) for each in (Event, EventLink, EventRoot))
_KEEP = Prepared(insert(_EVENT), columns=[column.key for column in _EVENT.columns])
_KNOWN_ONE = Prepared(
    select(_EVENT.c.id, _EVENT.c.digest).where(
        _EVENT.c.org_id == ORG, _EVENT.c.source == bindparam("told_by"), _EVENT.c.event_id == bindparam("event")
    )
)
_LINKS_ONE = Prepared(
    select(_LINK.c.root)
    .where(_LINK.c.shop_id == bindparam("shop"), _LINK.c.name == bindparam("called"))
    .order_by(_LINK.c.root)
)
_ELSEWHERE_ONE = Prepared(
    select(_LINK.c.root).where(_LINK.c.name == bindparam("called"), _LINK.c.shop_id != bindparam("shop")).limit(1)
)
_LINKED = select(EventLink.shop_id, EventLink.name, EventLink.root).where(EventLink.name.in_(_SOME))
_TOLD = select(*(_EVENT.c[name] for name in ToldEvent._fields)).join(_ROOT, _EVENT.c.id == _ROOT.c.event_pk)
_TOLD_ON_ONE = Prepared(_TOLD.where(_ROOT.c.shop_id == bindparam("shop"), _ROOT.c.root == bindparam("line")))
_TOLD_ON = _TOLD.add_columns(_ROOT.c.shop_id, _ROOT.c.root).where(tuple_(_ROOT.c.shop_id, _ROOT.c.root).in_(_SOME))
_EVENTS_ON = (
    select(EventRoot.shop_id, EventRoot.root, Event)
    .join(Event, Event.id == EventRoot.event_pk)
    .where(tuple_(EventRoot.shop_id, EventRoot.root).in_(_SOME))
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is there already."""

    pk: str
    digest: str


def lock_of(shop_id: str, root: str) -> str:
    """What to lock for a time line or a name.

    An order's and a payment's are one for all shops: whether two shops told of one is seen by both.
    """
    return root if root.startswith(_OF_ALL_SHOPS) else f"{shop_id}|{root}"


def lock(session: Session, names: Iterable[str]) -> None:
    """Keep others off these time lines until the transaction ends; on SQLite there is one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(set(names)):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def try_lock(session: Session, names: Collection[str]) -> frozenset[str]:
    """Those of the time lines that nobody else holds, now held until the transaction ends; on SQLite all of them."""
    if session.get_bind().dialect.name != "postgresql":
        return frozenset(names)
    asked = sorted(names)
    taken = (session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))) for name in asked)
    return frozenset(name for name, is_taken in zip(asked, taken, strict=True) if is_taken)


def known(session: Session, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Kept]:
    """What is kept under (source, event id)."""
    found: dict[tuple[str, str], Kept] = {}
    connection, wanted = settled(session), sorted(set(keys))
    if one_by_one(connection, len(wanted)):
        asked = {key: _KNOWN_ONE.first(connection, told_by=key[0], event=key[1]) for key in wanted}
        return {key: Kept(*row) for key, row in asked.items() if row}
    for part in portions(wanted):
        rows = session.execute(_KNOWN, {"some": part})
        found |= {(source, event_id): Kept(pk, digest) for source, event_id, pk, digest in rows}
    return found


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store events as given, by column."""
    if rows:
        _KEEP.run(settled(session), rows)


def keep_conflict(session: Session, event_pk: str, row: Mapping[str, Any]) -> None:
    """Keep what came under a used id, once for each content."""
    wanted = ("kind", "shop_id", "subject", "occurred_at", "received_at", "facts", "digest")
    put_once(session, EventConflict, [{"id": new_id(), "event_pk": event_pk, **{name: row[name] for name in wanted}}])


def link(session: Session, links: Collection[tuple[str, str, str]]) -> None:
    """Say which names belong to which orders: (shop, name, line)."""
    put_once(session, EventLink, [dict(zip(("shop_id", "name", "root"), each, strict=True)) for each in sorted(links)])


def links_of(session: Session, shop_id: str, root: str, names: Collection[str]) -> frozenset[str]:
    """Which of these names belong to an order's line."""
    found: set[str] = set()
    for part in portions(sorted(names)):
        own = (EventLink.shop_id == shop_id) & (EventLink.root == root) & EventLink.name.in_(part)
        found.update(session.scalars(select(EventLink.name).where(own)))
    return frozenset(found)


def unlink(session: Session, shop_id: str, root: str, names: Collection[str], keys: Collection[str]) -> None:
    """Say that these names belong to the line no more, and take the events of these keys off it."""
    for part in portions(sorted(names)):
        own = (EventLink.shop_id == shop_id) & (EventLink.root == root) & EventLink.name.in_(part)
        session.execute(delete(EventLink).where(own))
    for part in portions(sorted(keys)):
        session.execute(delete(EventRoot).where(EventRoot.root == root, EventRoot.event_pk.in_(part)))


def orders_of(session: Session, names: Collection[Root]) -> dict[Root, tuple[str, ...]]:
    """The lines of the orders that each (shop, name) belongs to."""
    connection, wanted = settled(session), sorted(set(names))
    if one_by_one(connection, len(wanted)):
        asked = {each: _LINKS_ONE.rows(connection, shop=each[0], called=each[1]) for each in wanted}
        return {each: tuple(row[0] for row in rows) for each, rows in asked.items() if rows}
    found: dict[Root, list[str]] = defaultdict(list)
    for part in portions(wanted):
        for shop_id, name, root in session.execute(_LINKS, {"some": part}):
            found[shop_id, name].append(root)
    return {name: tuple(roots) for name, roots in found.items()}


def named_elsewhere(session: Session, names: Collection[Root]) -> frozenset[Root]:
    """Those of the (shop, name) whose name belongs to an order of another shop, too."""
    connection, wanted = settled(session), sorted(set(names))
    if one_by_one(connection, len(wanted)):
        return frozenset(each for each in wanted if _ELSEWHERE_ONE.first(connection, called=each[1], shop=each[0]))
    shops: dict[str, set[str]] = defaultdict(set)
    for part in portions(sorted({name for _, name in wanted})):
        for shop_id, name, _ in session.execute(_LINKED, {"some": part}):
            shops[name].add(shop_id)
    return frozenset((shop_id, name) for shop_id, name in wanted if shops[name] - {shop_id})


def lines_of(session: Session, names: Collection[str]) -> frozenset[Root]:
    """The orders' lines of all shops that these names belong to."""
    found: set[Root] = set()
    for part in portions(sorted(set(names))):
        found.update((shop_id, root) for shop_id, _, root in session.execute(_LINKED, {"some": part}))
    return frozenset(found)


def placed(session: Session, lines: Collection[Root]) -> dict[Root, set[str]]:
    """The keys of the events on each line."""
    found: dict[Root, set[str]] = defaultdict(set)
    for part in portions(sorted(set(lines))):
        for shop_id, root, pk in session.execute(_PLACED, {"some": part}):
            found[shop_id, root].add(pk)
    return found


def placed_of(session: Session, keys: Collection[str]) -> dict[Root, set[str]]:
    """On which lines some events stand: the keys by line."""
    found: dict[Root, set[str]] = defaultdict(set)
    for part in portions(sorted(set(keys))):
        for shop_id, root, pk in session.execute(_PLACED_OF, {"some": part}):
            found[shop_id, root].add(pk)
    return found


def place(session: Session, on: Collection[tuple[str, str, str]]) -> None:
    """Put events on lines: (shop, line, key)."""
    names = ("shop_id", "root", "event_pk")
    put_once(session, EventRoot, [dict(zip(names, each, strict=True)) for each in sorted(on)])


def events_on(session: Session, roots: Collection[Root]) -> dict[Root, list[Event]]:
    """All events of some lines."""
    found: dict[Root, list[Event]] = defaultdict(list)
    for part in portions(sorted(set(roots))):
        for shop_id, root, event in session.execute(_EVENTS_ON, {"some": part}):
            found[shop_id, root].append(event)
    return found


def told_on(session: Session, roots: Collection[Root]) -> dict[Root, list[ToldEvent]]:
    """All events of some lines, to be read alone."""
    connection, wanted = settled(session), sorted(set(roots))
    found: dict[Root, list[ToldEvent]] = defaultdict(list)
    if one_by_one(connection, len(wanted)):
        for shop_id, root in wanted:
            rows = _TOLD_ON_ONE.rows(connection, shop=shop_id, line=root)
            found[shop_id, root] = [ToldEvent(*row) for row in rows]
        return found
    for part in portions(wanted):
        for *event, shop_id, root in connection.execute(_TOLD_ON, {"some": part}):
            found[shop_id, root].append(ToldEvent(*event))
    return found


def events_of(session: Session, keys: Collection[str]) -> dict[str, Event]:
    """Events by their keys."""
    found: dict[str, Event] = {}
    for part in portions(sorted(set(keys))):
        found |= {row.id: row for row in session.scalars(select(Event).where(Event.id.in_(part)))}
    return found


def decisions_about(session: Session, shop_id: str, subject: str) -> list[EventDecision]:
    """What is said now about a subject's events, newest last."""
    about = (EventDecision.shop_id == shop_id) & (EventDecision.subject == subject) & EventDecision.is_current
    return list(session.scalars(select(EventDecision).where(about).order_by(EventDecision.happened_at).limit(50)))


def put_once(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those that are there already stay as they are."""
    if rows:
        connection = settled(session)
        _once(model, connection.dialect.name).run(connection, rows)


@functools.cache
def _once(model: Any, dialect: str) -> Prepared:
    add = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = model.__table__
    return Prepared(add(table).on_conflict_do_nothing(), columns=[column.key for column in table.columns])


def portions(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Slices small enough for one IN list."""
    return (items[start : start + _IN_MAX] for start in range(0, len(items), _IN_MAX))

"""Events kept once, and the time lines they stand on; this module owns every change of either.

An event that says its order stands on that order's line. One that does not (a payment notice, a carrier's trace) stands
under its own names, and on the line of every order that those names belong to, whichever of the two came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import Event, EventConflict, EventDecision, EventLink, EventRoot, new_id
from app.models.base import ORG

ORDER = "order:"
_IN_MAX = 400
Root = tuple[str, str]
"""A shop and a time line's name."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is there already."""

    pk: str
    digest: str


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
    for part in portions(sorted(set(keys))):
        rows = session.execute(
            select(Event.source, Event.event_id, Event.id, Event.digest).where(
                Event.org_id == ORG, tuple_(Event.source, Event.event_id).in_(part)
            )
        )
        found |= {(source, event_id): Kept(pk, digest) for source, event_id, pk, digest in rows}
    return found


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store events as given, by column."""
    if rows:
        session.execute(insert(Event), list(rows))


def keep_conflict(session: Session, event_pk: str, row: Mapping[str, Any]) -> None:
    """Keep what came under a used id, once for each content."""
    wanted = ("kind", "shop_id", "subject", "occurred_at", "received_at", "facts", "digest")
    put_once(session, EventConflict, [{"id": new_id(), "event_pk": event_pk, **{name: row[name] for name in wanted}}])


def link(session: Session, shop_id: str, root: str, names: Collection[str]) -> tuple[str, ...]:
    """Say that names belong to an order; what waited under them joins its line. The names something waited under."""
    put_once(session, EventLink, [{"shop_id": shop_id, "name": name, "root": root} for name in names])
    waiting = select(EventRoot).where(EventRoot.shop_id == shop_id, EventRoot.root.in_(list(names)))
    found = {(row.event_pk, row.root) for row in session.scalars(waiting)}
    on = set(session.scalars(select(EventRoot.event_pk).where(EventRoot.shop_id == shop_id, EventRoot.root == root)))
    place(session, shop_id, [(pk, root) for pk in sorted({pk for pk, _ in found} - on)])
    return tuple(sorted({name for pk, name in found if pk not in on}))


def orders_of(session: Session, shop_id: str, names: Collection[str]) -> tuple[str, ...]:
    """The lines of the orders that any of the names belongs to."""
    wanted = select(EventLink.root).where(EventLink.shop_id == shop_id, EventLink.name.in_(list(names)))
    return tuple(sorted(set(session.scalars(wanted)))) if names else ()


def place(session: Session, shop_id: str, on: Collection[tuple[str, str]]) -> None:
    """Put events (by key) on lines."""
    put_once(session, EventRoot, [{"event_pk": pk, "root": root, "shop_id": shop_id} for pk, root in on])


def events_on(session: Session, roots: Collection[Root]) -> dict[Root, list[Event]]:
    """All events of some lines."""
    found: dict[Root, list[Event]] = defaultdict(list)
    for part in portions(sorted(set(roots))):
        rows = session.execute(
            select(EventRoot.shop_id, EventRoot.root, Event)
            .join(Event, Event.id == EventRoot.event_pk)
            .where(tuple_(EventRoot.shop_id, EventRoot.root).in_(part))
        )
        for shop_id, root, event in rows:
            found[shop_id, root].append(event)
    return found


def decisions_about(session: Session, shop_id: str, subject: str) -> list[EventDecision]:
    """What is said now about a subject's events, newest last."""
    about = (EventDecision.shop_id == shop_id) & (EventDecision.subject == subject) & EventDecision.is_current
    return list(session.scalars(select(EventDecision).where(about).order_by(EventDecision.happened_at).limit(50)))


def put_once(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those that are there already stay as they are."""
    if rows:
        add = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(add(model).on_conflict_do_nothing(), list(rows))


def portions(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Slices small enough for one IN list."""
    return (items[start : start + _IN_MAX] for start in range(0, len(items), _IN_MAX))

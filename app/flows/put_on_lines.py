"""Putting new events on the time lines they belong to, and finding out which lines have to be settled.

An event that says its order stands on that order's line and brings its names (waybill, transaction …) along: what
waited under them joins the line. One that does not stands under its own names, and on the line of every order they
belong to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import event_log
from app.flows.line_views import Line
from app.flows.parts import Parts
from app.values.facts import EventKind, Happened


@dataclass(frozen=True, slots=True)
class Arrived:
    """A new event with its key and the names it may be found by."""

    pk: str
    event: Happened
    names: tuple[str, ...]

    def order_id(self, kind: EventKind) -> str | None:
        """The order it says it is about."""
        return order_of(kind, self.event)


def put_on_lines(session: Session, parts: Parts, arrived: Sequence[Arrived], *, now: datetime) -> list[Line]:
    """Put the events on their lines; the lines that something joined."""
    kinds = parts.live.current.kinds
    lines: dict[event_log.Root, Line] = {}
    own: set[tuple[str, str, str]] = set()
    links: set[tuple[str, str, str]] = set()
    nameless: list[tuple[Arrived, tuple[str, ...]]] = []
    for each in arrived:
        shop_id, order_id = each.event.shop_id, each.order_id(kinds[each.event.kind])
        if order_id is not None:
            root = f"{event_log.ORDER}{order_id}"
            own.add((shop_id, root, each.pk))
            links |= {(shop_id, name, root) for name in each.names}
            _line(lines, parts, shop_id, root, now).fresh.add(each.pk)
        else:
            waits = waits_under(kinds[each.event.kind], each.event, each.names)
            own |= {(shop_id, name, each.pk) for name in waits}
            nameless.append((each, waits))
    names = {(shop_id, name) for shop_id, name, _ in links} | {
        (e.event.shop_id, name) for e, n in nameless for name in n
    }
    before = event_log.orders_of(session, names) if names else {}
    event_log.link(session, links)
    event_log.place(session, own)
    if not names:
        return list(lines.values())
    orders = event_log.orders_of(session, names) if links else before
    # Who only says a waybill or a payment has not locked the orders behind it, and their lines are worked out anew.
    event_log.lock(
        session, (event_log.lock_of(shop_id, root) for (shop_id, _), roots in orders.items() for root in roots)
    )
    _join(session, lines, parts, orders, _under(session, orders, before, own), {each.pk for each in arrived}, now)
    for each, waits in nameless:
        shop_id = each.event.shop_id
        if not any(orders.get((shop_id, name)) for name in waits):
            _line(lines, parts, shop_id, waits[0], now).fresh.add(each.pk)
    return list(lines.values())


def order_of(kind: EventKind, event: Happened) -> str | None:
    """The order an event says it is about."""
    return event.subject if kind.subject == "order" else event.facts.get("order_id")


def waits_under(kind: EventKind, event: Happened, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names an event that says no order stands under; it is judged under the first, while no order has any."""
    return names or (f"{kind.subject}:{event.subject}",)


def _join(
    session: Session,
    lines: dict[event_log.Root, Line],
    parts: Parts,
    orders: dict[event_log.Root, tuple[str, ...]],
    under: Mapping[event_log.Root, set[str]],
    fresh: set[str],
    now: datetime,
) -> None:
    """What stands under names that belong to orders goes on those orders' lines, where it does not stand yet."""
    if not under:
        return
    asked = {pk for keys in under.values() for pk in keys}
    there = event_log.placed_of(session, asked)
    missing: set[tuple[str, str, str]] = set()
    for (shop_id, name), roots in orders.items():
        for root in roots:
            for pk in under.get((shop_id, name), set()) - there.get((shop_id, root), set()):
                missing.add((shop_id, root, pk))
                line = _line(lines, parts, shop_id, root, now)
                if pk in fresh:
                    line.fresh.add(pk)
                else:
                    line.joined.add(name)
    event_log.place(session, missing)


def _under(
    session: Session,
    orders: Mapping[event_log.Root, tuple[str, ...]],
    before: Mapping[event_log.Root, tuple[str, ...]],
    own: Collection[tuple[str, str, str]],
) -> dict[event_log.Root, set[str]]:
    """The events under names of orders that may lack on a line: all of a name that is newly an order's, else the new.

    What stood under a name that was known to be the order's before stands on its line already.
    """
    found = event_log.placed(
        session, [name for name, roots in orders.items() if set(roots) - set(before.get(name, ()))]
    )
    for shop_id, name, pk in own:
        if (shop_id, name) in orders:
            found.setdefault((shop_id, name), set()).add(pk)
    return found


def _line(lines: dict[event_log.Root, Line], parts: Parts, shop_id: str, root: str, now: datetime) -> Line:
    return lines.setdefault((shop_id, root), Line(parts, shop_id, root, now))

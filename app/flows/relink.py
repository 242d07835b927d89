"""Names that only a lost telling gave an order (a payment, a parcel …) are its no more, and come back with the telling.

What an order is found by decides what else stands on its line, and which other orders have a name in common with it. So
a choice between tellings goes on to those: what they were suspected of only because of the lost telling falls, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import event_log
from app.events.timeline import names_of, walk
from app.flows.follow_choice import follow_choice, standing
from app.flows.line_views import Line, as_happened
from app.flows.parts import Parts
from app.flows.put_on_lines import order_of, waits_under
from app.flows.settle_line import settle_lines
from app.models import Order
from app.values.facts import EventKind


@dataclass(frozen=True, slots=True)
class _Names:
    """Of a line: ``standing`` are the names that tellings in force give it, ``lost`` those that only others do.

    ``waiting`` are the events that say no order, by key, with the names they are found by.
    """

    standing: frozenset[str]
    lost: frozenset[str]
    waiting: Mapping[str, tuple[str, ...]]


def relink(session: Session, parts: Parts, order: Order, *, by: str, reason: str, now: datetime) -> None:
    """Bring the names of an order's line in line with what counts, and judge anew whatever shares one that changed."""
    shop_id, root = order.shop_id, f"{event_log.ORDER}{order.subject}"
    names = _names(session, parts.live.current.kinds, shop_id, root)
    linked = event_log.links_of(session, shop_id, root, names.standing | names.lost)
    dropped, added = linked & names.lost, names.standing - linked
    if not dropped and not added:
        return
    gone = {pk for pk, under in names.waiting.items() if names.standing.isdisjoint(under)}
    event_log.unlink(session, shop_id, root, dropped, gone)
    event_log.link(session, {(shop_id, name, root) for name in added})
    under = event_log.placed(session, [(shop_id, name) for name in sorted(dropped | added)])
    event_log.place(session, {(shop_id, root, pk) for name in added for pk in under.get((shop_id, name), ())})
    _judge_others(session, parts, order, dropped | added, under, by=by, reason=reason, now=now)


def _names(session: Session, kinds: Mapping[str, EventKind], shop_id: str, root: str) -> _Names:
    rows = event_log.told_on(session, [(shop_id, root)])[shop_id, root]
    events = [as_happened(kinds[row.kind], row) for row in rows if row.kind in kinds]
    stands: set[str] = set()
    every: set[str] = set()
    waiting: dict[str, tuple[str, ...]] = {}
    for event, picture in walk(events, kinds, order_id=root.removeprefix(event_log.ORDER)):
        kind = kinds[event.kind]
        names = names_of(kind, event.facts)
        if order_of(kind, event) is None:
            waiting[event.told] = waits_under(kind, event, names)
            continue
        every.update(names)
        stands.update(() if picture.is_void else names)
    return _Names(frozenset(stands), frozenset(every - stands), waiting)


def _judge_others(
    session: Session,
    parts: Parts,
    order: Order,
    names: Collection[str],
    under: Mapping[event_log.Root, set[str]],
    *,
    by: str,
    reason: str,
    now: datetime,
) -> None:
    shop_id, own = order.shop_id, f"{event_log.ORDER}{order.subject}"
    shared = event_log.orders_of(session, [(shop_id, name) for name in names])
    event_log.lock(session, (event_log.lock_of(shop_id, root) for roots in shared.values() for root in roots))
    lines = {own: Line(parts, shop_id, own, now, joined=set(names))}
    for (_, name), roots in shared.items():
        for root in roots:
            lines.setdefault(root, Line(parts, shop_id, root, now)).joined.add(name)
    for name in names:
        if (shop_id, name) not in shared and under.get((shop_id, name)):  # no order has it: it waits again
            lines[name] = Line(parts, shop_id, name, now, fresh=set(under[shop_id, name]))
    subjects = [
        root.removeprefix(event_log.ORDER) for root in lines if root.startswith(event_log.ORDER) and root != own
    ]
    others = session.scalars(select(Order).where(Order.shop_id == shop_id, Order.subject.in_(subjects))).all()
    before = {row.id: standing(session, row) for row in others}
    settle_lines(session, list(lines.values()))
    for row in others:
        follow_choice(session, row, before[row.id], by=by, reason=reason, now=now)

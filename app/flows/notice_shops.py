"""Noticing at the door that an order is told for two shops, or that what spoke for it holds no more.

events just settled ─ another shop's order of that number, or of that payment? (by index; nearly always none)
─ one order by what both told? ─ said anew or otherwise than noted: an event of our own on each shop's line
─ money of all waits, the later has a case
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from app import event_log
from app.event_log import DOUBT, ORDER, TRANSACTION, portions
from app.events.one_order import Side, alike
from app.events.payments import in_force, tellings, undismissed
from app.events.shops_told import TELLS, is_lost, is_open, noted_of
from app.models import Order, Parcel, new_id
from app.prepared import Prepared, one_by_one, settled
from app.values.facts import Happened

SERVICE = "~service"
"""The source of what the service says itself; it stands after what others tell of the same instant."""
MOST_SHOPS = 20
"""So many shops of one number are looked at: more are no order told twice, but a number everybody uses."""
_ROWS = Order.__table__.c
_SHOPS_OF = Prepared(
    select(_ROWS.shop_id, _ROWS.contested_count, _ROWS.belongs_elsewhere)
    .where(_ROWS.subject == bindparam("order"))
    .limit(2)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A new event by its key: of which order it is, and by what names orders are found by it."""

    key: str
    event: Happened
    order_id: str
    names: tuple[str, ...]

    @property
    def payments(self) -> list[event_log.Root]:
        """The payments that it names."""
        return [(self.event.shop_id, name) for name in self.names if name.startswith(TRANSACTION)]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is to be said of one order told for several shops: an event for each shop's line.

    ``trigger`` is the key of the event that brought it up.
    """

    trigger: str
    events: Sequence[Happened]


def notice_shops(session: Session, told: Sequence[Asked]) -> Iterator[Doubt]:
    """What some new events bring up, doubt by doubt: each is to be stored before the next is asked for.

    Each order number is looked at once, by the last of its events; then each order whose payment another shop's is.
    """
    last = {each.order_id: each for each in told}
    several = _of_several(session, sorted(last))
    shared = event_log.named_elsewhere(session, [name for each in told for name in each.payments])
    paid = {(each.event.shop_id, each.order_id): each for each in told if not shared.isdisjoint(each.payments)}
    looked_at = [last[order_id] for order_id in several]
    looked_at += [each for each in reversed(paid.values()) if each not in looked_at]
    for each in looked_at:
        if (doubt := _doubt(session, each)) is not None:
            yield doubt


def _of_several(session: Session, orders: Sequence[str]) -> list[str]:
    """The order numbers that several shops have, or that somebody has doubts about: another's may have another one."""
    connection = settled(session)
    if one_by_one(connection, len(orders)):
        found = {each: list(_SHOPS_OF.rows(connection, order=each)) for each in orders}
    else:
        found = {}
        wanted = select(Order.subject, Order.shop_id, Order.contested_count, Order.belongs_elsewhere)
        for part in portions(orders):
            for row in session.execute(wanted.where(Order.subject.in_(part))):
                found.setdefault(row[0], []).append(tuple(row[1:]))
    return sorted(each for each, rows in found.items() if len(rows) > 1 or any(any(row[1:]) for row in rows))


def _doubt(session: Session, asked: Asked) -> Doubt | None:
    key, event = asked.key, asked.event
    own = _order(session, event.shop_id, asked.order_id)
    if own is None:
        return None
    rows = _locked(session, own)
    noted = noted_of(own.payments)
    if is_lost(noted):  # a person said that another shop has it, and here it is told again
        others = [row for row in rows if _may_be_again(row, own)]
        among = [row for row in rows if row is own or row in others]
        return None if is_open(noted) or not others else _said(among, own, key, event, noted["told"]["same_facts"])
    group = _one_order(session, rows, own)
    known = _noted_by(rows, own)
    if not group:  # of a shop that has lost it nothing is known that could speak against the doubt
        is_refuted = is_open(noted) and not any(is_lost(noted_of(row.payments)) for row in known)
        return _taken_back(known, key) if is_refuted else None
    doubts = {noted_of(row.payments)["told"]["doubt_id"] for row in rows if row.id in group and _is_open(row)}
    among = [row for row in rows if row.id in group or noted_of(row.payments).get("told", {}).get("doubt_id") in doubts]
    if [row.id for row in among] == [row.id for row in known]:
        return None
    return _said(among, own, key, event, sorted({name for names in group.values() for name in names}))


def orders_like(session: Session, own: Order) -> list[Order]:
    """The orders of its number, of its payments and of its last doubt, the one told first first; itself among them."""
    told = noted_of(own.payments).get("told")
    names = [f"{DOUBT}{told['doubt_id']}"] if told is not None else []
    names += [f"{TRANSACTION}{number}" for number in sorted(_paid_by(own))]
    lines = event_log.lines_of(session, names)
    others = {(shop_id, root.removeprefix(ORDER)) for shop_id, root in lines if root.startswith(ORDER)}
    like = [Order.subject == own.subject]
    like += [tuple_(Order.shop_id, Order.subject).in_(part) for part in portions(sorted(others)[:MOST_SHOPS])]
    wanted = select(Order).where(or_(*like)).order_by(Order.id).limit(MOST_SHOPS)
    found = list(session.scalars(wanted.execution_options(populate_existing=True)))
    return found if own in found else sorted([*found[1:], own], key=lambda row: row.id)


def lock_orders(session: Session, rows: Iterable[Order]) -> None:
    """Keep others off the lines of these orders until the transaction ends."""
    event_log.lock(session, (event_log.lock_of(row.shop_id, f"{ORDER}{row.subject}") for row in rows))


def _locked(session: Session, own: Order) -> list[Order]:
    """``orders_like`` as they stand while nobody else changes them: who tells of one holds but its own number."""
    rows = orders_like(session, own)
    if all(row.subject == own.subject for row in rows):
        return rows
    lock_orders(session, rows)
    return orders_like(session, own)


def _order(session: Session, shop_id: str, order_id: str) -> Order | None:
    return session.scalars(select(Order).where(Order.shop_id == shop_id, Order.subject == order_id)).first()


def _paid_by(row: Order) -> set[str]:
    """The payments it was told to be paid with, but what a person has dismissed."""
    return {said["transaction_id"] for said in undismissed(row.payments or {}) if "transaction_id" in said}


def _noted_by(rows: Sequence[Order], own: Order) -> list[Order]:
    """Those that the last doubt about ``own`` was of, itself among them; none where it was taken back."""
    told = noted_of(own.payments).get("told")
    return same_doubt(rows, told["doubt_id"]) if told is not None and told["is_shared"] else []


def same_doubt(rows: Iterable[Order], doubt: str) -> list[Order]:
    """The orders whose last doubt is this one."""
    return [row for row in rows if noted_of(row.payments).get("told", {}).get("doubt_id") == doubt]


def _is_open(row: Order) -> bool:
    return is_open(noted_of(row.payments))


def _may_be_again(row: Order, own: Order) -> bool:
    """Whether a row has an order that ``own`` has lost: of its number, or of the doubt that was settled."""
    noted = noted_of(row.payments)
    if "told" not in noted or is_lost(noted):
        return False
    return row.subject == own.subject or noted["told"]["doubt_id"] == noted_of(own.payments)["told"]["doubt_id"]


def _one_order(session: Session, rows: Sequence[Order], own: Order) -> dict[str, tuple[str, ...]]:
    """The rows that tell of the same order as ``own``, itself among them, and why; empty where no other shop does."""
    mine = _side(session, own)
    found = {
        row.id: why
        for row in rows
        if row is not own and not is_lost(noted_of(row.payments))
        if (why := alike(mine, _side(session, row)))
    }
    is_shared = any(row.id in found and row.shop_id != own.shop_id for row in rows)
    return {own.id: (), **found} if is_shared else {}


def _side(session: Session, row: Order) -> Side:
    parcels = select(Parcel.subject).where(Parcel.shop_id == row.shop_id, Parcel.order_id == row.subject)
    payments = undismissed(row.payments or {})
    return Side(row.subject, payments, row.buyer_ref, frozenset(session.scalars(parcels)))


def _said(rows: Sequence[Order], own: Order, key: str, event: Happened, same: Sequence[str]) -> Doubt:
    asked = own if own is not rows[0] or is_lost(noted_of(own.payments)) else rows[-1]
    times = 1 + max(noted_of(row.payments).get("told", {}).get("times_count", 0) for row in rows)
    common = {"doubt_id": new_id(), "is_shared": True, "same_facts": list(same), "times_count": times}
    said = [
        _event(
            row,
            _before_doubt(row, event.at),
            common | {"told_first": row is rows[0], "is_asked": row is asked},
        )
        for row in rows
    ]
    return Doubt(key, said)


def _before_doubt(row: Order, at: datetime) -> datetime:
    """Before the open doubt that another takes the place of, so that the line is judged anew and its case falls."""
    if not _is_open(row):
        return at
    stood = datetime.fromisoformat(noted_of(row.payments)["told"]["at"])
    return min(at, stood - timedelta(microseconds=1))


def _taken_back(rows: Sequence[Order], key: str) -> Doubt:
    """Before the doubt itself, so that everything since is judged without it."""
    common = {"doubt_id": new_id(), "is_shared": False, "same_facts": [], "is_asked": False}
    said = []
    for row in rows:
        told = noted_of(row.payments)["told"]
        at = datetime.fromisoformat(told["at"]) - timedelta(microseconds=1)
        said.append(_event(row, at, common | {"times_count": told["times_count"], "told_first": told["told_first"]}))
    return Doubt(key, said)


def _event(row: Order, at: datetime, common: Mapping[str, Any]) -> Happened:
    facts = {"order_id": row.subject, **common}
    facts |= _as_before(row) if is_lost(noted_of(row.payments)) else _as_told(row)
    return Happened(TELLS, f"shops:{new_id()}", SERVICE, row.shop_id, row.subject, at, facts)


def _as_told(row: Order) -> dict[str, Any]:
    """What the shop told of the order: its payment as it stands there, and what told it."""
    told = tellings(row.payments or {})
    first: Mapping[str, Any] = told[0][1] if told else {}
    standing = in_force(row.payments or {})
    at = datetime.fromisoformat(standing["paid_at"]) if "paid_at" in standing else row.updated_at
    said: dict[str, Any] = {
        "first_event": first.get("event", "-"),
        "first_source": first.get("source", "-"),
        "first_at": at,
    }
    said["paid_fen"] = row.paid_fen or 0
    return said | ({"payment_no": row.transaction_id} if row.transaction_id is not None else {})


def _as_before(row: Order) -> dict[str, Any]:
    """Of a shop that has lost the order nothing stands any more: what the doubt before said of it."""
    told = noted_of(row.payments)["told"]
    kept = ("first_event", "first_source", "paid_fen", "payment_no")
    at = datetime.fromisoformat(told["first_at"])
    return {"first_at": at} | {name: told[name] for name in kept if name in told}

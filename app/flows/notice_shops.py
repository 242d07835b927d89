"""Noticing at the door that an order is told for two shops, or that what spoke for it holds no more.

events just settled ─ another shop's order of that number? (by index; nearly always none) ─ one order by what both told?
─ said anew or otherwise than noted: an event of our own on each shop's line ─ money of all waits, the later has a case
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.event_log import portions
from app.events.one_order import Side, alike
from app.events.payments import in_force, tellings
from app.events.shops_told import TELLS, is_lost, is_open, noted_of
from app.models import Order, Parcel, new_id
from app.prepared import Prepared, one_by_one, settled
from app.values.facts import Happened

SERVICE = "~service"
"""The source of what the service says itself; it stands after what others tell of the same instant."""
MOST_SHOPS = 20
"""So many shops of one number are looked at: more are no order told twice, but a number everybody uses."""
_ROWS = Order.__table__.c
_SHOPS_OF = Prepared(select(_ROWS.shop_id).where(_ROWS.subject == bindparam("order")).limit(2))


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is to be said of one order told for several shops: an event for each shop's line.

    ``trigger`` is the key of the event that brought it up.
    """

    trigger: str
    events: Sequence[Happened]


def notice_shops(session: Session, told: Iterable[tuple[str, Happened, str]]) -> list[Doubt]:
    """What some new events (key, event, order) bring up; each order once, by the last of its events."""
    last = {order_id: (key, event) for key, event, order_id in told}
    found = []
    for order_id in _of_several(session, sorted(last)):
        key, event = last[order_id]
        if (doubt := _doubt(session, order_id, key, event)) is not None:
            found.append(doubt)
    return found


def _of_several(session: Session, orders: Sequence[str]) -> list[str]:
    connection = settled(session)
    if one_by_one(connection, len(orders)):
        return [each for each in orders if len(_SHOPS_OF.rows(connection, order=each)) > 1]
    found: dict[str, set[str]] = {}
    for part in portions(orders):
        for subject, shop_id in session.execute(select(Order.subject, Order.shop_id).where(Order.subject.in_(part))):
            found.setdefault(subject, set()).add(shop_id)
    return [order_id for order_id, shops in sorted(found.items()) if len(shops) > 1]


def _doubt(session: Session, order_id: str, key: str, event: Happened) -> Doubt | None:
    rows = orders_of(session, order_id)
    own = next((row for row in rows if row.shop_id == event.shop_id), None)
    if own is None:
        return None
    noted = noted_of(own.payments)
    if is_lost(noted):  # a person said that another shop has it, and here it is told again
        others = [row for row in rows if "told" in noted_of(row.payments) and not is_lost(noted_of(row.payments))]
        among = [row for row in rows if row is own or row in others]
        return None if is_open(noted) else _said(among, key, event, noted["told"]["same_facts"])
    group = _one_order(session, rows, own)
    known = _noted_by(rows, own)
    if not group:  # of a shop that has lost it nothing is known that could speak against the doubt
        is_refuted = is_open(noted) and not any(is_lost(noted_of(row.payments)) for row in known)
        return _taken_back(known, key) if is_refuted else None
    doubts = {noted_of(row.payments)["told"]["doubt_id"] for row in rows if row.shop_id in group and _is_open(row)}
    among = [
        row for row in rows if row.shop_id in group or noted_of(row.payments).get("told", {}).get("doubt_id") in doubts
    ]
    if [row.shop_id for row in among] == [row.shop_id for row in known]:
        return None
    return _said(among, key, event, sorted({name for names in group.values() for name in names}))


def orders_of(session: Session, order_id: str) -> list[Order]:
    """The orders of that number, the one told first first."""
    wanted = select(Order).where(Order.subject == order_id).order_by(Order.id).limit(MOST_SHOPS)
    return list(session.scalars(wanted))


def _noted_by(rows: Sequence[Order], own: Order) -> list[Order]:
    """Those that the last doubt about ``own`` was of, itself among them; none where it was taken back."""
    told = noted_of(own.payments).get("told")
    return same_doubt(rows, told["doubt_id"]) if told is not None and told["is_shared"] else []


def same_doubt(rows: Iterable[Order], doubt: str) -> list[Order]:
    """The orders whose last doubt is this one."""
    return [row for row in rows if noted_of(row.payments).get("told", {}).get("doubt_id") == doubt]


def _is_open(row: Order) -> bool:
    return is_open(noted_of(row.payments))


def _one_order(session: Session, rows: Sequence[Order], own: Order) -> dict[str, tuple[str, ...]]:
    """The shops that told of the same order as ``own``, itself among them, and why; empty where there is none."""
    mine = _side(session, own)
    found = {
        row.shop_id: why
        for row in rows
        if row.shop_id != own.shop_id and not is_lost(noted_of(row.payments))
        if (why := alike(mine, _side(session, row)))
    }
    return {own.shop_id: (), **found} if found else {}


def _side(session: Session, row: Order) -> Side:
    parcels = select(Parcel.subject).where(Parcel.shop_id == row.shop_id, Parcel.order_id == row.subject)
    payments = [said for _, said in tellings(row.payments or {})]
    return Side(row.subject, payments, row.buyer_ref, frozenset(session.scalars(parcels)))


def _said(rows: Sequence[Order], key: str, event: Happened, same: Sequence[str]) -> Doubt:
    first = rows[0].shop_id
    is_told_again = any(is_lost(noted_of(row.payments)) for row in rows if row.shop_id == event.shop_id)
    asked = event.shop_id if event.shop_id != first or is_told_again else rows[-1].shop_id
    times = 1 + max(noted_of(row.payments).get("told", {}).get("times_count", 0) for row in rows)
    common = {"doubt_id": new_id(), "is_shared": True, "same_facts": list(same), "times_count": times}
    said = [
        _event(
            row,
            _before_doubt(row, event.at),
            common | {"told_first": row is rows[0], "is_asked": row.shop_id == asked},
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

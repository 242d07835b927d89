"""A person says which of several contradicting tellings counts, of a payment, whatever happens once, or the shop.

order's line locked ─ still in doubt, and told as it was seen? ─ much money: the first of two asks, the second decides
─ an event of our own before all that was told ─ the line judged anew: the doubt is withdrawn, deadlines, claims and
refunds go by what counts ─ audit row. A later word that says otherwise again is a new doubt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import approvals, audit
from app.errors import Conflict, Forbidden, InvalidInput, Problem
from app.events.shops_told import noted_of
from app.events.stored import own_event
from app.events.told_once import SETTLES
from app.flows.follow_choice import follow_choice, standing
from app.flows.notice_shops import Asked, lock_orders
from app.flows.parts import Parts
from app.flows.refit_claims import hold_elsewhere, refit_order
from app.flows.relink import relink
from app.flows.shop_tellings import SHOP, said_of_shops, shop_thing, told_for
from app.flows.show_order import find_order
from app.flows.take_event import Fresh, say_noticed, store_fresh
from app.flows.told_things import PAYMENT, begins_at, told_things
from app.models import Approval, Order, new_id
from app.values.access import Caller
from app.values.facts import Happened

SETTLE_PAYMENT, SETTLE_TELLING, SETTLE_SHOP = "order.settle_payment", "order.settle_telling", "order.settle_shop"
"""The deeds in the audit log; that of the first of two ends with ``_first``."""
SOURCE = "~officer"
"""The source of what a person says here."""
_PAID = "order.payment_settled"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which telling of a thing counts and why. ``seen`` are those that were looked at; None: nobody says which."""

    thing: str
    counts: str
    reason: str
    seen: Collection[str] | None = None


def choose_telling(
    parts: Parts, order_id: str, choice: Choice, *, shop_id: str | None, caller: Caller, now: datetime
) -> list[dict[str, Any]]:
    """Say it, as the only person or as the first or second of two; answers all that was told as it stands then.

    Raises:
        NotFound: none of the caller's shops has the order.
        Forbidden: a shop it was told for is not the caller's.
        Conflict: nothing of it is in doubt, it was told again since, or several shops have the order.
        InvalidInput: no such telling, or no reason.
        SamePerson: whoever was the first of two.
    """
    if not choice.reason.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why this telling counts")])

    def work(session: Session) -> list[dict[str, Any]]:
        order = find_order(session, order_id, shop_id=shop_id, caller=caller)
        lock_orders(session, [order, *(told_for(session, order) if choice.thing == SHOP else [])])
        session.refresh(order)
        thing = _checked(session, order, choice, caller=caller)
        is_dear = thing["at_stake_fen"] >= parts.settings.four_eyes_fen
        if is_dear and not _second(session, order, thing, choice, caller=caller, now=now):
            return waiting_things(session, order, caller=caller)
        orders = told_for(session, order) if choice.thing == SHOP else [order]
        before = {row.id: (row.paid_fen, standing(session, row)) for row in orders}
        said = said_of_shops(session, order, choice.counts) if choice.thing == SHOP else [_said(order, thing, choice)]
        store_fresh(session, [Fresh(parts, own_event(each), caller.name, now, is_heard=False) for each in said])
        for row in orders:
            relink(session, parts, row, by=caller.name, reason=choice.reason.strip(), now=now)
            session.refresh(row)
            paid_fen, stood = before[row.id]
            follow_choice(session, row, stood, by=caller.name, reason=choice.reason.strip(), now=now)
            _record(session, row, thing, choice, action=deed_of(choice.thing), by=caller.name, now=now)
            refit_order(session, parts, row, before_fen=paid_fen, now=now)
            if row.belongs_elsewhere:
                hold_elsewhere(session, row, now=now)
        if choice.thing == PAYMENT:  # which shops tell of one payment goes by what counts
            asked = [Asked(order.id, each, order.subject, ()) for each in said]
            say_noticed(session, parts, asked, now=now)
        return waiting_things(session, order, caller=caller)

    return parts.db.write(work)


def waiting_things(session: Session, order: Order, *, caller: Caller) -> list[dict[str, Any]]:
    """All that was told of an order in contradicting ways; ``first`` says who chose first where a second is needed."""
    return [each | {"first": _first(session, order, each)} for each in _things(session, order, caller)]


def deed_of(thing: str) -> str:
    """What saying it is called in the audit log."""
    return {PAYMENT: SETTLE_PAYMENT, SHOP: SETTLE_SHOP}.get(thing, SETTLE_TELLING)


def _things(session: Session, order: Order, caller: Caller) -> list[dict[str, Any]]:
    shop = shop_thing(session, order, caller=caller)
    return [*([shop] if shop is not None else []), *told_things(order)]


def _checked(session: Session, order: Order, choice: Choice, *, caller: Caller) -> dict[str, Any]:
    thing = next((each for each in _things(session, order, caller) if each["thing"] == choice.thing), None)
    if thing is None or not thing["is_contested"]:
        what = "该订单的支付" if choice.thing == PAYMENT else "该订单的这一事项"
        raise Conflict(f"{what}没有待核定的矛盾")
    if choice.thing == SHOP and not all(caller.may_see(row.shop_id) for row in told_for(session, order)):
        raise Forbidden("订单报给了多家店铺，须由对这些店铺都有权限的人核定")
    known = [each["telling"] for each in thing["tellings"]]
    if choice.seen is not None and set(choice.seen) != set(known):
        raise Conflict("在此期间又有报送，请核对后再核定")
    if choice.counts not in known:
        raise InvalidInput("没有这一次报送", problems=[Problem("telling", "is unknown", ", ".join(known))])
    return thing


def _said(order: Order, thing: Mapping[str, Any], choice: Choice) -> Happened:
    among = sorted(each["telling"] for each in thing["tellings"])
    facts = {"order_id": order.subject, "counts": choice.counts, "among": among}
    facts |= {} if choice.thing == PAYMENT else {"thing": choice.thing}
    kind, event_id = (_PAID, f"settled:{new_id()}") if choice.thing == PAYMENT else (SETTLES, f"weighed:{new_id()}")
    at = begins_at(thing) - timedelta(microseconds=1)
    return Happened(kind, event_id, SOURCE, order.shop_id, order.subject, at, facts)


def _second(
    session: Session, order: Order, thing: Mapping[str, Any], choice: Choice, *, caller: Caller, now: datetime
) -> bool:
    """Whether this is the second word for this telling among these; the first is written down and waits."""
    asked = _waiting(session, order, thing)
    if asked is not None and asked.payload["counts"] == choice.counts:
        approvals.decide(session, asked.id, approve=True, reason=choice.reason, by=caller.name, now=now)
        return True
    action, object_id = deed_of(choice.thing), _object_of(order, choice.thing)
    if (earlier := approvals.newest_of(session, action=action, object_id=object_id)) is not None:
        approvals.supersede(session, earlier, now=now)
    payload: dict[str, Any] = {
        "order_id": order.subject,
        "shop_id": order.shop_id,
        "thing": choice.thing,
        "counts": choice.counts,
    }
    payload["among"] = sorted(each["telling"] for each in thing["tellings"])
    reason = choice.reason.strip()
    approvals.ask(session, action=action, object_id=object_id, payload=payload, reason=reason, by=caller.name, now=now)
    _record(session, order, thing, choice, action=f"{action}_first", by=caller.name, now=now)
    return False


def _first(session: Session, order: Order, thing: Mapping[str, Any]) -> dict[str, Any] | None:
    asked = _waiting(session, order, thing) if thing["is_contested"] else None
    if asked is None:
        return None
    said = {"by": asked.requested_by, "at": asked.requested_at.isoformat(), "reason": asked.reason}
    return said | {"telling": asked.payload["counts"]}


def _waiting(session: Session, order: Order, thing: Mapping[str, Any]) -> Approval | None:
    """What the first of two said of these very tellings."""
    object_id = _object_of(order, thing["thing"])
    asked = approvals.newest_of(session, action=deed_of(thing["thing"]), object_id=object_id)
    among = sorted(each["telling"] for each in thing["tellings"])
    is_of_these = asked is not None and asked.state == "waiting" and asked.payload["among"] == among
    return asked if is_of_these else None


def _object_of(order: Order, thing: str) -> str:
    """The thing's name among approvals: of one length, however long the numbers in it; one for all shops of a doubt."""
    if thing == SHOP:
        return hashlib.sha256(f"{SHOP}|{noted_of(order.payments)['told']['doubt_id']}".encode()).hexdigest()
    return hashlib.sha256(f"{order.shop_id}|{order.subject}|{thing}".encode()).hexdigest()


def _record(
    session: Session,
    order: Order,
    thing: Mapping[str, Any],
    choice: Choice,
    *,
    action: str,
    by: str,
    now: datetime,
) -> None:
    told = [
        {"telling": each["telling"], "event": each["event"], "source": each["source"], "at": each["at"]} | each["facts"]
        for each in thing["tellings"]
        if choice.thing != SHOP or each["telling"] == order.shop_id  # a shop's records hold nothing of another's
    ]
    details: dict[str, Any] = {"thing": choice.thing, "counts": choice.counts, "told": told}
    if choice.thing == SHOP:
        details = {"thing": choice.thing, "is_here": choice.counts == order.shop_id, "told": told}
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="order",
        object_id=order.subject,
        shop_id=order.shop_id,
        reason=choice.reason.strip(),
        details=details,
        now=now,
    )

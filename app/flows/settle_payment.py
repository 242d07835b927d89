"""A person says which of several contradicting tellings of an order's payment counts, and everything since follows.

what was weighed ─ an event of our own that stands before the payment ─ the line judged anew: the doubt is withdrawn,
limits, claims and refunds go by what counts ─ audit row. A later word that says otherwise again is a new doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import audit, event_log
from app.errors import Conflict, InvalidInput, Problem
from app.events.payments import SETTLED, contradictions, tellings
from app.events.stored import own_event
from app.flows.parts import Parts
from app.flows.refit_claims import refit_order
from app.flows.show_order import find_order
from app.flows.take_event import Fresh, store_fresh
from app.models import Order, new_id
from app.values.access import Caller
from app.values.facts import Happened

KIND = "order.payment_settled"
SETTLE = "order.settle_payment"
"""The deed in the audit log."""
SOURCE = "~officer"
"""The source of what a person says here."""


def told_payments(order: Order) -> list[dict[str, Any]]:
    """Every telling of an order's payment as plain JSON, the one in force first; ``contests`` are what differs."""
    payments: Mapping[str, Any] = order.payments or {}
    against = dict(contradictions(payments))
    return [
        {"telling": key, **said, "contests": list(against.get(key, ())), "in_force": number == 0}
        for number, (key, said) in enumerate(tellings(payments))
    ]


def settle_payment(
    parts: Parts,
    order_id: str,
    *,
    shop_id: str | None,
    counts: str,
    reason: str,
    caller: Caller,
    now: datetime,
    seen: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Say which telling counts; answers all of them as they stand then. ``seen`` are those that were weighed.

    Raises:
        NotFound: none of the caller's shops has the order.
        Conflict: nothing about its payment is in doubt, it was told again since, or several shops have the order.
        InvalidInput: no such telling, or no reason.
    """
    if not reason.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why this telling counts")])

    def work(session: Session) -> list[dict[str, Any]]:
        order = find_order(session, order_id, shop_id=shop_id, caller=caller)
        event_log.lock(session, [f"{order.shop_id}|{event_log.ORDER}{order.subject}"])
        session.refresh(order)
        before, before_fen = told_payments(order), order.paid_fen
        if not any(each["contests"] for each in before):
            raise Conflict("该订单的支付没有待核定的矛盾")
        known = [each["telling"] for each in before]
        if seen is not None and set(seen) != set(known):
            raise Conflict("该订单的支付在此期间又有报送")
        if counts not in known:
            raise InvalidInput("没有这一次报送", problems=[Problem("telling", "is unknown", ", ".join(known))])
        at = min(datetime.fromisoformat(each["paid_at"]) for each in before) - timedelta(microseconds=1)
        facts = {"order_id": order.subject, "counts": counts, "among": known}
        happened = Happened(KIND, f"{SETTLED}:{new_id()}", SOURCE, order.shop_id, order.subject, at, facts)
        store_fresh(session, [Fresh(parts, own_event(happened), caller.name, now, is_heard=False)])
        audit.record(
            session,
            actor=caller.name,
            action=SETTLE,
            object_type="order",
            object_id=order.subject,
            shop_id=order.shop_id,
            reason=reason.strip(),
            details={"counts": counts, "told": [_told(each) for each in before]},
            now=now,
        )
        session.refresh(order)
        refit_order(session, parts, order, before_fen=before_fen, now=now)
        return told_payments(order)

    return parts.db.write(work)


def _told(each: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each[name] for name in ("telling", "event", "source", "paid_fen", "paid_at") if name in each}

"""Whether an event names another payment than its order's: a refund or a split is of its own order's money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.models import EventLink, Order
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.names_other_payment",)
PARAMETERS: tuple[str, ...] = ()
_ROOT = len("order:") + 1


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, bool | None]:
    """Where the order's own payment is not known, by whether it is that of another order of any shop.

    An event that names no order is of the shop's order with that payment, if there is one; None: it names no payment.
    """
    del policy
    named, own = event.facts.get("transaction_id"), facts.get("order.transaction_id")
    if named is None:
        return dict.fromkeys(FACTS)
    if own is not None:
        return {FACTS[0]: named != own}
    linked = select(EventLink.shop_id, func.substr(EventLink.root, _ROOT)).where(
        EventLink.name == f"transaction:{named}"
    )
    paid = tuple_(Order.shop_id, Order.subject).in_(linked) & (Order.transaction_id == named)
    orders = session.execute(select(Order.shop_id, Order.subject).where(paid)).all()
    order_id = event.facts.get("order_id")
    is_own = any(shop_id == event.shop_id and order_id in {None, subject} for shop_id, subject in orders)
    return {FACTS[0]: bool(orders) and not is_own}

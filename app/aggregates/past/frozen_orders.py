"""Freezes that stand on the time lines of a payment's orders: what rules froze until a person has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Effect, EventLink
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.frozen_count",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """How many stand now on the order that the event names, and on every order its payment was told of.

    A payment of several orders of which none was ever frozen counts as one: it was told with this very event.
    """
    del facts, policy
    transaction, order_id = event.facts.get("transaction_id"), event.facts.get("order_id")
    if transaction is None and order_id is None:
        return dict.fromkeys(FACTS)
    own = (Effect.shop_id == event.shop_id) & (Effect.verb == "freeze")
    if transaction is None:
        on_order = select(func.count()).where(own, Effect.root == f"order:{order_id}", Effect.state == "open")
        return {FACTS[0]: session.scalar(on_order)}
    of_payment = (EventLink.shop_id == event.shop_id) & (EventLink.name == f"transaction:{transaction}")
    both = select(EventLink.root, Effect.state).outerjoin(Effect, own & (Effect.root == EventLink.root))
    rows = session.execute(both.where(of_payment)).all()
    is_untouched = len({root for root, _ in rows}) > 1 and not any(state for _, state in rows)
    return {FACTS[0]: sum(state == "open" for _, state in rows) + is_untouched}

"""Freezes that stand on the time lines of a payment's orders: what rules froze until a person has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import Effect, EventLink
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.frozen_count",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """How many stand now on the order that the event names, and on every order its payment was told of."""
    del facts, policy
    lines = []
    if (order_id := event.facts.get("order_id")) is not None:
        lines.append(Effect.root == f"order:{order_id}")
    if (transaction := event.facts.get("transaction_id")) is not None:
        named = (EventLink.shop_id == event.shop_id) & (EventLink.name == f"transaction:{transaction}")
        lines.append(Effect.root.in_(select(EventLink.root).where(named)))
    if not lines:
        return dict.fromkeys(FACTS)
    own = (Effect.shop_id == event.shop_id) & (Effect.verb == "freeze") & (Effect.state == "open")
    return {FACTS[0]: session.scalar(select(func.count()).where(own, or_(*lines)))}

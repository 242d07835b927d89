"""Other guarantee orders of the same order: one harm told under two numbers, and goods worth more than all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.like_guarantee_count", "past.guaranteed_goods_fen")
PARAMETERS: tuple[str, ...] = ()
_REFUSED = "refused"


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """By the last word on each up to the event: those of the same kind and price, and the price of the goods in all."""
    del policy
    price, own = facts.get("product_fen"), (facts.get("type"), facts.get("product_fen"))
    others = [said for said in _others(session, event) if said["status"] != _REFUSED]
    alike = sum((said["type"], said.get("product_fen")) == own for said in others)
    prices = [said["product_fen"] for said in others if said.get("product_fen") is not None]
    together = None if price is None or facts.get("status") == _REFUSED else price + sum(prices)
    return dict(zip(FACTS, (None if price is None else alike, together), strict=True))


def _others(session: Session, event: Happened) -> list[Mapping[str, Any]]:
    """What was said last of each; its price is what was said of it last."""
    told = select(Event.subject, Event.facts).join(EventRoot, EventRoot.event_pk == Event.id)
    on_line = (EventRoot.shop_id == event.shop_id) & (EventRoot.root == f"order:{event.facts['order_id']}")
    other = (Event.kind == event.kind) & (Event.subject != event.subject) & (Event.happened_at <= event.at)
    found: dict[str, Mapping[str, Any]] = {}
    rows = session.execute(told.where(on_line, other).order_by(Event.happened_at, Event.source, Event.event_id))
    for subject, said in rows:
        found[subject] = {**found.get(subject, {}), **said}
    return list(found.values())

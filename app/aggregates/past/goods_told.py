"""Of which categories the goods of an order were when they were published: it decides whether they may be sent back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.goods_categories",)
PARAMETERS: tuple[str, ...] = ()
_MOST = 50


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Looked up only for an order whose goods cannot be sent back without a reason; None for all others."""
    del policy
    items = {each["sku_id"] for each in facts.get("items") or ()} | set(facts.get("sku_ids") or ())
    if facts.get("no_reason_return") is not False or not items:
        return dict.fromkeys(FACTS)
    roots = [f"sku:{each}" for each in sorted(items)[:_MOST]]
    on_line = (EventRoot.shop_id == event.shop_id) & EventRoot.root.in_(roots)
    told = (
        select(Event.subject, Event.facts["category"].as_string())
        .join(EventRoot, EventRoot.event_pk == Event.id)
        .where(on_line, Event.kind == "product.publish", Event.happened_at <= event.at)
        .order_by(Event.happened_at, Event.id)
    )
    newest = {subject: category for subject, category in session.execute(told) if category}
    return {FACTS[0]: sorted(set(newest.values()))}

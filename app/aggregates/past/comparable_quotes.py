"""What others were shown for the same offer about the same time: same goods, quantity, region, published condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.models import Quote
from app.values.facts import Happened
from app.values.person_names import spelt
from app.values.policy import Policy

WINDOW = "tiering.quote_window_seconds"
FACTS = ("past.comparable_quote_count", "past.quote_difference_fen", "past.unlike_quote_count")
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Quotes up to this one's instant; a person, tier or device must be another one for a quote to be another's."""
    window, payable = policy.span(WINDOW), facts.get("quote.payable_fen")
    if window is None or payable is None:
        return dict.fromkeys(FACTS)
    same = [
        Quote.shop_id == event.shop_id,
        Quote.sku_id == facts["sku_id"],
        Quote.quoted_at > event.at - window,
        Quote.quoted_at <= event.at,
        Quote.subject != event.subject,
        func.coalesce(Quote.quantity, 1) == (facts.get("quantity") or 1),
        Quote.payable_fen.is_not(None),
        *(_is(getattr(Quote, name), facts.get(name)) for name in ("region", "public_condition")),
    ]
    person = facts.get("person_ref")
    own = None if person is None else person.removeprefix("buyer:")
    unlike = or_(*(~_is(getattr(Quote, name), facts.get(name)) for name in ("tier", "device")))
    other = or_(~_is(spelt(Quote.person_ref), own), Quote.person_ref.is_(None), unlike)
    is_unlike = case((unlike & (Quote.payable_fen != payable), 1), else_=0)
    found = select(func.count(), func.min(Quote.payable_fen), func.max(Quote.payable_fen), func.sum(is_unlike))
    count, low, high, unlike_count = session.execute(found.where(*same, other)).one()
    difference = max(high, payable) - min(low, payable) if count else 0
    return dict(zip(FACTS, (count, difference, int(unlike_count or 0)), strict=True))


def _is(column: Any, value: object) -> Any:
    """Whether they are the same, where nothing is a value too."""
    return column.is_not_distinct_from(value)

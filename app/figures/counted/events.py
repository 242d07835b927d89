"""Events: how many were judged with which verdict, and which rules fired at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import EventDecision, Shop

_SHOPS, _AT_A_TIME = 200, 2_000


def count(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, str, str, str, int]]:
    """``judged`` by verdict and ``fired`` by rule. What was judged anew counts where it was judged last."""
    verdicts: Counter[tuple[str, str]] = Counter()
    fired: Counter[tuple[str, str]] = Counter()
    for shop_id, decision, firings in _decided(session, since, until):
        verdicts[shop_id, decision] += 1
        live = dict.fromkeys(each["rule"] for each in firings if not each.get("shadow"))
        fired.update((shop_id, rule) for rule in live)
    for (shop_id, decision), times in verdicts.items():
        yield "judged", shop_id, decision, "", times
    for (shop_id, rule), times in fired.items():
        yield "fired", shop_id, rule, "", times


def _decided(session: Session, since: datetime, until: datetime) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """By shops, because the index begins with them."""
    shops = session.scalars(select(Shop.id).order_by(Shop.id)).all()
    lately = (EventDecision.decided_at >= since) & (EventDecision.decided_at < until) & EventDecision.is_current
    columns = (EventDecision.shop_id, EventDecision.decision, EventDecision.firings)
    for start in range(0, len(shops), _SHOPS):
        theirs = EventDecision.shop_id.in_(shops[start : start + _SHOPS])
        for row in session.execute(select(*columns).where(theirs, lately).execution_options(yield_per=_AT_A_TIME)):
            yield row[0], row[1], row[2]

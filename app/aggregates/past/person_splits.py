"""In how many splits one person stands as a receiver, over a window that ends at the request (反洗钱).

All shops are counted: somebody who collects through several of them is what the figure is for. Companies are not
counted, they may receive of every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import SplitReceiver
from app.models.base import ORG
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "profit_sharing.person_window_days"
TYPES = "profit_sharing.personal_types"
FACTS = ("past.person_split_count",)
PARAMETERS = (WINDOW, TYPES)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Splits of the busiest person among the receivers, this one counted; None where no person receives."""
    window, types = policy.span(WINDOW), policy.texts(TYPES)
    receivers = facts.get("receivers") or ()
    persons = sorted({f"{each['type']}:{each['account']}"[:300] for each in receivers if each["type"] in types})
    if not persons or window is None:
        return dict.fromkeys(FACTS)
    lately = (SplitReceiver.requested_at > event.at - window) & (SplitReceiver.requested_at <= event.at)
    own = (SplitReceiver.shop_id == event.shop_id) & (SplitReceiver.split == event.subject)
    mine = select(func.count()).where(SplitReceiver.org_id == ORG, lately, ~own)
    return {FACTS[0]: 1 + max(session.scalar(mine.where(SplitReceiver.receiver == name)) or 0 for name in persons)}

"""How much of a shop's sales came through its own channels in the month that is over, and before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.funnel.gmv import month_share, months_before
from app.values.china_days import month_of, month_starts_at
from app.values.facts import Happened
from app.values.policy import Policy

CHANNELS, MONTHS = "funnel.private_channels", "funnel.private_curve_months"
FACTS = ("past.private_gmv_bp", "past.private_gmv_before_bp", "past.private_gmv_start_bp")
PARAMETERS = (CHANNELS, MONTHS)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Basis points of what has a channel; None where nothing was sold with one."""
    del facts
    channels, count = policy.texts(CHANNELS), policy.count(MONTHS)
    if not channels or count is None:
        return dict.fromkeys(FACTS)
    month = month_of(month_starts_at(month_of(event.at)) - timedelta(days=1))
    months = months_before(month, count + 1)
    wanted = (months[-1], months[-2], months[0])
    return {
        name: month_share(session, event.shop_id, each, channels).share_bp
        for name, each in zip(FACTS, wanted, strict=True)
    }

"""Orders of a shop's own channels of whose money WeChat Pay never told, while it told of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, Order
from app.values.facts import Happened
from app.values.policy import Policy

CHANNELS = "funnel.private_channels"
FACTS = ("past.unseen_payment_count",)
PARAMETERS = (CHANNELS,)
_DAY = timedelta(days=1)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of the day before the one that is over, so that notices had a day to come; None where none came at all."""
    del facts
    since, until = event.at - 2 * _DAY, event.at - _DAY
    notices = (Event.shop_id == event.shop_id) & (Event.kind == "payment.succeeded")
    lately = (Event.happened_at > since - _DAY) & (Event.happened_at <= event.at)
    seen = set(session.scalars(select(Event.subject).where(notices, lately)))
    if not seen:
        return dict.fromkeys(FACTS)
    own = (Order.shop_id == event.shop_id) & Order.channel.in_(policy.texts(CHANNELS))
    paid = (Order.paid_at > since) & (Order.paid_at <= until) & Order.cancelled_at.is_(None)
    transactions = session.scalars(select(Order.transaction_id).where(own, paid))
    return {FACTS[0]: sum(each not in seen for each in transactions)}

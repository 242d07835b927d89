"""Reviews that were there and are not: what a shop told of a product's reviews before, against what it tells now.

A number of reviews only grows, unless some are deleted or hidden; so the shop's own figures say what its ticks may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "content.reviews_window_days"
OF_PRODUCT = ("past.review_lost_count", "past.bad_review_lost_count")
OF_SHOP = ("past.shop_review_lost_count",)
FACTS = (*OF_PRODUCT, *OF_SHOP)
PARAMETERS = (WINDOW,)
_KIND = "review.display"


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """The most that was told in the window less what was told last; None where nothing was told before.

    Of a product for what the shop tells of it, of all products together for anything else. The product's own figures
    are those of the event.
    """
    span = policy.span(WINDOW)
    if span is None:
        return dict.fromkeys(FACTS)
    if event.kind != _KIND:
        return dict.fromkeys(OF_PRODUCT) | {OF_SHOP[0]: _of_shop(_told(session, event, since=event.at - span))}
    before = [each for subject, each in _told(session, event, since=event.at - span) if subject == event.subject]
    reviews, bad = _lost(before, facts, "review_count"), _lost(before, facts, "bad_count")
    return {OF_PRODUCT[0]: reviews, OF_PRODUCT[1]: bad, OF_SHOP[0]: None}


def _told(session: Session, event: Happened, *, since: datetime) -> list[tuple[str, Mapping[str, Any]]]:
    """What was told of each product before the event, oldest first."""
    own = (Event.shop_id == event.shop_id) & (Event.kind == _KIND)
    during = (Event.happened_at > since) & (Event.happened_at < event.at)
    wanted = select(Event.subject, Event.facts).where(own, during).order_by(Event.happened_at, Event.id)
    return [(subject, facts) for subject, facts in session.execute(wanted)]


def _lost(before: Sequence[Mapping[str, Any]], now: Mapping[str, Any], name: str) -> int | None:
    counts = [count for each in before if (count := each.get(name)) is not None]
    return max(0, max(counts) - now[name]) if counts and now.get(name) is not None else None


def _of_shop(told: Sequence[tuple[str, Mapping[str, Any]]]) -> int | None:
    most: dict[str, int] = {}
    last: dict[str, int] = {}
    for subject, facts in told:
        if (count := facts.get("review_count")) is not None:
            most[subject], last[subject] = max(most.get(subject, 0), count), count
    return sum(most[subject] - last[subject] for subject in last) if last else None

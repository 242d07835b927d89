"""What part of the 3:5:2 mix a shop's contents were, over a window that ends at the event; each content counts once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Content, Screening
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "content.mix_window_days"
PARTS = ("product", "testimonial", "welfare")
FACTS = ("past.mix_count", "past.mix_known_count", *(f"past.mix_{name}_bp" for name in PARTS), "past.mix_unknown_bp")
PARAMETERS = (WINDOW,)
_ONE = 10_000


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Counts and shares in basis points, rounded down; shares are None where there is nothing to share."""
    del facts
    window = policy.span(WINDOW)
    if window is None:
        return dict.fromkeys(FACTS)
    return figures(counted(session, event.shop_id, start=event.at - window, end=event.at))


def counted(
    session: Session, shop_id: str, *, start: datetime, end: datetime, without: Collection[str] = ()
) -> dict[str, int]:
    """Contents by part, after ``start`` up to ``end``, each by its present version; a blocked one was never shown.

    The contents ``without``, by their keys, are not counted.
    """
    wanted = (
        (Screening.shop_id == shop_id)
        & (Screening.created_at > start)
        & (Screening.created_at <= end)
        & (Content.screening_id == Screening.id)
        & (Content.decision != "block")
    )
    if without:
        wanted &= Content.id.not_in(sorted(without))
    rows = session.execute(
        select(Screening.mix_type, func.count())
        .join(Content, Content.id == Screening.content_pk)
        .where(wanted)
        .group_by(Screening.mix_type)
    )
    found = {str(name or "unknown"): int(count) for name, count in rows}
    return {name: found.get(name, 0) for name in (*PARTS, "unknown")}


def figures(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The facts of counts by part."""
    known = sum(counts[name] for name in PARTS)
    total = known + counts["unknown"]
    shares = {f"past.mix_{name}_bp": counts[name] * _ONE // known if known else None for name in PARTS}
    unknown = counts["unknown"] * _ONE // total if total else None
    return {"past.mix_count": total, "past.mix_known_count": known, **shares, "past.mix_unknown_bp": unknown}


def usual_window(policy: Policy) -> timedelta:
    """The window of the pack, or a week where it has none."""
    return policy.span(WINDOW) or timedelta(days=7)

"""The badge 优选标识: at most one stands for a provider of a shop; this module owns every change of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.models import ProviderBadge, new_id
from app.models.provider import violations
from app.providers import ratings
from app.providers.rating import Terms


def standing(session: Session, shop_id: str | None = None, provider_id: str | None = None) -> Sequence[ProviderBadge]:
    """Badges that stand, by shop and provider."""
    wanted = select(ProviderBadge).where(ProviderBadge.standing.is_not(None))
    if shop_id is not None:
        wanted = wanted.where(ProviderBadge.shop_id == shop_id)
    if provider_id is not None:
        wanted = wanted.where(ProviderBadge.provider_id == provider_id)
    return session.scalars(wanted.order_by(ProviderBadge.standing)).all()


def grant(
    session: Session, shop_id: str, provider_id: str, *, badge_id: str, reason: str, by: str, now: datetime
) -> ProviderBadge:
    """Give it; raises Conflict where one stands."""
    if standing(session, shop_id, provider_id):
        raise Conflict(f"{provider_id} 已有优选标识")
    row = ProviderBadge(
        id=badge_id or new_id(),
        shop_id=shop_id,
        provider_id=provider_id,
        standing=f"{shop_id}|{provider_id}",
        granted_at=now,
        granted_by=by,
        granted_why=reason,
    )
    session.add(row)
    session.flush()
    return row


def withdraw(row: ProviderBadge, *, reason: str, by: str, now: datetime, lapsed_at: datetime | None = None) -> None:
    """Take it away."""
    row.standing, row.lapsed_at = None, lapsed_at
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, by, reason


def lapse(session: Session, row: ProviderBadge, terms: Terms, *, now: datetime) -> tuple[datetime, str] | None:
    """Since when the conditions of a badge are gone, and why; None while they hold."""
    since = max(row.granted_at, now - timedelta(days=terms.violation_days))
    if wrong := session.scalars(violations(row.shop_id, row.provider_id, since=since, until=now)).all():
        return min(each.decided_at for each in wrong), f"近 {terms.violation_days} 日有 {len(wrong)} 项违规"
    rating = ratings.in_force(session, row.shop_id, row.provider_id)
    if rating is None or rating.in_force_at is None:
        last = ratings.newest(session, row.shop_id, row.provider_id)
        gone_at = last.decided_at if last is not None and last.decided_at is not None else row.granted_at
        return max(gone_at, row.granted_at), "没有生效的评级"
    if rating.score is None or rating.score < terms.grade_a_score:
        return max(rating.in_force_at, row.granted_at), f"评分降为 {rating.score} 分（{rating.grade} 级）"
    return None

"""What each service provider of a shop did in a window, counted in the database over its finished jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import ProviderJob, ServiceProvider
from app.providers.rating import Work

_FULL = 100


def shops_with_work(session: Session, *, since: datetime) -> list[str]:
    """Shops for which a provider finished something since then."""
    recent = ProviderJob.done_at > since
    return sorted(session.scalars(select(ProviderJob.shop_id).where(recent).distinct()))


def work_of(session: Session, shop_id: str, *, until: datetime, days: int) -> list[Work]:
    """One row a provider that is in the shop's register or has finished work, by id.

    Scores outside 0 to 100 count as the nearer end: nobody earns an average by a typing error.
    """
    since = until - timedelta(days=days)
    own = (ProviderJob.shop_id == shop_id) & (ProviderJob.done_at > since) & (ProviderJob.done_at <= until)
    rows = session.execute(
        select(
            ProviderJob.provider_id,
            func.count(ProviderJob.client_score),
            func.coalesce(func.sum(_kept(ProviderJob.client_score)), 0),
            func.count(ProviderJob.due_at),
            func.count().filter(ProviderJob.done_at <= ProviderJob.due_at),
            func.count(ProviderJob.innovation_score),
            func.coalesce(func.sum(_kept(ProviderJob.innovation_score)), 0),
            func.max(ProviderJob.done_at),
        )
        .where(own, ProviderJob.provider_id.is_not(None))
        .group_by(ProviderJob.provider_id)
    ).all()
    found = {
        str(provider): Work(
            str(provider), int(judged), int(given), int(promised), int(timely), int(novel), int(new), at
        )
        for provider, judged, given, promised, timely, novel, new, at in rows
    }
    for registered in session.scalars(select(ServiceProvider.subject).where(ServiceProvider.shop_id == shop_id)):
        found.setdefault(registered, Work(registered, 0, 0, 0, 0, 0, 0, None))
    return [found[name] for name in sorted(found)]


def _kept(column: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    return case((column < 0, 0), (column > _FULL, _FULL), else_=column)

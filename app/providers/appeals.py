"""Appeals against ratings: one a rating, in time, decided once, by somebody who had no part in the rating."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import ProviderAppeal, ProviderRating
from app.values.access import Caller

WAITING, UPHELD, DISMISSED = "waiting", "upheld", "dismissed"


def ask(
    session: Session,
    rating: ProviderRating,
    *,
    text: str,
    evidence_ref: str | None,
    answer_days: int,
    by: str,
    now: datetime,
) -> ProviderAppeal:
    """Note an appeal; raises Conflict when it comes too late, is a second one, or there is nothing to contest."""
    if rating.state not in {"in_force", "held"}:
        raise Conflict(f"评级 {rating.id} 现为 {rating.state}，无可申诉")
    if now > rating.appeal_until_at:
        raise Conflict(f"申诉期已于 {rating.appeal_until_at.isoformat()} 届满")
    if session.scalar(select(ProviderAppeal.id).where(ProviderAppeal.rating_id == rating.id)) is not None:
        raise Conflict(f"评级 {rating.id} 已有申诉")
    row = ProviderAppeal(
        shop_id=rating.shop_id,
        provider_id=rating.provider_id,
        rating_id=rating.id,
        text=text,
        evidence_ref=evidence_ref,
        state=WAITING,
        asked_by=by,
        asked_at=now,
        due_at=now + timedelta(days=answer_days),
    )
    session.add(row)
    session.flush()
    return row


def take(session: Session, appeal_id: str, *, caller: Caller) -> ProviderAppeal:
    """The row, locked; raises NotFound for one that is not of the caller's shops."""
    row = session.scalar(select(ProviderAppeal).where(ProviderAppeal.id == appeal_id).with_for_update())
    if row is None or not caller.may_see(row.shop_id):
        raise NotFound(f"no appeal {appeal_id}")
    return row


def require_open(row: ProviderAppeal) -> None:
    """Raise Conflict for an appeal that is decided."""
    if row.state != WAITING:
        raise Conflict(f"申诉 {row.id} 已由 {row.decided_by} 决定")


def decide(row: ProviderAppeal, *, uphold: bool, reason: str, by: str, now: datetime) -> None:
    """Decide it, once; raises Conflict for one that is decided."""
    require_open(row)
    row.state = UPHELD if uphold else DISMISSED
    row.decided_by, row.decided_at, row.decided_why = by, now, reason


def listed(
    session: Session,
    *,
    caller: Caller,
    state: str | None = None,
    provider_id: str | None = None,
    shop_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> Sequence[ProviderAppeal]:
    """Appeals of the caller's shops, the next due first; ``after`` is the last seen (due_at, id)."""
    wanted = select(ProviderAppeal).where(caller.only_own(ProviderAppeal.shop_id))
    if state is not None:
        wanted = wanted.where(ProviderAppeal.state == state)
    if provider_id is not None:
        wanted = wanted.where(ProviderAppeal.provider_id == provider_id)
    if shop_id is not None:
        wanted = wanted.where(ProviderAppeal.shop_id == shop_id)
    if after is not None:
        is_next = (ProviderAppeal.due_at == after[0]) & (ProviderAppeal.id > after[1])
        wanted = wanted.where((ProviderAppeal.due_at > after[0]) | is_next)
    return session.scalars(wanted.order_by(ProviderAppeal.due_at, ProviderAppeal.id).limit(limit)).all()

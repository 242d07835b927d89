"""Ratings as rows; this module owns every change of one.

`held` (a rule wants a person) → `in_force` or `refused`; `in_force` → `revoked` when an appeal was right. The newest in
force holds, so a revoked one gives way to the one before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import ProviderRating
from app.providers.rating import Rated, Terms
from app.values.access import Caller

HELD, IN_FORCE, REFUSED, REVOKED = "held", "in_force", "refused", "revoked"
STATES = (HELD, IN_FORCE, REFUSED, REVOKED)
UNJUDGED = "-"
"""Stands in ``held_by`` until the rules have spoken."""


def in_force(session: Session, shop_id: str, provider_id: str) -> ProviderRating | None:
    """The rating that holds now."""
    mine = (ProviderRating.shop_id == shop_id) & (ProviderRating.provider_id == provider_id)
    wanted = select(ProviderRating).where(mine, ProviderRating.in_force_at.is_not(None))
    return session.scalar(wanted.order_by(ProviderRating.in_force_at.desc(), ProviderRating.id.desc()).limit(1))


def newest(session: Session, shop_id: str, provider_id: str) -> ProviderRating | None:
    """The last rating made, whatever became of it."""
    mine = (ProviderRating.shop_id == shop_id) & (ProviderRating.provider_id == provider_id)
    return session.scalar(select(ProviderRating).where(mine).order_by(ProviderRating.id.desc()).limit(1))


def draft(
    session: Session,
    shop_id: str,
    rated: Rated,
    terms: Terms,
    *,
    occasion: str,
    by: str,
    rules_snapshot: str,
    now: datetime,
) -> ProviderRating | None:
    """The row of a new rating, held until the rules have spoken; None where it was made and judged before.

    The same occasion again takes up a row that a crash left unjudged.
    """
    mine = (ProviderRating.shop_id == shop_id) & (ProviderRating.provider_id == rated.provider_id)
    there = session.scalar(select(ProviderRating).where(mine, ProviderRating.occasion == occasion))
    if there is not None:
        return there if there.held_by == UNJUDGED else None
    before = in_force(session, shop_id, rated.provider_id)
    grade_before = None if before is None else before.grade
    row = ProviderRating(
        shop_id=shop_id,
        provider_id=rated.provider_id,
        occasion=occasion,
        rated_at=now,
        rated_by=by,
        service_score=rated.service_score,
        fulfilment_score=rated.fulfilment_score,
        innovation_score=rated.innovation_score,
        sample_count=rated.sample_count,
        newest_at=rated.newest_at,
        score=rated.score,
        grade=rated.grade,
        grade_before=grade_before,
        reason=rated.told(grade_before),
        state=HELD,
        held_by=UNJUDGED,
        appeal_until_at=now + timedelta(days=terms.appeal_days),
        rules_snapshot=rules_snapshot,
    )
    session.add(row)
    session.flush()
    return row


def settle(row: ProviderRating, *, held_by: Collection[str], now: datetime) -> None:
    """What the rules said: nothing lets it hold, anything makes it wait for a person."""
    if held_by:
        row.held_by = "、".join(sorted(held_by))[:200]
        return
    row.state, row.held_by, row.in_force_at = IN_FORCE, None, now


def take(session: Session, rating_id: str, *, caller: Caller) -> ProviderRating:
    """The row, locked; raises NotFound for one that is not of the caller's shops."""
    row = session.scalar(select(ProviderRating).where(ProviderRating.id == rating_id).with_for_update())
    if row is None or not caller.may_see(row.shop_id):
        raise NotFound(f"no rating {rating_id}")
    return row


def decide(row: ProviderRating, *, approve: bool, reason: str, by: str, now: datetime) -> None:
    """A person lets a held rating through, or not; raises Conflict for one that is not held or has no score."""
    if row.state != HELD or row.held_by == UNJUDGED:
        raise Conflict(f"评级 {row.id} 现为 {row.state}，只有待确认的可以决定")
    if approve and row.score is None:
        raise Conflict("三个维度不全，没有总分，不能确认生效")
    row.state, row.in_force_at = (IN_FORCE, now) if approve else (REFUSED, None)
    row.decided_by, row.decided_at, row.decided_why = by, now, reason


def revoke(row: ProviderRating, *, reason: str, by: str, now: datetime) -> None:
    """An appeal was right: the rating does not hold any more."""
    row.state, row.in_force_at = REVOKED, None
    row.decided_by, row.decided_at, row.decided_why = by, now, reason


def held(session: Session, *, caller: Caller, limit: int) -> Sequence[ProviderRating]:
    """Ratings of the caller's shops that wait for a person, the oldest first."""
    waits = caller.only_own(ProviderRating.shop_id) & (ProviderRating.state == HELD)
    wanted = select(ProviderRating).where(waits, ProviderRating.held_by != UNJUDGED)
    return session.scalars(wanted.order_by(ProviderRating.id).limit(limit)).all()


def history(session: Session, shop_id: str, provider_id: str, *, limit: int = 60) -> Sequence[ProviderRating]:
    """A provider's ratings, the newest first."""
    mine = (ProviderRating.shop_id == shop_id) & (ProviderRating.provider_id == provider_id)
    return session.scalars(select(ProviderRating).where(mine).order_by(ProviderRating.id.desc()).limit(limit)).all()

"""Precedents: what an officer decided about a text counts for the next upload of the same text, for a while.

A precedent is scoped: one shop, one folded text, one basis (the same words hit and the same rules fired, for the same
kind of content and the same media). New rules or words change the basis, so an old *pass* never waves a new offence
through. It expires, and overturning its case ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.models import Precedent, new_id
from app.prepared import Prepared, settled

_IN_MAX = 400
_MOST = 200
_FEW = 16
_ROWS = Precedent.__table__.c
_ANY = Prepared(
    select(_ROWS.id)
    .where(_ROWS.shop_id == bindparam("shop"), _ROWS.folded_digest == bindparam("text"))
    .where(_ROWS.expires_at > bindparam("now"), _ROWS.revoked_at.is_(None))
    .limit(1)
)
VERDICTS = {"pass": "pass", "label": "label", "block": "block", "return": "block"}
"""What a screening answers by a precedent's outcome."""


def leave(
    session: Session,
    *,
    case_id: str,
    shop_id: str,
    texts: Iterable[str],
    basis: str,
    outcome: str,
    reason: str,
    by: str,
    days: int,
    now: datetime,
) -> int:
    """Leave a precedent for each folded text, taking the place of earlier ones; returns how many."""
    wanted = sorted(set(texts))[:_MOST]
    if not wanted or not days:
        return 0
    older = (Precedent.shop_id == shop_id) & Precedent.folded_digest.in_(wanted) & (Precedent.basis == basis)
    session.execute(
        update(Precedent)
        .where(older, Precedent.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
        .execution_options(synchronize_session=False)
    )
    about = {"shop_id": shop_id, "basis": basis, "outcome": outcome, "reason": reason, "case_id": case_id}
    when = {"decided_by": by, "created_at": now, "expires_at": now + timedelta(days=days)}
    rows = [{"id": new_id(), "org_id": "default", "folded_digest": text, "used": 0, **about, **when} for text in wanted]
    session.execute(insert(Precedent), rows)
    return len(rows)


def in_force(session: Session, asked: Sequence[tuple[str, str, str]], *, now: datetime) -> dict[int, Precedent]:
    """The precedent for each (shop, folded text, basis) that has one, by its place in ``asked``."""
    if len(asked) <= _FEW and not _is_any(session, asked, now):
        return {}
    texts = sorted({each[1] for each in asked})
    found: dict[tuple[str, str, str], Precedent] = {}
    for start in range(0, len(texts), _IN_MAX):
        alive = (Precedent.expires_at > now) & Precedent.revoked_at.is_(None)
        shops = Precedent.shop_id.in_(sorted({each[0] for each in asked}))
        named = and_(shops, Precedent.folded_digest.in_(texts[start : start + _IN_MAX]))
        for row in session.scalars(select(Precedent).where(named, alive).order_by(Precedent.id)):
            found[row.shop_id, row.folded_digest, row.basis] = row
    return {place: found[key] for place, key in enumerate(asked) if key in found}


def _is_any(session: Session, asked: Sequence[tuple[str, str, str]], now: datetime) -> bool:
    """Whether there may be one, which is rare: a look into an index for each, and no rows are made."""
    connection = settled(session)
    return any(_ANY.first(connection, shop=shop_id, text=text, now=now) for shop_id, text, _ in asked)


def note_use(session: Session, precedent_id: str, *, count: int = 1) -> None:
    """Count that a screening was decided by it."""
    used = update(Precedent).where(Precedent.id == precedent_id).values(used=Precedent.used + count)
    session.execute(used.execution_options(synchronize_session=False))


def revoke_of(session: Session, case_id: str, *, by: str, now: datetime) -> int:
    """End every precedent of a case; returns how many were in force."""
    alive = (Precedent.case_id == case_id) & Precedent.revoked_at.is_(None)
    ended = update(Precedent).where(alive).values(revoked_at=now, revoked_by=by).returning(Precedent.id)
    return len(session.scalars(ended.execution_options(synchronize_session=False)).all())


def of_case(session: Session, case_id: str) -> Sequence[Precedent]:
    """The precedents a case has left, the newest first."""
    return session.scalars(
        select(Precedent).where(Precedent.case_id == case_id).order_by(Precedent.id.desc()).limit(20)
    ).all()

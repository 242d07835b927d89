"""A person decides about ratings: lets a held one through or not, notes an appeal, hears it.

held ─ approve → in force · refuse → refused        appeal in time ─ uphold → the rating is revoked · dismiss → it stays
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import approvals, audit
from app.errors import InvalidInput, Problem, SamePerson
from app.flows.parts import Parts
from app.flows.provider_terms import provider_terms
from app.models import ProviderAppeal, ProviderRating
from app.providers import appeals, ratings
from app.values.access import Caller


def decide_rating(
    parts: Parts, rating_id: str, *, approve: bool, reason: str, caller: Caller, now: datetime
) -> ProviderRating:
    """Let a held rating hold, or refuse it.

    Raises:
        NotFound: no such rating in the caller's shops.
        SamePerson: the caller made the rating.
        Conflict: it is not held, or has no score.
        InvalidInput: no reason.
    """
    _require(reason)

    def work(session: Session) -> ProviderRating:
        row = ratings.take(session, rating_id, caller=caller)
        if approvals.is_same_person(row.rated_by, caller.name):
            raise SamePerson("评级须由评级人以外的人确认")
        ratings.decide(row, approve=approve, reason=reason, by=caller.name, now=now)
        action = "provider.rating_confirm" if approve else "provider.rating_refuse"
        _record(session, action, row, reason=reason, caller=caller, now=now)
        return row

    return parts.db.write(work)


def appeal_rating(
    parts: Parts, rating_id: str, *, text: str, evidence_ref: str | None, caller: Caller, now: datetime
) -> ProviderAppeal:
    """Note an appeal for a provider; raises NotFound, Conflict (late, second, nothing to contest), InvalidInput."""
    _require(text)

    def work(session: Session) -> ProviderAppeal:
        rating = ratings.take(session, rating_id, caller=caller)
        days = provider_terms(parts, rating.shop_id).appeal_answer_days
        row = appeals.ask(
            session, rating, text=text, evidence_ref=evidence_ref, answer_days=days, by=caller.name, now=now
        )
        _record(session, "provider.appeal", rating, reason=text, caller=caller, now=now)
        return row

    return parts.db.write(work)


def decide_appeal(
    parts: Parts, appeal_id: str, *, uphold: bool, reason: str, caller: Caller, now: datetime
) -> ProviderAppeal:
    """Hear an appeal: uphold it, and the rating is revoked, or dismiss it.

    Raises:
        NotFound: no such appeal in the caller's shops.
        SamePerson: the caller rated, confirmed the rating, or asked.
        Conflict: it is decided.
        InvalidInput: no reason.
    """
    _require(reason)

    def work(session: Session) -> ProviderAppeal:
        row = appeals.take(session, appeal_id, caller=caller)
        appeals.require_open(row)
        rating = ratings.take(session, row.rating_id, caller=caller)
        partial = [rating.rated_by, rating.decided_by, row.asked_by]
        if any(name is not None and approvals.is_same_person(name, caller.name) for name in partial):
            raise SamePerson("申诉须由未参与评级、也非申诉人的专员决定")
        appeals.decide(row, uphold=uphold, reason=reason, by=caller.name, now=now)
        if uphold:
            ratings.revoke(rating, reason=f"申诉成立：{reason}", by=caller.name, now=now)
        action = "provider.appeal_uphold" if uphold else "provider.appeal_dismiss"
        _record(session, action, rating, reason=reason, caller=caller, now=now)
        return row

    return parts.db.write(work)


def _require(text: str) -> None:
    if not text.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why")])


def _record(session: Session, action: str, row: ProviderRating, *, reason: str, caller: Caller, now: datetime) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type="provider",
        object_id=row.provider_id,
        shop_id=row.shop_id,
        reason=reason,
        details={"rating_id": row.id, "state": row.state, "grade": row.grade},
        now=now,
    )
    session.flush()

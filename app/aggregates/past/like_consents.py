"""Whether somebody agreed to their likes being shown, and whether the other refused to be recommended to.

Asked of the register of consents each time, because a consent withdrawn a moment ago holds no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Consent
from app.models.base import ORG
from app.values.facts import Happened
from app.values.policy import Policy

LIKE_PURPOSE = "recommendation.like_purpose"
FEED_PURPOSE = "recommendation.feed_purpose"
FACTS = ("past.liker_consent_count", "past.receiver_refusal_count")
PARAMETERS = (LIKE_PURPOSE, FEED_PURPOSE)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Consents in force of the liker (None: nobody's like is shown); 1 where the receiver's newest was withdrawn."""
    liker, likes, feeds = facts.get("liker_ref"), policy.texts(LIKE_PURPOSE), policy.texts(FEED_PURPOSE)
    own = (Consent.org_id == ORG) & (Consent.person == liker) & Consent.purpose.in_(likes)
    held = or_(Consent.ended_at.is_(None), Consent.ended_at > event.at)
    lasting = or_(Consent.expires_at.is_(None), Consent.expires_at > event.at)
    given = session.scalars(select(Consent.id).where(own, Consent.given_at <= event.at, held, lasting)) if liker else ()
    theirs = (Consent.org_id == ORG) & (Consent.person == facts["receiver_ref"]) & Consent.purpose.in_(feeds)
    newest = session.scalars(
        select(Consent).where(theirs, Consent.given_at <= event.at).order_by(Consent.given_at.desc(), Consent.id.desc())
    ).first()
    ended_at = newest.ended_at if newest is not None and newest.ended_why == "withdrawn" else None
    is_refused = ended_at is not None and ended_at <= event.at
    return {FACTS[0]: len(list(given)) if liker else None, FACTS[1]: int(is_refused)}

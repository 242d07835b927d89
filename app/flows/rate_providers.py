"""Rating service providers: finished work → scores → the rules → in force, or held for a person.

work in the window ─ scores, grade ─ changed since the last rating? ─ row, held ─ event provider.rate ─ the rules
                                                                              ─ nothing hard: it holds · else: a person
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import audit, event_log
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.provider_terms import provider_terms
from app.flows.take_event import take_event
from app.models import ProviderRating
from app.providers import ratings
from app.providers.rating import Rated, Terms, rate
from app.providers.work import shops_with_work, work_of
from app.values.china_days import day_of

SOURCE = "weiheng"
_LONGEST = timedelta(days=365)
_HARD = frozenset({"review", "hold", "block"})
_SCORES = ("service_score", "fulfilment_score", "innovation_score", "score", "sample_count")


def rate_providers(
    parts: Parts, *, by: str, now: datetime, shop_id: str | None = None, occasion: str | None = None
) -> list[ProviderRating]:
    """Rate every provider (or one shop's) whose figures changed; the ratings made, by shop and provider.

    ``occasion`` makes one rating one rating: by default the day in China, so that a night's run happens once.
    """
    with parts.db.read() as session:
        shops = [shop_id] if shop_id is not None else shops_with_work(session, since=now - _LONGEST)
    made: list[ProviderRating] = []
    for shop in shops:
        terms = provider_terms(parts, shop)
        with parts.db.read() as session:
            rated = [rate(work, terms) for work in work_of(session, shop, until=now, days=terms.window_days)]
        for each in rated:
            row = _rate(parts, shop, each, terms, by=by, occasion=occasion or day_of(now).isoformat(), now=now)
            if row is not None:
                made.append(row)
    return made


def _rate(
    parts: Parts, shop_id: str, rated: Rated, terms: Terms, *, by: str, occasion: str, now: datetime
) -> ProviderRating | None:
    snapshot = parts.live.current.rules_id

    def begin(session: Session) -> ProviderRating | None:
        event_log.lock(session, [f"{shop_id}|rating:{rated.provider_id}"])
        if not _is_news(session, shop_id, rated, terms, now):
            return None
        return ratings.draft(session, shop_id, rated, terms, occasion=occasion, by=by, rules_snapshot=snapshot, now=now)

    row = parts.db.write(begin)
    return None if row is None else _judge(parts, row, by=by, now=now)


def _judge(parts: Parts, row: ProviderRating, *, by: str, now: datetime) -> ProviderRating:
    names = (*_SCORES, "grade", "newest_at", "reason", "appeal_until_at")
    facts = {"rating_id": row.id} | {name: getattr(row, name) for name in names}
    sent = SentEvent(f"rating:{row.id}", "provider.rate", SOURCE, row.shop_id, row.provider_id, row.rated_at, facts)
    told = take_event(parts, sent, actor=by, now=now)
    held_by = [str(firing["rule"]) for firing in told.firings if firing["decision"] in _HARD]
    if told.decision in _HARD and not held_by:
        held_by = ["规则引擎存疑"]

    def settle(session: Session) -> ProviderRating:
        found = session.get_one(ProviderRating, row.id)
        ratings.settle(found, held_by=held_by, now=now)
        audit.record(
            session,
            actor=by,
            action="provider.rate",
            object_type="provider",
            object_id=found.provider_id,
            shop_id=found.shop_id,
            reason=found.reason,
            details={"rating_id": found.id, "score": found.score, "grade": found.grade, "state": found.state},
            now=now,
        )
        session.flush()
        return found

    return parts.db.write(settle)


def _is_news(session: Session, shop_id: str, rated: Rated, terms: Terms, now: datetime) -> bool:
    """Whether this says anything the last rating did not; what lacks a sample night after night is said once."""
    last = ratings.newest(session, shop_id, rated.provider_id)
    if last is None:
        return rated.newest_at is not None
    if last.held_by == ratings.UNJUDGED:
        return True
    lacks = rated.lacks(terms, now=now)
    if lacks and last.held_by is not None and last.state in {ratings.HELD, ratings.REFUSED}:
        return False
    return lacks or any(getattr(last, name) != getattr(rated, name) for name in (*_SCORES, "newest_at"))

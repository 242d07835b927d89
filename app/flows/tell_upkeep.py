"""The service tells itself how it is kept, so that rules look at it: wordlists' age and changes, records, rules, mixes.

Each is an event of its own kind under the shop ``weiheng``, with an id that names its occasion: told again it is the
same event. So ages and losses are judged, stored and explained like everything else; their thresholds are parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app import snapshots
from app.aggregates.past.content_mix import usual_window
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.take_event import take_events
from app.flows.tell_days import SOURCE
from app.flows.wordlist_freshness import Freshness, Level
from app.models import Content, Event, RuleSignOff, Screening, Snapshot
from app.rules.definition import Rule, Status
from app.rules.reading import china_day, microseconds
from app.text.diff_files import count_words, diff_wordlist_files
from app.text.words import CHINA_TIME
from app.values.change import Change
from app.values.pause import Rests
from app.vault import retention

SHOP = "weiheng"
"""Under which name the deployment tells of itself."""
_RESTS_S = 10.0


def tell_upkeep(parts: Parts, *, now: datetime) -> int:
    """Tell yesterday (in China): records, rules, and the mix of every shop that sent contents; once a day."""
    midnight = now.astimezone(CHINA_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    day = (midnight - timedelta(days=1)).date().isoformat()
    with parts.db.read() as session:
        if _is_told(session, f"records:{day}"):
            return 0
        told = {
            "review.record": ("records", _records(session)),
            "ruleset.load": ("ruleset", _ruleset(parts, session, now)),
        }
        start = midnight - usual_window(parts.live.current.engine.policy())
        shops = session.scalars(select(Screening.shop_id).where(Screening.created_at > start).distinct()).all()
    events = [
        SentEvent(f"{subject}:{day}", kind, SOURCE, SHOP, subject, midnight, {"day": day, **facts})
        for kind, (subject, facts) in told.items()
    ]
    events += [
        SentEvent(f"mix:{shop_id}:{day}", "content.plan", SOURCE, shop_id, shop_id, midnight, {"day": day})
        for shop_id in shops
    ]
    return _take(parts, events, now=now)


def tell_wordlists(parts: Parts, seen: Freshness, *, now: datetime) -> int:
    """Tell the age of lists that are old, once for each missed check and level, and the last change of them."""
    with parts.db.read() as session:
        events = [each for each in (_age(session, seen, now), _change(session)) if each is not None]
    return _take(parts, events, now=now)


def _take(parts: Parts, events: Sequence[SentEvent], *, now: datetime) -> int:
    told = take_events(parts, events, actor="system", now=now, is_heard=False) if events else []
    return sum(each.status == "accepted" for each in told)


def _is_told(session: Session, event_id: str) -> bool:
    return bool(session.scalar(select(exists().where(Event.source == SOURCE, Event.event_id == event_id))))


def _age(session: Session, seen: Freshness, now: datetime) -> SentEvent | None:
    if seen.level is Level.FRESH or seen.checked_at is None:
        return None
    event_id = f"age:{seen.level}:{seen.checked_at.isoformat()}"
    if _is_told(session, event_id):
        return None
    facts = {"age_seconds": seen.age_s, "level": seen.level.value, "checked_at": seen.checked_at}
    return SentEvent(event_id, "wordlist.age", SOURCE, SHOP, "wordlists", now, facts)


def _records(session: Session) -> dict[str, object]:
    """How long decisions are kept, and what is missing of those that are."""
    days = next(period.days for period in retention.periods(session) if period.kind.name == "screening")
    there = select(Snapshot.id)
    lost = or_(Screening.rules_snapshot.not_in(there), Screening.wordlists_snapshot.not_in(there))
    snapshots_lost = session.scalar(select(func.count()).select_from(Screening).where(lost)) or 0
    gone = ~exists().where(Screening.id == Content.screening_id)
    return {
        "screening_days": days,
        "lost_snapshot_count": snapshots_lost,
        "lost_screening_count": session.scalar(select(func.count()).select_from(Content).where(gone)) or 0,
        "kept_since_at": session.scalar(select(func.min(Screening.created_at))),
    }


def _ruleset(parts: Parts, session: Session, now: datetime) -> dict[str, object]:
    """How well the rules in force are grounded, and since when nobody published or signed any."""
    judge, today = parts.live.current, china_day(microseconds(now))
    rules = [rule for rule in judge.engine.rules if rule.status in (Status.LIVE, Status.SHADOW)]
    looked = [
        session.scalar(select(func.max(Snapshot.first_active_at)).where(Snapshot.kind == "rules")),
        session.scalar(select(func.max(RuleSignOff.created_at))),
    ]
    last = max((each for each in looked if each is not None), default=None)
    return {
        "version": judge.rules_id,
        "rule_count": len(rules),
        "ungrounded_count": sum(not _is_grounded(rule, today) for rule in rules),
        "overdue_count": sum(rule.review_by < today for rule in rules),
        "unreviewed_days": None if last is None else (now - last).days,
    }


def _is_grounded(rule: Rule, today: object) -> bool:
    return any(reference.is_in_force(today) for reference in rule.grounds.references)  # type: ignore[arg-type]


def _change(session: Session) -> SentEvent | None:
    """The lists in force against those before them, where that was not told yet."""
    version = snapshots.pointer(session, "wordlists").snapshot_id
    row = session.get(Snapshot, version) if version else None
    if row is None or row.first_active_at is None or _is_told(session, f"words:{row.id}"):
        return None
    earlier = (Snapshot.kind == "wordlists") & (Snapshot.first_active_at < row.first_active_at)
    before = session.scalar(select(Snapshot.id).where(earlier).order_by(Snapshot.first_active_at.desc()).limit(1))
    after = snapshots.load(session, row.id)
    old = {} if before is None else snapshots.load(session, before)
    facts: dict[str, object] = {
        "source": row.proposed_by,
        "version": row.id,
        "is_traceable": bool(row.proposed_by),
        "outcome": "active",
        "before_count": sum(count_words(old).values()),
        "changed_count": sum(map(_words, diff_wordlist_files(old, after, pause=Rests(_RESTS_S)))),
    }
    return SentEvent(f"words:{row.id}", "wordlist.update", SOURCE, SHOP, "wordlists", row.first_active_at, facts)


def _words(change: Change) -> int:
    """How many words a difference is: a list that is new or gone is all of its words."""
    if change.what == "word":
        return 1
    counted = [each for each in change.details if change.what == "list" and each.field == "words"]
    return sum(int(each.after or each.before or 0) for each in counted if isinstance(each.after or each.before, int))

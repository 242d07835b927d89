"""Watching the feeds of shops: what was heard, who has fallen silent, and telling a person of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import audit, feeds
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.metrics import FEEDS_STALE
from app.models import Feed
from app.models.base import ORG
from app.review import cases
from app.values.facts import Happened
from app.values.rule_scope import RuleScope

_CATEGORY = "feed"
_ANSWERED_WITHIN = timedelta(hours=1)


def rhythm_of(judge: Judge, shop_id: str) -> feeds.Rhythm:
    """What is believed of a shop's feed, by the parameters in force."""
    policy = judge.engine.policy(RuleScope(shop=shop_id))
    return feeds.Rhythm(
        policy.span(feeds.SILENCE) or feeds.LONGEST_SILENCE, policy.span(feeds.SETTLING) or feeds.SETTLING_TIME
    )


def note_feeds(session: Session, heard: Iterable[tuple[Parts, Happened, datetime]]) -> None:
    """Note what was heard of each shop, repeated events too: they are a sign of life."""
    by_shop: dict[str, list[tuple[Parts, Happened, datetime]]] = {}
    for each in heard:
        by_shop.setdefault(each[1].shop_id, []).append(each)
    for shop_id, items in sorted(by_shop.items()):
        judge, now = items[0][0].live.current, max(now for _, _, now in items)
        happened_at = max(event.at for _, event, _ in items)
        rhythm = rhythm_of(judge, shop_id)
        feeds.note(session, shop_id, count=len(items), happened_at=happened_at, now=now, rhythm=rhythm)


def beat(parts: Parts, shop_id: str, *, now: datetime) -> None:
    """A sign of life of a shop's connector where there is nothing to tell: silence is then no outage."""
    rhythm = rhythm_of(parts.live.current, shop_id)
    parts.db.write(lambda session: feeds.note(session, shop_id, count=0, happened_at=None, now=now, rhythm=rhythm))


def is_fresh(session: Session, judge: Judge, shop_id: str, *, now: datetime) -> bool:
    """Whether what is missing from a shop's events may be taken as not having happened, by the parameters in force."""
    return feeds.is_fresh(session, shop_id, now, rhythm_of(judge, shop_id))


def unheard_shops(session: Session, judge: Judge, *, now: datetime) -> frozenset[str]:
    """The shops whose feed is not fresh."""
    rows = feeds.all_feeds(session)
    return frozenset(row.shop_id for row in rows if not feeds.fresh(row, now, rhythm_of(judge, row.shop_id)))


def check_feeds(parts: Parts, *, now: datetime) -> list[str]:
    """Mark feeds that fell silent or came back, and open a case for each silence; the shops that fell silent now."""
    judge = parts.live.current

    def work(session: Session) -> tuple[list[str], int]:
        rows = feeds.all_feeds(session)
        stale = [row for row in rows if not feeds.fresh(row, now, rhythm_of(judge, row.shop_id))]
        news = [row for row in rows if feeds.mark(session, row, is_stale=row in stale, now=now)]
        _tell(session, [row for row in news if row in stale], is_stale=True, now=now)
        _tell(session, [row for row in news if row not in stale], is_stale=False, now=now)
        return [row.shop_id for row in news if row in stale], len(stale)

    silent, count = parts.db.write(work)
    FEEDS_STALE.set(count)
    return silent


def _tell(session: Session, rows: Sequence[Feed], *, is_stale: bool, now: datetime) -> None:
    for row in rows:
        heard = row.last_received_at.isoformat(timespec="seconds")
        reason = f"店铺事件自 {heard} 起中断，依赖“未发生”的时限判断已冻结" if is_stale else "店铺事件已恢复"
        audit.record(
            session,
            actor="system",
            action="feed.stale" if is_stale else "feed.fresh",
            object_type="feed",
            object_id=row.shop_id,
            shop_id=row.shop_id,
            reason=reason,
            now=now,
        )
        if is_stale:
            values = {
                "org_id": ORG,
                "shop_id": row.shop_id,
                "subject_type": "feed",
                "subject": row.shop_id,
                "decision": "review",
                "category": _CATEGORY,
                "severity": 3,
                "summary": reason,
                "opened_at": now,
                "due_at": now + _ANSWERED_WITHIN,
            }
            cases.open_about(session, natural_key=f"feed|{row.shop_id}|{heard}", values=values)

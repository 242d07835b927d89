"""Watching the feeds of shops: what was heard of each source, who has fallen silent, and telling a person of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import audit, feeds
from app.errors import NotFound
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.metrics import FEEDS_STALE
from app.models import Feed
from app.models.base import ORG
from app.review import cases
from app.text.personal_data import without_personal
from app.values.facts import Happened
from app.values.rule_scope import RuleScope

_CATEGORY = "feed"
_ANSWERED_WITHIN = timedelta(hours=1)
_KEY_MAX = 300


def rhythm_of(judge: Judge, shop_id: str) -> feeds.Rhythm:
    """What is believed of a shop's feed, by the parameters in force."""
    policy = judge.engine.policy(RuleScope(shop=shop_id))
    return feeds.Rhythm(
        policy.span(feeds.SILENCE) or feeds.LONGEST_SILENCE, policy.span(feeds.SETTLING) or feeds.SETTLING_TIME
    )


def note_feeds(session: Session, heard: Iterable[tuple[Parts, Happened, datetime]]) -> None:
    """Note what was heard of each shop and source, repeated events too: they are a sign of life."""
    told: dict[tuple[str, str], list[tuple[Parts, Happened, datetime]]] = {}
    for each in heard:
        told.setdefault((each[1].shop_id, each[1].source), []).append(each)
    for (shop_id, source), items in sorted(told.items()):
        judge, now = items[0][0].live.current, max(now for _, _, now in items)
        happened_at = max(event.at for _, event, _ in items)
        tells = any(feeds.tells_orders(event.kind) for _, event, _ in items)
        news = feeds.Heard(shop_id, source, len(items), happened_at, tells)
        feeds.note(session, news, now=now, rhythm=rhythm_of(judge, shop_id))


def beat(parts: Parts, shop_id: str, *, source: str | None = None, now: datetime) -> None:
    """A sign of life where there is nothing to tell: silence is then no outage.

    Without a ``source`` whoever beats speaks for the shop as a whole: no source of it has anything to tell.
    """
    rhythm = rhythm_of(parts.live.current, shop_id)

    def work(session: Session) -> None:
        known = [row.source for row in feeds.of_shop(session, shop_id) if row.source != feeds.UNKNOWN]
        for each in [source] if source else known or [own_source(shop_id)]:
            feeds.note(session, feeds.Heard(shop_id, each, 0, None, tells_orders=True), now=now, rhythm=rhythm)

    parts.db.write(work)


def own_source(shop_id: str) -> str:
    """The source of events a shop sends itself."""
    return f"shop:{shop_id}"


def retire(parts: Parts, shop_id: str, *, source: str, reason: str, by: str, now: datetime) -> None:
    """Forget a source that will tell nothing any more, so that its silence holds nothing up; raises NotFound."""

    def work(session: Session) -> None:
        row = session.get(Feed, (shop_id, source), with_for_update=True)
        if row is None:
            raise NotFound(f"no source {source} of {shop_id}")
        session.delete(row)
        audit.record(
            session,
            actor=by,
            action="feed.retire",
            object_type="feed",
            object_id=shop_id,
            shop_id=shop_id,
            reason=without_personal(reason),
            details={"source": source, "last_received_at": row.last_received_at.isoformat()},
            now=now,
        )

    parts.db.write(work)


def is_fresh(session: Session, judge: Judge, shop_id: str, *, now: datetime) -> bool:
    """Whether what is missing from a shop's events may be taken as not having happened, by the parameters in force."""
    return feeds.all_fresh(feeds.of_shop(session, shop_id), now, rhythm_of(judge, shop_id))


def unheard_shops(session: Session, judge: Judge, *, now: datetime) -> frozenset[str]:
    """The shops whose feeds are not all fresh."""
    shops = feeds.by_shop(feeds.all_feeds(session))
    return frozenset(name for name, rows in shops.items() if not feeds.all_fresh(rows, now, rhythm_of(judge, name)))


def check_feeds(parts: Parts, *, now: datetime) -> list[str]:
    """Mark sources that fell silent or came back, and open a case for each silence; the shops that fell silent now."""
    judge = parts.live.current

    def work(session: Session) -> tuple[list[str], int]:
        stale: list[Feed] = []
        back: list[Feed] = []
        unheard = 0
        for shop_id, rows in feeds.by_shop(feeds.all_feeds(session)).items():
            silent = feeds.holding_up(rows, now, rhythm_of(judge, shop_id))
            unheard += bool(silent)
            for row in rows:
                if feeds.mark(session, row, is_stale=row in silent, now=now):
                    (stale if row in silent else back).append(row)
        _tell(session, stale, is_stale=True, now=now)
        _tell(session, back, is_stale=False, now=now)
        return sorted({row.shop_id for row in stale}), unheard

    silent, count = parts.db.write(work)
    FEEDS_STALE.set(count)
    return silent


def _tell(session: Session, rows: Sequence[Feed], *, is_stale: bool, now: datetime) -> None:
    for row in rows:
        heard = row.last_received_at.isoformat(timespec="seconds")
        of = f"（来源 {row.source}）" if row.source else ""
        reason = f"店铺事件{of}自 {heard} 起中断，依赖“未发生”的时限判断已冻结" if is_stale else f"店铺事件{of}已恢复"
        audit.record(
            session,
            actor="system",
            action="feed.stale" if is_stale else "feed.fresh",
            object_type="feed",
            object_id=row.shop_id,
            shop_id=row.shop_id,
            reason=reason,
            details={"source": row.source},
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
            cases.open_about(session, natural_key=f"feed|{heard}|{row.shop_id}|{row.source}"[:_KEY_MAX], values=values)

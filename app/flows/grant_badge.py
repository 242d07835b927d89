"""Giving the badge 优选标识, and taking it away: the rules speak first, through the event ``provider.badge``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, event_log
from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.take_event import take_event
from app.flows.told_events import Told
from app.models import ProviderBadge, new_id
from app.providers import badges, register
from app.values.access import Caller

SOURCE = "weiheng"
_HARD = frozenset({"review", "hold", "block"})


def grant_badge(
    parts: Parts,
    provider_id: str,
    *,
    shop_id: str | None,
    paid: bool,
    auctioned: bool,
    reason: str,
    caller: Caller,
    now: datetime,
) -> ProviderBadge:
    """Give a provider the badge where every rule lets it.

    Raises:
        NotFound: no such provider in the caller's shops.
        Conflict: a rule forbids it (says which and why), or a badge stands.
        InvalidInput: no reason.
    """
    _require(reason)
    with parts.db.read() as session:
        shop = register.find(session, provider_id, caller=caller, shop_id=shop_id).row.shop_id
        if badges.standing(session, shop, provider_id):
            raise Conflict(f"{provider_id} 已有优选标识")
    badge_id = new_id()
    facts = {"badge_id": badge_id, "paid": paid, "auctioned": auctioned}
    told = tell_badge(parts, shop, provider_id, "grant", facts, by=caller.name, now=now)
    if told.decision in _HARD:
        why = "；".join(f"{firing['rule']} {firing['reason']}" for firing in told.firings) or "规则存疑，须人工核实"
        raise Conflict(f"不能发放优选标识：{why}")

    def work(session: Session) -> ProviderBadge:
        event_log.lock(session, [f"{shop}|badge:{provider_id}"])
        row = badges.grant(session, shop, provider_id, badge_id=badge_id, reason=reason, by=caller.name, now=now)
        _record(session, "provider.badge_grant", row, reason=reason, by=caller.name, now=now)
        return row

    return parts.db.write(work)


def withdraw_badge(
    parts: Parts, provider_id: str, *, shop_id: str | None, reason: str, caller: Caller, now: datetime
) -> ProviderBadge:
    """Take the badge away; raises NotFound where none stands."""
    _require(reason)
    with parts.db.read() as session:
        shop = register.find(session, provider_id, caller=caller, shop_id=shop_id).row.shop_id
        there = badges.standing(session, shop, provider_id)
    if not there:
        raise NotFound(f"{provider_id} has no badge")
    return take_away(parts, there[0].id, reason=reason, by=caller.name, lapsed_at=None, now=now)


def take_away(
    parts: Parts, badge_id: str, *, reason: str, by: str, lapsed_at: datetime | None, now: datetime
) -> ProviderBadge:
    """Withdraw one badge, once, and tell it; whoever comes second finds it withdrawn."""

    def work(session: Session) -> tuple[ProviderBadge, bool]:
        row = session.get_one(ProviderBadge, badge_id, with_for_update=True)
        is_standing = row.standing is not None
        if is_standing:
            badges.withdraw(row, reason=reason, by=by, now=now, lapsed_at=lapsed_at)
            _record(session, "provider.badge_withdraw", row, reason=reason, by=by, now=now)
            session.flush()
        return row, is_standing

    row, is_withdrawn = parts.db.write(work)
    if is_withdrawn:
        facts = {"badge_id": row.id, "paid": False, "lapsed_at": lapsed_at}
        tell_badge(parts, row.shop_id, row.provider_id, "withdraw", facts, by=by, now=now)
    return row


def tell_badge(
    parts: Parts, shop_id: str, provider_id: str, action: str, facts: dict[str, object], *, by: str, now: datetime
) -> Told:
    """Have the rules look at what is done with a badge."""
    event_id = f"badge:{facts['badge_id']}:{action}"
    said = {"action": action, **facts}
    return take_event(
        parts, SentEvent(event_id, "provider.badge", SOURCE, shop_id, provider_id, now, said), actor=by, now=now
    )


def _require(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why")])


def _record(session: Session, action: str, row: ProviderBadge, *, reason: str, by: str, now: datetime) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="provider",
        object_id=row.provider_id,
        shop_id=row.shop_id,
        reason=reason,
        details={"badge_id": row.id},
        now=now,
    )

"""Campaigns as rows: the list, one of them, and the lines of events that judge it and what belongs to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import Campaign, Contest, Coupon, Event, EventDecision, EventRoot
from app.values.access import Caller

PLANNED, RUNNING, ENDED = "planned", "running", "ended"
STATES = (PLANNED, RUNNING, ENDED)
TOLD_ANEW = ("campaign.create", "coupon.create", "contest.create")
_IN_MAX = 300
Root = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which campaigns: of a shop, of a type, in a state at ``now``."""

    now: datetime
    shop_id: str | None = None
    type: str | None = None
    state: str | None = None


def listed(
    session: Session, wanted: Wanted, *, caller: Caller, after: tuple[datetime, str] | None, limit: int
) -> list[Campaign]:
    """Campaigns of the caller's shops, the newest first; ``after`` is the last seen (created_at, id)."""
    query = select(Campaign).where(caller.only_own(Campaign.shop_id), Campaign.created_at.is_not(None))
    query = query.order_by(Campaign.created_at.desc(), Campaign.id.desc())
    if wanted.shop_id is not None:
        query = query.where(Campaign.shop_id == wanted.shop_id)
    if wanted.type is not None:
        query = query.where(Campaign.type == wanted.type)
    if wanted.state is not None:
        query = query.where(_in_state(wanted.state, wanted.now))
    if after is not None:
        is_next = (Campaign.created_at == after[0]) & (Campaign.id < after[1])
        query = query.where((Campaign.created_at < after[0]) | is_next)
    return list(session.scalars(query.limit(limit)))


def state_of(row: Campaign, now: datetime) -> str:
    """Planned before its start, ended after its end or when it was ended, running between."""
    if row.ended_at is not None and row.ended_at <= now:
        return ENDED
    if row.ends_at is not None and row.ends_at <= now:
        return ENDED
    starts = row.starts_at or row.created_at
    return PLANNED if starts is not None and starts > now else RUNNING


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    is_over = (Campaign.ended_at.is_not(None) & (Campaign.ended_at <= now)) | (
        Campaign.ends_at.is_not(None) & (Campaign.ends_at <= now)
    )
    is_early = Campaign.starts_at.is_not(None) & (Campaign.starts_at > now)
    return {ENDED: is_over, PLANNED: ~is_over & is_early, RUNNING: ~is_over & ~is_early}[state]


def find(session: Session, campaign_id: str, *, shop_id: str | None, caller: Caller) -> Campaign:
    """The campaign of that id. Raises NotFound, and Conflict where several of the caller's shops have one."""
    wanted = (Campaign.subject == campaign_id) & caller.only_own(Campaign.shop_id)
    if shop_id is not None:
        wanted &= Campaign.shop_id == shop_id
    found = session.scalars(select(Campaign).where(wanted).limit(10)).all()
    if not found:
        raise NotFound(f"no campaign {campaign_id}")
    if len(found) > 1:
        shops = ", ".join(row.shop_id for row in found)
        raise Conflict(f"several shops have {campaign_id}: add shop_id, one of {shops}")
    return found[0]


def parts_of(session: Session, campaigns: Sequence[Campaign]) -> Mapping[Root, list[Any]]:
    """The coupons and contests of campaigns, by shop and campaign."""
    found: dict[Root, list[Any]] = defaultdict(list)
    keys = [(row.shop_id, row.subject) for row in campaigns]
    models: tuple[Any, ...] = (Coupon, Contest)
    for model in models:
        for start in range(0, len(keys), _IN_MAX):
            own = tuple_(model.shop_id, model.campaign_id).in_(keys[start : start + _IN_MAX])
            for row in session.scalars(select(model).where(own).order_by(model.subject)):
                found[row.shop_id, str(row.campaign_id)].append(row)
    return found


def root_of(row: Any) -> Root:
    """The time line a campaign, coupon or contest stands on."""
    return row.shop_id, f"{row.ENTITY}:{row.subject}"


def standing(session: Session, roots: Collection[Root]) -> Mapping[Root, list[EventDecision]]:
    """What is said now about each line since it was last told whole, the newest first.

    What was said of an older telling stays in the history, and no longer counts.
    """
    told = _last_told(session, roots)
    found: dict[Root, list[EventDecision]] = defaultdict(list)
    for row in decisions(session, roots):
        last = told.get((row.shop_id, row.root))
        if last is None or row.happened_at >= last:
            found[row.shop_id, row.root].append(row)
    return found


def decisions(session: Session, roots: Collection[Root]) -> list[EventDecision]:
    """Everything that is said now at the events of some lines, the newest first."""
    found: list[EventDecision] = []
    ordered = sorted(set(roots))
    for start in range(0, len(ordered), _IN_MAX):
        own = tuple_(EventDecision.shop_id, EventDecision.root).in_(ordered[start : start + _IN_MAX])
        newest = (EventDecision.happened_at.desc(), EventDecision.id.desc())
        found += session.scalars(select(EventDecision).where(own, EventDecision.is_current).order_by(*newest))
    return found


def _last_told(session: Session, roots: Collection[Root]) -> Mapping[Root, datetime]:
    found: dict[Root, datetime] = {}
    ordered = sorted(set(roots))
    for start in range(0, len(ordered), _IN_MAX):
        own = tuple_(EventRoot.shop_id, EventRoot.root).in_(ordered[start : start + _IN_MAX])
        rows = session.execute(
            select(EventRoot.shop_id, EventRoot.root, func.max(Event.happened_at))
            .join(Event, Event.id == EventRoot.event_pk)
            .where(own, Event.kind.in_(TOLD_ANEW))
            .group_by(EventRoot.shop_id, EventRoot.root)
        )
        found |= {(shop_id, root): at for shop_id, root, at in rows}
    return found

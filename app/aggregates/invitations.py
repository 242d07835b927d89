"""The graph of who invited whom in a campaign, walked without getting lost in circles.

Anybody may be invited by several people and people may invite each other, so this is a graph and no tree. Every walk
remembers where it was, and stops after ``hops`` steps: a longer chain says nothing more that a rule would ask for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import FissionEdge

_IN_MAX = 300


def distance(
    session: Session, shop_id: str, campaign_id: str, *, ends: tuple[str, str], at: datetime, hops: int
) -> int | None:
    """How many invitations lie between an inviter and somebody who came over others; None where none leads there.

    ``ends`` are (inviter, who came). Walks upwards, from who came to who invited, level by level.
    """
    wanted, start = ends
    if wanted == start:
        return 0
    seen, level = {start}, {start}
    for step in range(1, hops + 1):
        level = _inviters(session, shop_id, campaign_id, level, at) - seen
        if wanted in level:
            return step
        if not level:
            return None
        seen |= level
    return None


def _inviters(session: Session, shop_id: str, campaign_id: str, invitees: set[str], at: datetime) -> set[str]:
    found: set[str] = set()
    ordered = sorted(invitees)
    for begin in range(0, len(ordered), _IN_MAX):
        own = (FissionEdge.shop_id == shop_id) & (FissionEdge.campaign_id == campaign_id) & (FissionEdge.at <= at)
        part = FissionEdge.invitee_ref.in_(ordered[begin : begin + _IN_MAX])
        found.update(session.scalars(select(FissionEdge.inviter_ref).distinct().where(own, part)))
    return found


def depth(edges: Iterable[tuple[str, str]], *, hops: int) -> int:
    """The longest chain of invitations among (inviter, invitee), by the shortest way to each person, at most ``hops``.

    It starts from those nobody invited; where everybody was invited by somebody (a circle), from the first inviters.
    """
    invited: defaultdict[str, list[str]] = defaultdict(list)
    came: set[str] = set()
    for inviter, invitee in edges:
        invited[inviter].append(invitee)
        came.add(invitee)
    level = [each for each in invited if each not in came] or list(invited)[:1]
    seen, steps = set(level), 0
    while level and steps < hops:
        level = [each for person in level for each in invited.get(person, ()) if each not in seen]
        level = list(dict.fromkeys(level))
        seen.update(level)
        steps += bool(level)
    return steps


def figures(
    session: Session, shop_id: str, campaign_id: str, *, at: datetime, hops: int, most: int
) -> Mapping[str, int | None]:
    """People brought by one inviter (bp), share of those on a shared device (bp), longest chain; None: nothing known.

    The chain is not worked out over more than ``most`` invitations: None then.
    """
    own = (FissionEdge.shop_id == shop_id) & (FissionEdge.campaign_id == campaign_id) & (FissionEdge.at <= at)
    inviters, invitees, edges = session.execute(
        select(
            func.count(FissionEdge.inviter_ref.distinct()),
            func.count(FissionEdge.invitee_ref.distinct()),
            func.count(),
        ).where(own)
    ).one()
    if not inviters:
        return dict.fromkeys(("invites_per_user_bp", "shared_device_bp", "chain_depth_count"))
    pairs = (
        session.execute(select(FissionEdge.inviter_ref, FissionEdge.invitee_ref).where(own).order_by(FissionEdge.at))
        if edges <= most
        else None
    )
    return {
        "invites_per_user_bp": invitees * 10_000 // inviters,
        "shared_device_bp": _shared_bp(session, own),
        "chain_depth_count": None if pairs is None else depth(((a, b) for a, b in pairs), hops=hops),
    }


def _shared_bp(session: Session, own: object) -> int | None:
    """Of the people who came with a device, how many share it with another of them."""
    by_device = (
        select(func.count(FissionEdge.invitee_ref.distinct()).label("people"))
        .where(own, FissionEdge.device_ref.is_not(None))  # type: ignore[arg-type]
        .group_by(FissionEdge.device_ref)
        .subquery()
    )
    people = by_device.c.people
    total, shared = session.execute(
        select(func.sum(people), func.sum(people).filter(people > 1)).select_from(by_device)
    ).one()
    return None if not total else int(shared or 0) * 10_000 // int(total)

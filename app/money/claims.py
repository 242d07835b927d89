"""Opening claims: one for each harm, whichever rule or event saw it first, and looking them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.models import Claim
from app.models.base import ORG
from app.money import order_caps
from app.money.causes import CAUSES, Cause, cause_of, stands_before
from app.money.lifecycle import find, move, note
from app.values.access import SYSTEM, Caller
from app.values.claiming import BEFORE_MONEY, OVER, Doubt, Opening, State


@dataclass(frozen=True, slots=True)
class Opened:
    """The claim that stands for an opening, and whether it is new."""

    claim: Claim
    is_new: bool


def open_claim(session: Session, opening: Opening, *, settle: timedelta, order_cap_bp: int, now: datetime) -> Opened:
    """Open a claim, or find the one there is for this order, item and cause.

    Of two claims for one harm one stands; the other is kept as excluded, so that the same claims are there whatever
    the order in which the events came.
    """
    cause = cause_of(opening.cause)
    order_caps.locked(session, opening.shop_id, opening.order_id, cap_fen=opening.paid_fen * order_cap_bp // 10_000)
    known = session.scalar(
        select(Claim).where(
            Claim.shop_id == opening.shop_id,
            Claim.order_id == opening.order_id,
            Claim.item == opening.item,
            Claim.cause == opening.cause,
        )
    )
    if known is not None:
        return Opened(_again(session, known, opening, now=now), is_new=False)
    doubts = {*opening.doubts, *({Doubt.STATUTORY} if cause.person_only else ())}
    if opening.amount_fen <= 0:
        doubts.add(Doubt.AMOUNT)
    claim = Claim(
        shop_id=opening.shop_id,
        order_id=opening.order_id,
        item=opening.item,
        cause=opening.cause,
        state=State.OPENED.value,
        amount_fen=max(opening.amount_fen, 0),
        paid_fen=opening.paid_fen,
        transaction_id=opening.transaction_id,
        claimant=opening.claimant,
        opened_by=opening.opened_by,
        opened_at=now,
        settles_at=now + settle,
        needs_person=bool(doubts),
        waits_for=sorted(doubts),
        basis=dict(opening.basis),
        event_id=opening.event_id,
        changed_at=now,
    )
    session.add(claim)
    session.flush()
    note(session, claim, None, by=opening.opened_by, reason=f"{cause.title}：提出", now=now)
    if opening.amount_fen > 0:
        move(session, claim, State.ASSESSED, by=opening.opened_by, reason="金额已核定", now=now, details=claim.basis)
    _exclude(session, claim, cause, now=now)
    return Opened(claim, is_new=True)


def rivals(session: Session, claim: Claim, *, states: Iterable[State]) -> list[Claim]:
    """Other claims for the same harm on the same thing, in one of the states."""
    harm = CAUSES[claim.cause].harm
    same_harm = [name for name, cause in CAUSES.items() if cause.harm == harm]
    overlaps = or_(Claim.item == claim.item, Claim.item == "") if claim.item else Claim.id.is_not(None)
    query = select(Claim).where(
        Claim.shop_id == claim.shop_id,
        Claim.order_id == claim.order_id,
        Claim.id != claim.id,
        Claim.cause.in_(same_harm),
        Claim.state.in_([state.value for state in states]),
        overlaps,
    )
    return list(session.scalars(query.order_by(Claim.cause, Claim.item)))


def void(
    session: Session, claim: Claim, *, by: str, reason: str, now: datetime, excluded_by: str | None = None
) -> None:
    """End a claim that no money has left for; what it was granted goes back under the order's cap."""
    if claim.state in {State.APPROVED, State.PAYING}:
        order_caps.take_back(session, claim)
    move(session, claim, State.VOIDED, by=by, reason=reason, now=now, excluded_by=excluded_by)


def is_by_itself(claim: Claim) -> bool:
    """Whether nobody but the service approved it: then every look before its money leaves is taken again."""
    return claim.state == State.APPROVED and claim.approved_by == SYSTEM.name


def withdraw_approval(session: Session, claim: Claim, *, now: datetime) -> None:
    """What the service approved by itself goes back to a person; it counts under the order's cap no more."""
    order_caps.take_back(session, claim)
    values = {"approved_by": None, "approved_at": None}
    move(session, claim, State.ASSESSED, by=SYSTEM.name, reason="自动批准已撤回，转人工", now=now, **values)


def in_last_days(session: Session, claimant: str, *, days: int, now: datetime) -> int:
    """How many claims a buyer made lately. It sends a claim to a person; it never rejects one."""
    own = (Claim.claimant == claimant) & (Claim.opened_at > now - timedelta(days=days))
    return session.scalar(select(func.count()).where(own)) or 0


def listed(
    session: Session,
    *,
    caller: Caller,
    state: str | None = None,
    cause: str | None = None,
    order_id: str | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Claim]:
    """Claims of the caller's shops, newest first; ``before`` is the last one seen."""
    query = select(Claim).where(Claim.org_id == ORG, caller.only_own(Claim.shop_id))
    for column, value in ((Claim.state, state), (Claim.cause, cause), (Claim.order_id, order_id)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(tuple_(Claim.opened_at, Claim.id) < before)
    return list(session.scalars(query.order_by(Claim.opened_at.desc(), Claim.id.desc()).limit(limit)))


def neighbours(
    session: Session, claim: Claim, *, caller: Caller, state: str | None = None
) -> tuple[Claim | None, Claim | None]:
    """The claims before and after this one in the list it was opened from: the next newer and the next older."""
    place = (claim.opened_at, claim.id)
    newer = select(Claim).where(Claim.org_id == ORG, caller.only_own(Claim.shop_id))
    if state is not None:
        newer = newer.where(Claim.state == state)
    newer = newer.where(tuple_(Claim.opened_at, Claim.id) > place).order_by(Claim.opened_at, Claim.id)
    following = listed(session, caller=caller, state=state, before=place, limit=1)
    return session.scalar(newer.limit(1)), next(iter(following), None)


def older(session: Session, claim: Claim, *, caller: Caller, states: Iterable[State], limit: int = 50) -> list[Claim]:
    """Claims in one of the states that stand below this one in the list."""
    mine = (Claim.org_id == ORG) & caller.only_own(Claim.shop_id) & Claim.state.in_([each.value for each in states])
    below = tuple_(Claim.opened_at, Claim.id) < (claim.opened_at, claim.id)
    return list(
        session.scalars(select(Claim).where(mine, below).order_by(Claim.opened_at.desc(), Claim.id.desc()).limit(limit))
    )


def counts(session: Session, *, caller: Caller) -> dict[str, tuple[int, int]]:
    """By state: how many claims, and their fen."""
    rows = session.execute(
        select(Claim.state, func.count(), func.coalesce(func.sum(Claim.amount_fen), 0))
        .where(Claim.org_id == ORG, caller.only_own(Claim.shop_id))
        .group_by(Claim.state)
    )
    return {state: (count, int(fen)) for state, count, fen in rows}


def take(session: Session, claim_id: str, *, caller: Caller) -> Claim:
    """A claim to change: its order's row and its own are locked, in the order in which everybody locks them."""
    claim = find(session, claim_id, caller=caller)
    order_caps.locked(session, claim.shop_id, claim.order_id, cap_fen=0)
    session.refresh(claim, with_for_update=True)
    return claim


def excluded_by(session: Session, winner: Claim) -> list[Claim]:
    """The claims that ended because this one stands for the same harm."""
    mine = (Claim.shop_id == winner.shop_id) & (Claim.order_id == winner.order_id)
    excluded = select(Claim).where(mine, Claim.excluded_by == winner.id, Claim.state == State.VOIDED.value)
    return list(session.scalars(excluded.order_by(Claim.cause, Claim.item)))


def revive(session: Session, winner: Claim, *, now: datetime) -> list[Claim]:
    """What was excluded by a claim that is over now stands again, unless it was cleared itself; which did."""
    revived = [claim for claim in excluded_by(session, winner) if claim.exonerated_at is None]
    for claim in revived:
        if claim.state == State.VOIDED:  # the one before it may exclude it again
            _stand(session, claim, reason="排除它的理赔单已终止", now=now)
    return revived


def _stand(session: Session, claim: Claim, *, reason: str, now: datetime) -> None:
    values = {"excluded_by": None, "exonerated_at": None}
    move(session, claim, State.ASSESSED, by="system", reason=reason, now=now, **values)
    _exclude(session, claim, CAUSES[claim.cause], now=now)


def _again(session: Session, claim: Claim, opening: Opening, *, now: datetime) -> Claim:
    """A second rule or event for the same claim: the higher amount stands while it is not approved."""
    if claim.state == State.VOIDED and claim.exonerated_at is not None:
        if opening.amount_fen > 0:  # by what holds now: nothing of what was taken back does
            claim.amount_fen, claim.paid_fen, claim.basis = opening.amount_fen, opening.paid_fen, dict(opening.basis)
        _stand(session, claim, reason="事由再次成立", now=now)
    if claim.state == State.ASSESSED and opening.amount_fen > claim.amount_fen:
        details = {"from_fen": claim.amount_fen, "to_fen": opening.amount_fen}
        claim.amount_fen, claim.basis, claim.changed_at = opening.amount_fen, dict(opening.basis), now
        claim.waits_for = sorted({*claim.waits_for, *map(str, opening.doubts)})
        claim.needs_person = bool(claim.waits_for)
        note(session, claim, State.ASSESSED, by=opening.opened_by, reason="按较高金额核定", now=now, details=details)
    return claim


def _exclude(session: Session, claim: Claim, cause: Cause, *, now: datetime) -> None:
    """Let one claim stand for the harm. One whose money is on its way always does."""
    for other in rivals(session, claim, states=set(State) - OVER):
        theirs = CAUSES[other.cause]
        is_free = State(other.state) in BEFORE_MONEY
        if is_free and stands_before((cause, claim.amount_fen), (theirs, other.amount_fen)):
            loser, winner = other, claim
        else:
            loser, winner = claim, other
        if loser.state not in OVER:
            reason = f"与「{CAUSES[winner.cause].title}」属同一损害，不重复赔付"
            void(session, loser, by="system", reason=reason, now=now, excluded_by=winner.id)


def count_open(session: Session, *, shop_id: str, order_id: str) -> int:
    """How many of an order's claims money may still leave for, or was on its way when last looked at."""
    mine = (Claim.org_id == ORG) & (Claim.shop_id == shop_id) & (Claim.order_id == order_id)
    going = sorted(each.value for each in {*BEFORE_MONEY, State.PAYING})
    return session.scalar(select(func.count()).select_from(Claim).where(mine, Claim.state.in_(going))) or 0

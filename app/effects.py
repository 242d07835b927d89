"""The register of effects: what a firing brought about, once for its natural key, and whether it still stands.

The key is shop, subject, rule, verb, its number among the rule's effects of that verb, and the occasion. This module
keeps the register; what a verb does is said by the flows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.models import Effect, EventLink, new_id
from app.prepared import Prepared, settled

OPEN, WITHDRAWN, LIFTED = "open", "withdrawn", "lifted"
_HOLD_ORDER = ("transaction", "refund", "guarantee")
"""Of what an order's line tells, the subjects whose freeze holds the order."""
_OF_ROOT = select(Effect).where(Effect.shop_id == bindparam("shop"), Effect.root == bindparam("line"))
_ROWS = Effect.__table__.c
_ANY = Prepared(select(_ROWS.id).where(_ROWS.shop_id == bindparam("shop"), _ROWS.root == bindparam("line")).limit(1))
_KEY = ("shop_id", "subject_type", "subject", "rule", "verb", "number", "occasion")
_BY_KEY = Prepared(select(_ROWS.id).where(*(_ROWS[name] == bindparam(name) for name in _KEY)).limit(1))


@dataclass(frozen=True, slots=True)
class EffectKey:
    """What makes an effect one effect."""

    shop_id: str
    subject_type: str
    subject: str
    rule: str
    verb: str
    number: int
    occasion: str


def of_root(session: Session, shop_id: str, root: str) -> dict[EffectKey, Effect]:
    """Every effect of one time line, open or withdrawn."""
    if _ANY.first(settled(session), shop=shop_id, line=root) is None:  # as on most lines
        return {}
    return {key_of(row): row for row in session.scalars(_OF_ROOT, {"shop": shop_id, "line": root})}


def find(session: Session, key: EffectKey) -> Effect | None:
    """The effect of that key, on whichever line it stands."""
    found = _BY_KEY.first(settled(session), **asdict(key))
    return None if found is None else session.get(Effect, found[0])


def opened(
    session: Session,
    key: EffectKey,
    *,
    root: str,
    pack: str,
    data: Mapping[str, Any],
    decision_id: str,
    happened_at: datetime,
    now: datetime,
    known: Effect | None,
) -> Effect:
    """Add one to the register, or open ``known`` again; whoever inserts first wins, by the unique key."""
    row = known
    if row is None:
        row = Effect(
            id=new_id(),
            shop_id=key.shop_id,
            subject_type=key.subject_type,
            subject=key.subject,
            rule=key.rule,
            verb=key.verb,
            number=key.number,
            occasion=key.occasion,
            result={},
        )
        session.add(row)
    row.root, row.pack, row.data, row.decision_id = root, pack, dict(data), decision_id
    row.state, row.happened_at, row.opened_at, row.withdrawn_at = OPEN, happened_at, now, None
    row.lifted_by, row.lifted_reason = None, None
    return row


def withdraw(session: Session, row: Effect, *, now: datetime) -> None:
    """Say that it no longer stands."""
    row.state, row.withdrawn_at = WITHDRAWN, now
    session.flush()


def lift(session: Session, row: Effect, *, by: str, reason: str, now: datetime) -> None:
    """A person ends it, though the rule still asks for it."""
    row.state, row.withdrawn_at, row.lifted_by, row.lifted_reason = LIFTED, now, by, reason
    session.flush()


def move(session: Session, shop_id: str, names: Collection[str], root: str) -> None:
    """What stood under waiting names stands on an order's line now."""
    moved = (Effect.shop_id == shop_id) & Effect.root.in_(list(names))
    session.execute(update(Effect).where(moved).values(root=root))


def is_frozen(
    session: Session, shop_id: str, subject_type: str, subject: str, *, since: datetime | None = None
) -> bool:
    """Whether an open ``freeze`` holds a subject (an order, a split, a refund), of those laid after ``since``.

    An order is held by what was frozen of its payment, refunds and guarantees, too.
    """
    held: ColumnElement[bool] = Effect.shop_id == shop_id
    held &= (Effect.subject_type == subject_type) & (Effect.subject == subject)
    if subject_type == "order":
        of_line = (Effect.shop_id == shop_id) & (Effect.root == f"order:{subject}")
        held = or_(held, of_line & Effect.subject_type.in_(_HOLD_ORDER))
    wanted = select(Effect.id).where(held, Effect.verb == "freeze", Effect.state == OPEN)
    if since is not None:
        wanted = wanted.where(Effect.opened_at > since)
    return session.scalar(wanted.limit(1)) is not None


def is_payment_frozen(session: Session, shop_id: str, transaction_id: str, *, since: datetime | None = None) -> bool:
    """Whether an open ``freeze`` holds any order that a payment was told of, of those laid after ``since``."""
    told = (EventLink.shop_id == shop_id) & (EventLink.name == f"transaction:{transaction_id}")
    held = (Effect.shop_id == shop_id) & Effect.root.in_(select(EventLink.root).where(told))
    held &= (Effect.verb == "freeze") & (Effect.state == OPEN) & Effect.subject_type.in_(["order", "transaction"])
    if since is not None:
        held &= Effect.opened_at > since
    return session.scalar(select(Effect.id).where(held).limit(1)) is not None


def key_of(row: Effect) -> EffectKey:
    """The natural key of a row."""
    return EffectKey(row.shop_id, row.subject_type, row.subject, row.rule, row.verb, row.number, row.occasion)

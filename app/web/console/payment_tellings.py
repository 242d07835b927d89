"""How an order's payment was told, telling beside telling, as the page of a case about that order shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.event_log import ORDER
from app.events.kind import load_kinds
from app.events.payments import ONCE
from app.flows.settle_payment import SETTLE, told_payments
from app.models import AuditRow, Case, Order
from app.money.amounts import yuan
from app.values.access import Caller, Role
from app.web.console.fact_words import value_word
from app.web.console.words import name, say

SETTLERS = frozenset({Role.SENIOR, Role.FINANCE, Role.ADMIN})
"""Who says which telling counts: money follows it."""
_FACTS = (*ONCE, "paid_at")


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of a telling in words; ``differs`` from what is in force and not weighed yet."""

    value: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling: ``number`` counts them as they were told, from 1; ``cells`` are in the order of the heads."""

    key: str
    number: int
    cells: Sequence[Cell]
    event: str
    source: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """The last word of a person about it."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Tellings:
    """All tellings, the one in force first; ``may_settle`` where something is in doubt and the officer may say."""

    order_id: str
    heads: Sequence[str]
    rows: Sequence[Telling]
    is_contested: bool
    may_settle: bool
    settled: Settled | None


def order_of(session: Session, case: Case, root: str) -> Order | None:
    """The order a case's line is about."""
    if not root.startswith(ORDER):
        return None
    wanted = (Order.shop_id == case.shop_id) & (Order.subject == root.removeprefix(ORDER))
    return session.scalars(select(Order).where(wanted)).first()


def open_tellings(session: Session, case: Case, root: str, *, caller: Caller) -> Tellings | None:
    """The tellings where they contradict each other, or did until a person said which counts; None elsewhere."""
    order = order_of(session, case, root)
    if order is None:
        return None
    told, settled = told_payments(order), _settled(session, order)
    is_contested = any(each["contests"] for each in told)
    if not is_contested and settled is None:
        return None
    shown = [fact for fact in _FACTS if any(fact in each for each in told)]
    as_told = sorted(each["telling"] for each in told)
    rows = [
        Telling(
            each["telling"],
            as_told.index(each["telling"]) + 1,
            [Cell(_said(each, fact), fact in each["contests"]) for fact in shown],
            each["event"],
            each["source"],
            each["in_force"],
        )
        for each in told
    ]
    may = is_contested and may_settle(caller, case.shop_id)
    heads = [name("paid_fact", each) for each in shown]
    return Tellings(order.subject, heads, rows, is_contested, may, settled)


def may_settle(caller: Caller, shop_id: str) -> bool:
    """Whether an officer says which telling counts in a shop."""
    return bool(caller.grants & SETTLERS) and caller.may_see(shop_id)


def _said(telling: Mapping[str, Any], fact: str) -> str:
    value = telling.get(fact)
    if value is None:
        return "–"
    return (
        say("paid.yuan", amount=yuan(value))
        if fact == "paid_fen"
        else value_word(load_kinds()["order.paid"], fact, value)
    )


def _settled(session: Session, order: Order) -> Settled | None:
    wanted = (AuditRow.object_type == "order") & (AuditRow.object_id == order.subject) & (AuditRow.action == SETTLE)
    found = select(AuditRow).where(wanted, AuditRow.shop_id == order.shop_id).order_by(AuditRow.id.desc()).limit(1)
    row = session.scalars(found).first()
    return Settled(row.actor, row.at, row.reason or "") if row is not None else None

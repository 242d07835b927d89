"""What was told of an order in contradicting ways, telling beside telling, as the page of a case about it shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import approvals
from app.event_log import ORDER
from app.events.kind import load_kinds
from app.flows.choose_telling import SETTLE_PAYMENT, SETTLE_SHOP, SETTLE_TELLING, waiting_things
from app.flows.shop_tellings import HIDDEN, SHOP
from app.flows.told_things import PAYMENT
from app.models import AuditRow, Case, Order
from app.money.amounts import yuan
from app.values.access import Caller, Role
from app.web.console.fact_words import fact_word, kind_word
from app.web.console.told_words import told_value
from app.web.console.words import name, say

SETTLERS = frozenset({Role.SENIOR, Role.FINANCE, Role.ADMIN})
"""Who says which telling counts: money follows it."""
_SHOP_HEADS = {"shop_id": "paid.shop", "payment_no": "paid.payment_no", "same_facts": "paid.same"}
_DEEDS = 50


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
class Word:
    """What a person said of it; ``number`` is the telling they chose, where another person has to say so too."""

    by: str
    at: datetime
    reason: str
    number: int = 0
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Contested:
    """All tellings of one thing, the one in force first; ``may_settle`` where it is in doubt and the officer may say.

    ``two_yuan`` is what is at stake where it takes two persons, else None.
    """

    thing: str
    title: str
    lead: str
    barred: str
    heads: Sequence[str]
    rows: Sequence[Telling]
    is_contested: bool
    may_settle: bool
    settled: Word | None
    first: Word | None
    two_yuan: str | None


def order_of(session: Session, case: Case, root: str) -> Order | None:
    """The order a case's line is about."""
    if not root.startswith(ORDER):
        return None
    wanted = (Order.shop_id == case.shop_id) & (Order.subject == root.removeprefix(ORDER))
    return session.scalars(select(Order).where(wanted)).first()


def open_contested(
    session: Session, case: Case, root: str, *, caller: Caller, four_eyes_fen: int
) -> Sequence[Contested]:
    """What contradicts itself, or did until a person said which counts: the case's own subject first."""
    order = order_of(session, case, root)
    if order is None:
        return ()
    things = waiting_things(session, order, caller=caller)
    words = _settled(session, order) if things else {}
    own = f"|{case.subject}"
    shown = sorted(things, key=lambda each: (not each["is_contested"], not each["thing"].endswith(own)))
    return [_contested(each, words.get(each["thing"]), case, caller, four_eyes_fen) for each in shown]


def may_settle(caller: Caller, shop_id: str) -> bool:
    """Whether an officer says which telling counts in a shop."""
    return bool(caller.grants & SETTLERS) and caller.may_see(shop_id)


def _contested(
    each: Mapping[str, Any], settled: Word | None, case: Case, caller: Caller, four_eyes_fen: int
) -> Contested:
    told = each["tellings"]
    as_told = sorted(one["telling"] for one in told)
    facts = list(dict.fromkeys(fact for one in told for fact in one["facts"]))
    rows = [
        Telling(
            one["telling"],
            as_told.index(one["telling"]) + 1,
            [Cell(told_value(each["kind"], one, fact), fact in one["contests"]) for fact in ("at", *facts)],
            one["event"],
            one["source"],
            one["in_force"],
        )
        for one in told
    ]
    is_dear = each["is_contested"] and each["at_stake_fen"] >= four_eyes_fen
    return Contested(
        each["thing"],
        _title(each),
        _lead(each),
        say("paid.shops_barred" if each["thing"] == SHOP else "paid.barred"),
        [_head(each, fact) for fact in ("at", *facts)],
        rows,
        each["is_contested"],
        each["is_contested"] and may_settle(caller, case.shop_id) and all(one["telling"] != HIDDEN for one in told),
        settled,
        _first(each["first"], as_told, caller),
        yuan(each["at_stake_fen"]) if is_dear else None,
    )


def _title(each: Mapping[str, Any]) -> str:
    if each["thing"] == PAYMENT:
        return say("paid.title")
    if each["thing"] == SHOP:
        return say("paid.shops_title")
    kind, _, numbers = each["thing"].partition("|")
    what = kind_word(load_kinds().get(kind), kind)
    return say("paid.title_of", what=f"{what} {numbers.replace('|', ' ')}".strip())


def _lead(each: Mapping[str, Any]) -> str:
    if each["thing"] == SHOP:
        return say("paid.shops_lead" if each["is_contested"] else "paid.shops_was")
    return say("paid.lead" if each["is_contested"] else "paid.was")


def _head(each: Mapping[str, Any], fact: str) -> str:
    if each["thing"] == PAYMENT:
        return name("paid_fact", "paid_at" if fact == "at" else fact)
    if fact == "at":
        return say("audit.at")
    if each["thing"] == SHOP and fact in _SHOP_HEADS:
        return say(_SHOP_HEADS[fact])
    own, _, receiver = fact.partition(".")
    return f"{fact_word(load_kinds().get(each['kind']), own)} {receiver.partition(':')[2][-4:]}".strip()


def _first(first: Mapping[str, Any] | None, as_told: Sequence[str], caller: Caller) -> Word | None:
    if first is None:
        return None
    is_own = approvals.is_same_person(first["by"], caller.name)
    number = as_told.index(first["telling"]) + 1
    return Word(first["by"], datetime.fromisoformat(first["at"]), first["reason"], number, is_own)


def _settled(session: Session, order: Order) -> dict[str, Word]:
    """By thing, the last word of a person about it."""
    wanted = (AuditRow.object_type == "order") & (AuditRow.object_id == order.subject)
    wanted &= AuditRow.action.in_([SETTLE_PAYMENT, SETTLE_TELLING, SETTLE_SHOP]) & (AuditRow.shop_id == order.shop_id)
    newest = select(AuditRow).where(wanted).order_by(AuditRow.id.desc()).limit(_DEEDS)
    found: dict[str, Word] = {}
    for row in session.scalars(newest):
        found.setdefault((row.details or {}).get("thing", PAYMENT), Word(row.actor, row.at, row.reason or ""))
    return found

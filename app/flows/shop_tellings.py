"""An order told for several shops as one thing that was told in contradicting ways: each shop's word is a telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.events.shops_told import SETTLES_SHOP, TELLS, is_lost, is_open, noted_of
from app.flows.notice_shops import orders_like, same_doubt
from app.models import Order, new_id
from app.values.access import Caller
from app.values.facts import Happened

SHOP = "shop"
"""The name of an order's shop among the things that were told."""
HIDDEN = "-"
"""Stands for what a shop told to whoever may not see that shop."""


def shop_thing(session: Session, order: Order, *, caller: Caller) -> dict[str, Any] | None:
    """How an order was told for several shops, the one in force first; None where it never was.

    Of shops the caller may not see there is only that there is one: nothing it told.
    """
    rows = told_for(session, order)
    if not rows:
        return None
    is_contested = any(is_open(noted_of(row.payments)) for row in rows)
    was_settled = any("settled" in noted_of(row.payments) for row in rows)
    same = noted_of(order.payments)["told"]["same_facts"] if is_contested else []
    other_numbers = len({row.subject for row in rows}) > 1
    told = [_telling(row, same, is_first=row is rows[0], other_numbers=other_numbers) for row in rows]
    amounts = [each["facts"].get("paid_fen", 0) for each in told]
    shown = [each if caller.may_see(row.shop_id) else _hidden(each) for row, each in zip(rows, told, strict=True)]
    return {
        "thing": SHOP,
        "kind": TELLS,
        "is_contested": is_contested,
        "was_settled": was_settled,
        "at_stake_fen": max(amounts),
        "tellings": shown,
    }


def told_for(session: Session, order: Order) -> list[Order]:
    """The orders of the last doubt about an order, the one in force first; empty where there is none."""
    told = noted_of(order.payments).get("told")
    if told is None or not told["is_shared"]:
        return []
    rows = same_doubt(orders_like(session, order), told["doubt_id"])
    return sorted(rows, key=lambda row: (is_lost(noted_of(row.payments)), row.id))


def said_of_shops(session: Session, order: Order, counts: str) -> list[Happened]:
    """What a person says of an order told for several shops, as an event for each shop's line, before all of it."""
    rows = told_for(session, order)
    at = min(begins_at(row) for row in rows) - timedelta(microseconds=1)
    doubt = noted_of(order.payments)["told"]["doubt_id"]
    return [
        Happened(
            SETTLES_SHOP,
            f"shop:{new_id()}",
            "~officer",
            row.shop_id,
            row.subject,
            at,
            {"order_id": row.subject, "doubt_id": doubt, "is_here": row.shop_id == counts},
        )
        for row in rows
    ]


def begins_at(row: Order) -> datetime:
    """When what one shop told of the order is said to have begun."""
    return datetime.fromisoformat(noted_of(row.payments)["told"]["first_at"])


def _telling(row: Order, same: Sequence[str], *, is_first: bool, other_numbers: bool) -> dict[str, Any]:
    told: Mapping[str, Any] = noted_of(row.payments)["told"]
    facts = {name: told[name] for name in ("paid_fen", "payment_no") if told.get(name)}
    facts |= {"same_facts": list(same)} if same else {}
    facts |= {"order_id": row.subject} if other_numbers else {}
    return {
        "telling": row.shop_id,
        "event": told["first_event"],
        "source": told["first_source"],
        "at": told["first_at"],
        "facts": {"shop_id": row.shop_id, **facts},
        "contests": [] if is_first or not is_open(noted_of(row.payments)) else ["shop_id"],
        "in_force": is_first,
    }


def _hidden(each: Mapping[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(("telling", "event", "source"), HIDDEN)
    return {**each, **blank, "facts": {"shop_id": HIDDEN}}

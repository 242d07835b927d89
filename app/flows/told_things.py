"""What was told of an order in contradicting ways, telling beside telling: its payment, and whatever else happens once.

Both keep their tellings on the order's row. Here they are brought into one form, so that a person looks at all of them
in the same way, and says in the same way which one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.events.payments import ONCE as PAID_BY
from app.events.payments import SETTLED, TOLD, WEIGHED, contradictions, tellings
from app.events.told_once import AT, STAKE, against, at_stake
from app.models import Order

PAYMENT = "payment"
"""The name of the order's payment among the things that were told."""
_ABOUT = frozenset({AT, STAKE, "event", "source", "is_final", "paid_at"})


def told_payments(order: Order) -> list[dict[str, Any]]:
    """Every telling of an order's payment as plain JSON, the one in force first; ``contests`` are what differs."""
    payments: Mapping[str, Any] = order.payments or {}
    differing = dict(contradictions(payments))
    return [
        {"telling": key, **said, "contests": list(differing.get(key, ())), "in_force": number == 0}
        for number, (key, said) in enumerate(tellings(payments))
    ]


def told_things(order: Order) -> list[dict[str, Any]]:
    """All that was told in contradicting ways as plain JSON, settled or not, the payment first.

    ``tellings`` begin with the one in force; ``at_stake_fen`` is the largest amount among them, or what was paid for
    the order where they name none.
    """
    payments: Mapping[str, Any] = order.payments or {}
    found = [_payment(order)] if len(list(tellings(payments))) > 1 else []
    for thing, told in sorted(payments.get(TOLD, {}).items()):
        weighed = payments.get(WEIGHED, {}).get(thing)
        if len(told) > 1:
            found.append(_thing(order, thing, told, weighed))
    return [each for each in found if each["is_contested"] or each["was_settled"]]


def begins_at(thing: Mapping[str, Any]) -> datetime:
    """When the first of a thing's tellings is said to have happened."""
    return min(datetime.fromisoformat(each["at"]) for each in thing["tellings"])


def _payment(order: Order) -> dict[str, Any]:
    told = [
        {
            "telling": each["telling"],
            "event": each["event"],
            "source": each["source"],
            "at": each["paid_at"],
            "facts": {name: each[name] for name in PAID_BY if name in each},
            "contests": ["at" if name == "paid_at" else name for name in each["contests"]],
            "in_force": each["in_force"],
        }
        for each in told_payments(order)
    ]
    amounts = [each["facts"].get("paid_fen", 0) for each in told]
    return {
        "thing": PAYMENT,
        "kind": "order.paid",
        "is_contested": any(each["contests"] for each in told),
        "was_settled": SETTLED in (order.payments or {}),
        "at_stake_fen": max(amounts),
        "tellings": told,
    }


def _thing(
    order: Order, thing: str, told: Mapping[str, Mapping[str, Any]], weighed: Mapping[str, Any] | None
) -> dict[str, Any]:
    kind, counts = thing.partition("|")[0], (weighed or {}).get("counts")
    differing, among = against(kind, told, counts), (weighed or {}).get("among", ())
    shown = [
        {
            "telling": key,
            "event": said["event"],
            "source": said["source"],
            "at": said[AT],
            "facts": {name: value for name, value in said.items() if name not in _ABOUT},
            "contests": sorted(differing.get(key, ())) if key not in among else [],
            "in_force": key not in differing,
        }
        for key, said in sorted(told.items(), key=lambda each: (each[0] != counts, each[0] in differing, each[0]))
    ]
    return {
        "thing": thing,
        "kind": kind,
        "is_contested": any(each["contests"] for each in shown),
        "was_settled": weighed is not None,
        "at_stake_fen": at_stake(told) or order.paid_fen or 0,
        "tellings": shown,
    }

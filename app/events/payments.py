"""What was told of an order's payment: the first word stands, and another one beside it is a contradiction.

An order is paid once. A second ``order.paid`` under a new id, or WeChat Pay's own notice, may add what the first left
out; where it says otherwise it must not replace what limits, claims and refunds were worked out by. It is kept beside,
counted on the order's row, and a person says which one counts.

First is who was told first, not what is said to have happened first: else a later word could date itself back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.events.columns import changes, looks, noted, put
from app.events.shops_told import SHOPS, is_open, note
from app.values.facts import FactType, Happened, State

ONCE = ("paid_fen", "transaction_id", "out_trade_no", "supplier_id")
"""What a payment is told by, beside its time."""
APART = timedelta(hours=1)
"""Two sources of one payment may time it so far apart; deadlines count from it, so more is another payment."""
SETTLED, SAID = "settled", "said"
TOLD, WEIGHED, OTHERS = "told", "weighed", "others"
"""Beside the tellings of the payment: those of what else happens once, what of it was weighed, and how many wait."""
_BESIDE = frozenset({SETTLED, TOLD, WEIGHED, OTHERS, SHOPS})
TELL_PAYMENT = frozenset({"order.paid", "payment.succeeded"})
"""The kinds that tell of an order's payment."""

CONTESTED = looks(
    "order",
    contested_count=(
        FactType.INT,
        "how often its payment, or what else happens once (a refund, a split), was told otherwise and not settled",
    ),
    contested_fen=(FactType.INT, "what the last of these said was paid; None: there is none"),
    contested_facts=(FactType.TEXT_LIST, "which facts differ: paid_fen, paid_at …; None: none does"),
)


@changes("order", "order_id")
def payment_told(state: State, event: Happened) -> None:
    """Note one telling of the payment, and work out which one stands."""
    _stand(state, noted(state, "payments", telling_of(event), said_of_payment(event)))


@changes("order", "order_id")
def payment_settled(state: State, event: Happened) -> None:
    """A person said which of the tellings counts."""
    before = (state.get("payments") or {}).get(SETTLED)
    _stand(state, noted(state, "payments", SETTLED, last_word(before, event)))


@changes("order", "order_id")
def shops_noted(state: State, event: Happened) -> None:
    """Note a word of ours about the shops an order was told for; until it is settled it is one more contradiction."""
    note(state, event)
    recount(state)


def said_of_payment(event: Happened) -> dict[str, Any]:
    """One telling of the payment as plain JSON."""
    said = {name: event.facts[name] for name in ONCE if event.facts.get(name) is not None}
    paid_at = event.facts.get("paid_at") or event.at
    return said | {"paid_at": paid_at.astimezone(UTC).isoformat(), "event": event.id, "source": event.source}


def telling_of(event: Happened) -> str:
    """The key of an event as a telling; keys sort as they were told."""
    return event.told or f"{event.source}|{event.id}"


def last_word(before: Mapping[str, Any] | None, event: Happened) -> Mapping[str, Any]:
    """What a person said last of contradicting tellings.

    It stands before all it is about, so that a later word may stand before an earlier one.
    """
    if before is not None and before.get(SAID, "") > telling_of(event):
        return before
    return {"among": list(event.facts["among"]), "counts": event.facts.get("counts"), SAID: telling_of(event)}


def tellings(payments: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The tellings of a payment by their keys: the one that counts first, then as they were told."""
    counts = payments.get(SETTLED, {}).get("counts")
    return sorted(
        ((key, said) for key, said in payments.items() if key not in _BESIDE),
        key=lambda each: (each[0] != counts, each[0]),
    )


def contradictions(payments: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of each telling that nobody has weighed yet and that says otherwise: its key, and the facts that differ."""
    weighed = payments.get(SETTLED, {}).get("among", ())
    yield from ((key, differing) for key, differing in losing(payments).items() if key not in weighed)


def losing(payments: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Of each telling that says otherwise than those before it, weighed or not: its key, and the facts that differ."""
    return _weighed_up(payments)[1]


def undismissed(payments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was said of a payment, telling by telling, but those a person weighed and found to be wrong."""
    weighed, wrong = payments.get(SETTLED, {}).get("among", ()), losing(payments)
    return [said for key, said in tellings(payments) if key not in wrong or key not in weighed]


def in_force(payments: Mapping[str, Any]) -> dict[str, Any]:
    """What stands of a payment: each fact as it was told first, or by the telling that a person chose.

    A telling that says otherwise adds nothing: what it says beside may be of another payment.
    """
    return _weighed_up(payments)[0]


def recount(state: State, *, against: int | None = None, others: int | None = None) -> None:
    """Count what contradicts: ``against`` tellings of the payment, and ``others``; what is None is as before."""
    payments = state.get("payments") or {}
    if against is None:
        against = len(list(contradictions(payments)))
    if others is not None:
        state["payments"] = payments = {**payments, OTHERS: {"count": others}}
    if count := against + payments.get(OTHERS, {}).get("count", 0) + is_open(payments.get(SHOPS, {})):
        state["contested_count"] = count
    else:
        state.pop("contested_count", None)


def _stand(state: State, payments: Mapping[str, Any]) -> None:
    standing = in_force(payments)
    at = standing.pop("paid_at", None)
    put(state, standing | {"paid_at": datetime.fromisoformat(at) if at else None})
    for name in ("contested_fen", "contested_facts"):
        state.pop(name, None)
    against = list(contradictions(payments))
    recount(state, against=len(against))
    if against:
        state["contested_fen"] = payments[against[-1][0]].get("paid_fen")
        state["contested_facts"] = sorted({name for _, names in against for name in names})


def _weighed_up(payments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    standing: dict[str, Any] = {}
    against: dict[str, tuple[str, ...]] = {}
    for key, said in tellings(payments):
        now = {name: said[name] for name in (*ONCE, "paid_at") if name in said}
        differing = tuple(name for name in now if name in standing and _differs(name, said, standing))
        if differing:
            against[key] = differing
        else:
            standing = now | standing
    return standing, against


def _differs(name: str, said: Mapping[str, Any], standing: Mapping[str, Any]) -> bool:
    if name != "paid_at":
        return bool(said[name] != standing[name])
    return abs(datetime.fromisoformat(said[name]) - datetime.fromisoformat(standing[name])) > APART

"""What happens once in an order's life, and what of it must be told alike: one table, one mechanism for all kinds.

Told again alike it changes nothing; what moves on (an after-sale, a return under way) moves on. A telling that says
otherwise is kept beside the first and changes no row: it is counted on the order's row, money about the order waits,
and a person looks at both. First is who was told first, as with payments: a later word cannot date itself back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.events.columns import changes, looks
from app.events.payments import (
    APART,
    SETTLED,
    TELL_PAYMENT,
    TOLD,
    WEIGHED,
    last_word,
    losing,
    recount,
    said_of_payment,
    telling_of,
)
from app.values.facts import FactType, Happened, State

A_DAY = timedelta(days=1)
"""A merchant's system may take its own time of what it hears of later. Of a dispatch no more than `APART` is allowed,
because money hangs on whether it was late."""
SETTLES, SETTLES_PAYMENT = "order.telling_settled", "order.payment_settled"
AT, STAKE = "at", "stake"
Said = Mapping[str, Any]
_OWN = frozenset({AT, STAKE, "event", "source", "is_final"})
"""What is kept of a telling beside what it says."""


def _as_told(name: str, value: Any) -> Said:
    return {name: value}


def _all_receivers(name: str, value: Any) -> Said:
    """Of a request: who is to get how much, all of them as one text."""
    return {name: ", ".join(sorted(f"{each['type']}:{each['account']}={each['amount_fen']}" for each in value))}


def _each_receiver(name: str, value: Any) -> Said:
    """Of a result: what each receiver got, but those nothing is known of yet."""
    done = [each for each in value if each["result"] != "PENDING"]
    return {f"{name}.{each['type']}:{each['account']}": f"{each['result']} {each['amount_fen']}" for each in done}


@dataclass(frozen=True, slots=True)
class Once:
    """What is told once: the facts that name it beside the order, and those that have to agree.

    ``moves`` names the fact that says how far it is, ``under_way`` its values that another may follow; ``at_end`` are
    facts that have to agree only once it is over. Its time does, too, where ``apart`` says how far from the first it
    may be told.
    """

    thing: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    moves: str = ""
    under_way: frozenset[str] = frozenset()
    at_end: tuple[str, ...] = ()
    apart: timedelta | None = None
    read: Mapping[str, Callable[[str, Any], Said]] = field(default_factory=dict)


_UNDER_WAY = frozenset(
    {"opened", "merchant_refused", "waiting_return", "returned", "return_received", "overdue_refund", "refunding"}
    | {"refund_failed"}
)
ONCE: Mapping[str, Once] = {
    "order.deliver": Once(("waybill_id",), apart=APART),
    "order.cancel": Once(alike=("cancel_type",), apart=A_DAY),
    "order.confirm": Once(apart=A_DAY),
    "order.settle": Once(apart=A_DAY),
    "aftersale.update": Once(("after_sale_id",), moves="status", under_way=_UNDER_WAY, at_end=("amount_fen",)),
    "refund.finished": Once(
        ("refund_id",),
        alike=("amount_fen", "after_sale_id", "transaction_id"),
        moves="result",
        under_way=frozenset({"abnormal"}),
        apart=A_DAY,
    ),
    "split.request": Once(
        ("out_order_no",),
        alike=("transaction_id", "receivers", "unfreeze_unsplit"),
        read={"receivers": _all_receivers},
    ),
    "split.result": Once(
        ("out_order_no",),
        alike=("transaction_id", "platform_order_id", "receivers"),
        moves="state",
        under_way=frozenset({"processing"}),
        read={"receivers": _each_receiver},
    ),
    "split.return": Once(
        ("out_order_no", "out_return_no"),
        alike=("transaction_id", "return_account", "amount_fen"),
        moves="result",
        under_way=frozenset({"processing", "failed"}),
    ),
    "split.unfreeze": Once(("transaction_id",), alike=("amount_fen",)),
    "guarantee.update": Once(
        ("guarantee_order_id",),
        moves="status",
        under_way=frozenset({"opened", "upheld", "refused"}),
        at_end=("amount_fen",),
    ),
}
"""By kind. What is not here, or lacks a fact that names it, may be told as often as it comes."""

TOLD_FACTS = looks(
    "telling",
    contradiction_count=(FactType.INT, "tellings of the same thing that contradict the first, not settled; None: none"),
    told_count=(FactType.INT, "tellings of the same thing so far, this one included; None: nothing contradicts"),
    at_stake_fen=(FactType.INT, "the largest amount among them; None: nothing contradicts"),
    differing=(FactType.TEXT_LIST, "what differs, as it stands and as it was told otherwise; None: nothing"),
)


def thing_of(event: Happened) -> str | None:
    """What happens once and the event tells of, such as ``refund.finished|R-1``; None where it is nothing of it."""
    once = ONCE.get(event.kind)
    if once is None:
        return None
    named = [event.facts.get(name) for name in once.thing]
    return None if any(each is None for each in named) else "|".join([event.kind, *map(str, named)])


def said_of(event: Happened) -> dict[str, Any]:
    """One telling as plain JSON."""
    once = ONCE[event.kind]
    is_final = not once.moves or event.facts.get(once.moves) not in once.under_way
    said: dict[str, Any] = {AT: event.at.isoformat(), "event": event.id, "source": event.source, "is_final": is_final}
    for name in (*once.alike, *([once.moves] if once.moves else []), *(once.at_end if is_final else ())):
        if (value := event.facts.get(name)) is not None:
            said |= once.read.get(name, _as_told)(name, value)
            if name in once.read:  # what several get stands in it as text
                said[STAKE] = sum(each["amount_fen"] for each in value)
    return said


def against(kind: str, told: Mapping[str, Said], counts: str | None = None) -> dict[str, dict[str, str]]:
    """Of each telling that says otherwise than those before it: what differs, as ``stands → says``.

    ``told`` are the tellings of one thing by their keys, which sort as they were told; ``counts`` goes before all.
    """
    once, found = ONCE[kind], {}
    standing: dict[str, tuple[Any, Said]] = {}
    for key in sorted(told, key=lambda each: (each != counts, each)):
        said = told[key]
        now = {name: value for name, value in said.items() if name not in _OWN}
        now |= {AT: said[AT]} if once.apart is not None and said["is_final"] else {}
        differing = {
            name: f"{standing[name][0]} → {value}"
            for name, value in now.items()
            if name in standing and _differs(once, name, (value, said), standing[name])
        }
        if differing:
            found[key] = differing
            continue
        for name, value in now.items():
            if name not in standing or (name == once.moves and not standing[name][1]["is_final"]):
                standing[name] = (value, said)
    return found


def at_stake(told: Mapping[str, Said]) -> int:
    """The largest amount in fen among the tellings of one thing, 0 where none names any."""
    amounts = (
        value for said in told.values() for name, value in said.items() if name == STAKE or name.endswith("_fen")
    )
    return max(amounts, default=0)


def _differs(once: Once, name: str, one: tuple[Any, Said], other: tuple[Any, Said]) -> bool:
    (value, said), (stands, before) = one, other
    if name == AT:
        apart = abs(datetime.fromisoformat(value) - datetime.fromisoformat(stands))
        return once.apart is not None and apart > once.apart
    if value == stands or name != once.moves or said["is_final"] == before["is_final"]:
        return bool(value != stands) and (name != once.moves or bool(said["is_final"]))
    over, under_way = (said, before) if said["is_final"] else (before, said)
    return datetime.fromisoformat(under_way[AT]) > datetime.fromisoformat(over[AT]) + APART


@dataclass(slots=True)
class Tellings:
    """What is told of a line's things: all that is known of it, and what was noted up to the event that is walked."""

    whole: dict[str, dict[str, Said]]
    weighed: Mapping[str, Mapping[str, Any]]
    so_far: dict[str, dict[str, Said]]
    payments: dict[str, Any]
    _contradicting: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Happened], order: State | None) -> Tellings:
        """Of a line's new events, on top of what its order's row has noted."""
        payments = dict((order or {}).get("payments") or {})
        weighed = dict(payments.get(WEIGHED, {}))
        so_far = {thing: dict(told) for thing, told in payments.get(TOLD, {}).items()}
        whole = {thing: dict(told) for thing, told in so_far.items()}
        for event in events:
            if (thing := thing_of(event)) is not None:
                whole.setdefault(thing, {})[telling_of(event)] = said_of(event)
            elif event.kind in TELL_PAYMENT:
                payments[telling_of(event)] = said_of_payment(event)
            elif event.kind == SETTLES:
                weighed = _weigh(weighed, event)
            elif event.kind == SETTLES_PAYMENT:
                payments[SETTLED] = last_word(payments.get(SETTLED), event)
        return cls(whole, weighed, so_far, payments)

    def stands(self, event: Happened, thing: str | None) -> bool:
        """Whether the event is in force: whatever contradicts what was told first is not."""
        if thing is None:
            return event.kind not in TELL_PAYMENT or telling_of(event) not in losing(self.payments)
        return telling_of(event) not in self.contradicting(thing)

    def is_weighed(self, event: Happened, thing: str | None) -> bool:
        """Whether a person has looked at the event among the tellings of its thing."""
        weighed = self.payments.get(SETTLED, {}) if thing is None else self.weighed.get(thing, {})
        return telling_of(event) in weighed.get("among", ())

    def contradicting(self, thing: str) -> Collection[str]:
        """All tellings of a thing that contradict the first, whenever they happened."""
        if len(self.whole[thing]) == 1:
            return ()
        if thing not in self._contradicting:
            found = against(thing.partition("|")[0], self.whole[thing], self._counts(thing))
            self._contradicting[thing] = frozenset(found)
        return self._contradicting[thing]

    def note(self, event: Happened, thing: str) -> dict[str, Any]:
        """Note one telling; the facts of ``TOLD_FACTS`` as they are then."""
        told = self.so_far.setdefault(thing, {})
        told[telling_of(event)] = self.whole[thing][telling_of(event)]
        if not self.contradicting(thing):
            return {}
        among = set(self.weighed.get(thing, {}).get("among", ()))
        found = {key: what for key, what in against(event.kind, told, self._counts(thing)).items() if key not in among}
        if not found:
            return {}
        return {
            "contradiction_count": len(found),
            "told_count": len(told),
            "at_stake_fen": at_stake(told),
            "differing": [f"{name}: {how}" for what in found.values() for name, how in what.items()],
        }

    def _counts(self, thing: str) -> str | None:
        return self.weighed.get(thing, {}).get("counts")


def unsettled(payments: Mapping[str, Any]) -> dict[str, list[str]]:
    """By thing, the keys of the tellings that contradict the first and that nobody has weighed."""
    found: dict[str, list[str]] = {}
    for thing, told in payments.get(TOLD, {}).items():
        weighed = payments.get(WEIGHED, {}).get(thing, {})
        keys = against(thing.partition("|")[0], told, weighed.get("counts")) if len(told) > 1 else ()
        if open_ones := [key for key in keys if key not in weighed.get("among", ())]:
            found[thing] = open_ones
    return found


def keep_telling(order: State, event: Happened, thing: str, tellings: Tellings) -> None:
    """Keep one telling on the order's row."""
    payments = order.get("payments") or {}
    things = payments.get(TOLD, {})
    key = telling_of(event)
    told = {**things.get(thing, {}), key: tellings.whole[thing][key]}
    order["payments"] = {**payments, TOLD: {**things, thing: told}}
    if tellings.contradicting(thing):
        recount(order, others=sum(map(len, unsettled(order["payments"]).values())))


@changes("order", "order_id")
def telling_settled(state: State, event: Happened) -> None:
    """A person looked at all tellings of a thing."""
    payments = state.get("payments") or {}
    state["payments"] = {**payments, WEIGHED: _weigh(payments.get(WEIGHED, {}), event)}
    recount(state, others=sum(map(len, unsettled(state["payments"]).values())))


def _weigh(weighed: Mapping[str, Mapping[str, Any]], event: Happened) -> dict[str, Mapping[str, Any]]:
    thing = str(event.facts["thing"])
    return {**weighed, thing: last_word(weighed.get(thing), event)}

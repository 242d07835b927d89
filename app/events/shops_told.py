"""An order told for two shops: which of them has it is said by a person, and until then the money of both waits.

A time line is one shop's, so that nothing on one shows the other. The door looks for the order's number under other
shops (``notice_shops``) and says what it finds as events of our own, one on each line; each holds only what its own
shop told, because lines are read by shop. Once a person has chosen, nothing of the losing line happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.values.facts import Happened, State

TELLS, SETTLES_SHOP = "order.shops_told", "order.shop_settled"
SHOPS = "shops"
"""Beside the tellings of the payment on the order's row: what was noted of other shops, and what a person said."""
_TOLD, _SETTLED, _SAID = "told", "settled", "said"
_KEPT = ("doubt_id", "is_shared", "told_first", "times_count", "paid_fen", "payment_no", "first_event", "first_source")
_OWN = frozenset({TELLS, SETTLES_SHOP})


def noted_of(payments: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What an order's row notes of other shops: ``told`` and ``settled``, each the last word."""
    found: Mapping[str, Any] = (payments or {}).get(SHOPS, {})
    return found


def is_open(noted: Mapping[str, Any]) -> bool:
    """Whether the order is told for another shop, too, and nobody has said since which one has it."""
    told = noted.get(_TOLD)
    return bool(told and told["is_shared"] and noted.get(_SETTLED, {}).get(_SAID, "") < told[_SAID])


def is_lost(noted: Mapping[str, Any]) -> bool:
    """Whether a person said that another shop has the order."""
    settled = noted.get(_SETTLED)
    return settled is not None and not settled["is_here"]


def with_word(noted: Mapping[str, Any], event: Happened) -> Mapping[str, Any]:
    """What is noted after one more word of ours, whenever it is said to have happened: told last counts."""
    place = _TOLD if event.kind == TELLS else _SETTLED
    if noted.get(place, {}).get(_SAID, "") > _key(event):
        return noted
    said: dict[str, Any] = {"is_here": event.facts.get("is_here")}
    if event.kind == TELLS:
        said = {name: event.facts[name] for name in _KEPT if event.facts.get(name) is not None}
        said |= {"at": event.at.isoformat(), "first_at": event.facts["first_at"].isoformat()}
        said |= {"same_facts": list(event.facts["same_facts"])}
    return {**noted, place: said | {_SAID: _key(event)}}


def note(state: State, event: Happened) -> None:
    """Note a word of ours on the order's row."""
    payments = state.get("payments") or {}
    noted = with_word(payments.get(SHOPS, {}), event)
    state["payments"] = {**payments, SHOPS: noted}
    if is_lost(noted):
        state["belongs_elsewhere"] = True
    else:
        state.pop("belongs_elsewhere", None)


@dataclass(slots=True)
class Shops:
    """What is known of other shops on a line: all of it, however it is dated."""

    noted: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Happened], order: State | None) -> Shops:
        """Of a line's new events, on top of what its order's row has noted."""
        noted = noted_of((order or {}).get("payments"))
        for event in events:
            if event.kind in _OWN:
                noted = with_word(noted, event)
        return cls(noted)

    def has_lost(self, event: Happened) -> bool:
        """Whether the event did not happen in this shop, as a person said."""
        return event.kind not in _OWN and is_lost(self.noted)

    def note(self, event: Happened) -> dict[str, Any]:
        """The facts ``telling.…`` of our word about another shop: only the last one is open, until it is settled."""
        if event.kind != TELLS:
            return {}
        return {"is_open": is_open(self.noted) and self.noted[_TOLD][_SAID] == _key(event)}


def _key(event: Happened) -> str:
    return event.told or f"{event.source}|{event.id}"

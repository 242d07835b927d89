"""A seeded stream of requests, as a platform of several shops would send them to a running service.

An order is told up to its present at once, as a shop's system does that is connected in the middle of things; then it
goes on living: what comes next is told a few seconds later, as it happens. Some of what is told comes late, some
twice. The same seed, start and figures make the same requests, so that sending them again changes nothing.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from app.traffic.captions import make_caption
from app.traffic.order_life import LONGEST_HOURS, Life, Step, happened_by, make_life

EVENTS, SCREENINGS, CLAIMS = "/v1/events", "/v1/screenings", "/v1/claims"
_FIRST_SHOP = 7
_CONTENT_SHARE, _CLAIM_SHARE = 0.25, 0.02
_TWICE, _LATE, _GOES_ON, _OLD = 0.03, 0.04, 0.5, 0.25
_CATEGORIES = ("home", "food", "clothing", "beauty", "health", "digital")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: so many seconds after the start, to which address, with what; ``items`` is what it counts for."""

    second: float
    path: str
    body: dict[str, Any]
    items: int
    method: str = "POST"


def shop_ids(shops: int) -> tuple[str, ...]:
    """The shops of a stream; the first is the one that ``serve --demo`` fills."""
    return tuple(f"shop-{_FIRST_SHOP + number}" for number in range(shops))


def make_stream(*, seed: int, start: datetime, rate: float, seconds: float, shops: int) -> Iterator[Asked]:
    """Requests in the order of their seconds: about ``rate`` contents and events a second, for so many seconds."""
    chance, own = random.Random(f"{seed}:{start.isoformat()}"), shop_ids(shops)  # noqa: S311 - a simulation, no secret
    name, later, numbers = f"{int(start.timestamp()):x}{seed:x}", _Later(), count(1)
    second = 0.0
    while second < seconds:
        for asked in later.due(second):
            yield asked
            second += asked.items / rate
        shop_id, number = chance.choice(own), next(numbers)
        if chance.random() < _CONTENT_SHARE:
            fresh = [_content(chance, f"t{name}-{number}", shop_id, second, start)]
        else:
            fresh = _order(chance, f"{name}{number:06}", shop_id, second, start, later)
        yield from fresh
        second += sum(asked.items for asked in fresh) / rate


class _Later:
    """What is to be sent when its second has come."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Asked]] = []
        self._numbers = count()

    def add(self, asked: Asked) -> None:
        heapq.heappush(self._waiting, (asked.second, next(self._numbers), asked))

    def due(self, second: float) -> Iterator[Asked]:
        while self._waiting and self._waiting[0][0] <= second:
            yield heapq.heappop(self._waiting)[2]


def _content(chance: random.Random, content_id: str, shop_id: str, second: float, start: datetime) -> Asked:
    kind, text = make_caption(chance)
    at = (start + timedelta(seconds=second)).isoformat()
    body = {"content_id": content_id, "kind": kind, "shop_id": shop_id, "text": text, "occurred_at": at}
    body |= {"author_id": f"author-{chance.randrange(80)}", "category": chance.choice(_CATEGORIES)}
    return Asked(second, SCREENINGS, body, 1)


def _order(
    chance: random.Random, order_id: str, shop_id: str, second: float, start: datetime, later: _Later
) -> list[Asked]:
    """An order up to its present; what it tells afterwards goes to ``later``."""
    now = start + timedelta(seconds=second)
    age = chance.uniform(0, LONGEST_HOURS) if chance.random() < _OLD else min(chance.expovariate(1 / 60), LONGEST_HOURS)
    paid_at = now - timedelta(hours=age)
    life = make_life(chance, order_id, shop_id, paid_at=paid_at)
    steps = list(happened_by(life, age))
    coming = [step for step in life.steps if step.hour > age]
    events = [_event(life, number, step, paid_at) for number, step in enumerate(steps)]
    if len(events) > 1 and chance.random() < _LATE:
        told_late = events.pop(chance.randrange(1, len(events)))
        later.add(Asked(second + chance.uniform(5, 60), EVENTS, {"events": [told_late]}, 1))
    asked = Asked(second, EVENTS, {"events": events}, len(events))
    if chance.random() < _TWICE:
        later.add(Asked(second + chance.uniform(0.5, 20), EVENTS, asked.body, len(events)))
    if coming and chance.random() < _GOES_ON:
        wait = chance.uniform(2, 30)
        happens = _event(life, len(steps), coming[0], paid_at, at=now + timedelta(seconds=wait))
        later.add(Asked(second + wait, EVENTS, {"events": [happens]}, 1))
    return [asked, *([_claim(chance, life, second)] if chance.random() < _CLAIM_SHARE else [])]


def _event(life: Life, number: int, step: Step, paid_at: datetime, *, at: datetime | None = None) -> dict[str, Any]:
    happened_at = at or paid_at + timedelta(hours=step.hour)
    return {
        "id": f"{life.order_id}-{number}",
        "kind": step.kind,
        "subject": step.subject,
        "shop_id": life.shop_id,
        "occurred_at": happened_at.isoformat(),
        "data": step.data,
    }


def _claim(chance: random.Random, life: Life, second: float) -> Asked:
    """A buyer asks for compensation by the shop's service desk."""
    paid = life.steps[0].data
    cause, why = chance.choice(
        [
            ("late_dispatch", "下单后迟迟没有发货"),
            ("guarantee_damaged", "收到时包装破损，商品压坏"),
            ("unsafe_food", "拆开后发现变质"),
            ("false_advertising", "与直播间介绍的材质不符"),
        ]
    )
    body = {
        "shop_id": life.shop_id,
        "order_id": life.order_id,
        "cause": cause,
        "paid_fen": paid["paid_fen"],
        "transaction_id": paid["transaction_id"],
        "buyer_ref": paid["buyer_ref"],
        "reason": why,
    }
    return Asked(second, CLAIMS, body, 1)

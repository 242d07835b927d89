"""Orders' events in portions, for many writers to take at once: all take the same ones, each in its own order."""

from __future__ import annotations

import logging
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from app.events.stored import SentEvent
from app.flows.due_deadlines import due_deadlines
from app.flows.take_event import take_events
from app.flows.watch_feeds import beat
from app.jobs.open_parts import build_parts
from tests.order_model import make_truth, told
from tests.service import START, make_settings, shipped_judge

SHOP, SEED, HOURS = "shop-1", 20261125, 24 * 21
UNTIL = START + timedelta(hours=HOURS)
_PORTION = 7


@dataclass(frozen=True, slots=True)
class Portion:
    """Some events to be taken in one go."""

    id: str
    events: tuple[SentEvent, ...]


def truths(orders: int) -> list:
    """The orders as they really went."""
    chance = random.Random(SEED)
    return [make_truth(chance, number) for number in range(orders)]


def all_events(orders: int) -> list[SentEvent]:
    """Everything that is told of them."""
    return [_as_sent(event) for truth in truths(orders) for _, event in told(truth, START)]


def drawn(seed: int, orders: int) -> Iterator[Portion]:
    """The same events for every seed, in another order and other portions."""
    events = all_events(orders)
    random.Random(seed).shuffle(events)
    for start in range(0, len(events), _PORTION):
        yield Portion(f"p{start}", tuple(events[start : start + _PORTION]))


def take(database, portion: Portion) -> None:
    """Take a portion, and judge what is due."""
    parts = replace(_parts(), db=database)
    beat(parts, SHOP, now=UNTIL)
    answers = take_events(parts, portion.events, actor="writer", now=UNTIL)
    assert {each.status for each in answers} <= {"accepted", "duplicate"}, answers
    due_deadlines(parts, now=UNTIL, limit=20)


def prepare() -> None:
    """Everything that is slow, before there are many of us."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    _parts()


@cache
def _parts():
    folder = Path(tempfile.mkdtemp(prefix="weiheng-writers-"))

    class Nowhere:
        url = f"sqlite:///{folder}/none.db"

    parts = build_parts(make_settings(Nowhere, folder), now=lambda: UNTIL)
    parts.live.swap(shipped_judge(folder))
    return parts


def _as_sent(event) -> SentEvent:
    data = {name: value for name, value in event["data"].items() if value is not None}
    at = datetime.fromisoformat(event["occurred_at"])
    return SentEvent(event["id"], event["kind"], f"shop:{SHOP}", SHOP, event["subject"], at, data)


def sweep(database) -> int:
    """Judge what is due; how many were."""
    parts = replace(_parts(), db=database)
    beat(parts, SHOP, now=UNTIL)
    return due_deadlines(parts, now=UNTIL)

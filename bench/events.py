"""How many events a second are taken with all they cause, how long one takes, and how fast deadlines are swept.

Orders are made from a fixed seed: paid, sent, traced, a tenth too late. Batches of 500 give the rate; single events,
one after the other, the times; then rows of open deadlines are laid under the sweep and the passed ones judged.
Figures are wall time, with the CPU time of this process beside them: the machine may be busy with something else.

    python -m bench.events                          # SQLite, 2,000 orders, 50,000 open deadlines
    python -m bench.events --url postgresql://…     # the same on PostgreSQL, into an empty database
    python -m bench.events --orders 20000 --open 1000000
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from app import migrate
from app.events.stored import SentEvent
from app.flows.due_deadlines import due_deadlines
from app.flows.parts import Parts
from app.flows.screen_file import judge_from_folders
from app.flows.take_event import take_event, take_events
from app.flows.watch_feeds import beat
from app.jobs.open_parts import build_parts
from app.settings import Settings

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHOP = "shop-1"
BATCH = 500
LENGTHS = (10, 1_000, 5_000)
_OPEN = """
INSERT INTO deadline (id, org_id, shop_id, root, kind, name, subject_type, subject, state, due_at, moved, created_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT 'open-' || i, 'default', :shop, 'order:open-' || i, 'order.overdue', 'dispatch', 'order', 'open-' || i,
       'waiting', {at}, 0, :at FROM n
"""
_DUE = {  # thirty days on, spread over one day
    "postgresql": "CAST(:at AS timestamptz) + (2592000 + i % 86400) * interval '1 second'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', :at, (2592000 + i % 86400) || ' seconds') || '.000000'",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="an empty PostgreSQL database; default: SQLite in a temporary folder")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--singles", type=int, default=500)
    parser.add_argument("--open", type=int, default=50_000, help="open deadlines beside those that are due")
    asked = parser.parse_args()
    with opened(asked.url) as parts:
        print(f"{'on ' + ('PostgreSQL' if asked.url else 'SQLite'):<40}{'wall':>12}{'CPU':>12}")
        events = list(made_events(random.Random(20261125), asked.orders))
        rate("taken in batches, events/s", len(events), lambda: take_all(parts, events))
        rate("taken again (duplicates), events/s", len(events), lambda: take_all(parts, events))
        singles(parts, asked.singles)
        for length in LENGTHS:
            wall, cpu = on_a_line(parts, length)
            print(f"{f'one event on a line of {length:,}, ms':<40}{wall:>12.2f}{cpu:>12.2f}")
        lay_open(parts, asked.open)
        now = AT + timedelta(hours=60)
        beat(parts, SHOP, now=now)
        swept = 0

        def sweep() -> None:
            nonlocal swept
            while taken := due_deadlines(parts, now=now):
                swept += taken

        wall, cpu = measured(sweep)
        print(f"{'deadlines judged, rows/s':<40}{swept / wall:>12,.0f}{swept / cpu:>12,.0f}")
        print(f"{'  rows judged, with open ones beside':<40}{swept:>12,}{asked.open:>12,}")
        wall, cpu = measured(lambda: [due_deadlines(parts, now=now) for _ in range(20)])
        print(f"{'a sweep that finds nothing, ms':<40}{wall / 20 * 1000:>12.2f}{cpu / 20 * 1000:>12.2f}")


def made_events(chance: random.Random, orders: int) -> Iterator[SentEvent]:
    """Four events an order, shuffled a little, so that some come out of order."""
    for number in range(orders):
        name, paid = f"order-{number}", AT + timedelta(seconds=number % 3_600)
        sent = paid + timedelta(hours=chance.uniform(1, 52))
        facts = {"paid_fen": chance.randrange(100, 100_000), "stock_type": "spot", "transaction_id": f"t-{number}"}
        told = [
            event(f"p-{number}", "order.paid", name, paid, facts),
            event(f"n-{number}", "payment.succeeded", f"t-{number}", paid, {"paid_at": paid, "paid_fen": 1}),
        ]
        if sent <= AT + timedelta(hours=48):
            told.append(event(f"d-{number}", "order.deliver", name, sent, {"waybill_id": f"SF{number}"}))
            told.append(event(f"l-{number}", "logistics.event", f"SF{number}", sent, {"action": "picked_up"}))
        chance.shuffle(told)
        yield from told


def event(name: str, kind: str, subject: str, at: datetime, facts: dict[str, object]) -> SentEvent:
    return SentEvent(name, kind, f"shop:{SHOP}", SHOP, subject, at, facts)


def take_all(parts: Parts, events: list[SentEvent]) -> None:
    for start in range(0, len(events), BATCH):
        take_events(parts, events[start : start + BATCH], actor="bench", now=AT + timedelta(hours=53))


def singles(parts: Parts, count: int) -> None:
    times: list[float] = []
    for number in range(count):
        sent = event(f"s-{number}", "order.paid", f"single-{number}", AT, {"paid_fen": 100, "stock_type": "spot"})
        began = time.perf_counter()
        take_event(parts, sent, actor="bench", now=AT + timedelta(hours=53))
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    print(f"{'one event, ms: median, p99':<40}{statistics.median(times):>12.2f}{times[int(len(times) * 0.99)]:>12.2f}")


def on_a_line(parts: Parts, length: int) -> tuple[float, float]:
    """The medians, wall and CPU, of an event that comes last on an order's line, after so many traces of a carrier."""
    order_id, now = f"long-{length}", AT + timedelta(hours=53)
    facts = {"paid_fen": 100, "stock_type": "spot"}
    told = [event(f"lp-{length}", "order.paid", order_id, AT, facts)]
    told.append(event(f"ld-{length}", "order.deliver", order_id, AT, {"waybill_id": f"SFL{length}"}))
    for number in range(length + 20):
        at = AT + timedelta(seconds=1 + number)
        told.append(event(f"lt-{length}-{number}", "logistics.event", f"SFL{length}", at, {"action": "in_transit"}))
    for start in range(0, length, BATCH):
        take_events(parts, told[start : min(start + BATCH, length)], actor="bench", now=now)
    times = [
        measured(lambda each=each: take_event(parts, each, actor="bench", now=now))  # type: ignore[misc]
        for each in told[length:]
    ]
    walls, cpus = zip(*times, strict=True)
    return statistics.median(walls) * 1000, statistics.median(cpus) * 1000


def lay_open(parts: Parts, count: int) -> None:
    """Rows that are not due yet, made by the database itself."""
    names = {"rows": count, "shop": SHOP, "at": AT.replace(tzinfo=None)}
    at = _DUE[parts.db.engine.dialect.name]
    if count:
        with parts.db.migrating() as connection:  # no statement is cut off in there
            connection.execute(text(_OPEN.format(at=at)), names)
        parts.db.write(lambda session: session.execute(text("ANALYZE")))


def rate(name: str, count: int, work: Callable[[], None]) -> None:
    wall, cpu = measured(work)
    print(f"{name:<40}{count / wall:>12,.0f}{count / cpu:>12,.0f}")


def measured(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def opened(url: str | None) -> Iterator[Parts]:
    with tempfile.TemporaryDirectory(prefix="weiheng-bench-") as folder:
        settings = Settings.model_validate(
            {"database_url": url or f"sqlite:///{folder}/bench.db", "data_dir": Path(folder), "sample_bp": 0}
        )
        parts = build_parts(settings)
        migrate.upgrade(parts.db)
        parts.live.swap(judge_from_folders(settings))
        try:
            yield parts
        finally:
            parts.db.close()


if __name__ == "__main__":
    main()

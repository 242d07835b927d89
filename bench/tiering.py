"""How long it takes to put a shop's customers into segments, and how much memory: a full run, then one of what changed.

    python -m bench.tiering                                      # 1,000,000 orders of 100,000 people
    python -m bench.tiering --orders 10000000 --keep FILE        # the target: within 60 s and 4 GB on two cores

The data is made here, by SQL: orders over 400 days, and what every second person did in the last four weeks, in the
SQLite file a shop would have. The last line compares the count of one segment with that of one plain SQL statement.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import migrate
from app.flows.screen_file import judge_from_folders
from app.flows.tier_people import tier_people
from app.settings import Settings
from app.web.application import build_parts

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHOP = "shop-1"
STAMP = "strftime('%Y-%m-%d %H:%M:%S', '2026-11-23 10:00:00', '-' || ({}) || ' seconds') || '.000000'"
ORDERS = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :orders)
INSERT INTO orders (id, org_id, shop_id, order_id, subject, version, updated_at, buyer_ref, channel, paid_at, paid_fen,
  refunded_fen)
SELECT printf('o%012d', i), 'default', '{SHOP}', printf('o%012d', i), printf('o%012d', i), 1, {STAMP.format("3600")},
  printf('b%08d', abs(random()) % :people), 'live', {STAMP.format("1 + abs(random()) % (400 * 86400)")},
  1000 + abs(random()) % 400000, CASE WHEN i % 20 = 0 THEN 1000 END
FROM n"""
EVENTS = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people / 2)
INSERT INTO event (id, org_id, source, event_id, kind, shop_id, subject, occurred_at, happened_at, received_at, facts,
  digest, actor)
SELECT printf('e%012d', i), 'default', 'crm', printf('e%012d', i), 'person.activity', '{SHOP}', printf('b%08d', i * 2),
  {STAMP.format("100")}, {STAMP.format("1 + abs(random()) % (27 * 86400)")}, {STAMP.format("3600")},
  json_object('channel', 'live', 'visit_count', 1 + i % 9, 'browse_seconds', i % 700, 'interaction_count', i % 25,
              'followed_brand_count', i % 7), '-', 'bench'
FROM n"""
ROOTS = f"INSERT INTO event_root (event_pk, root, shop_id) SELECT id, 'person:' || subject, '{SHOP}' FROM event"
PLAIN = f"""SELECT count(*) FROM (SELECT o.buyer_ref FROM orders o
  LEFT JOIN (SELECT subject, max(json_extract(facts, '$.followed_brand_count')) AS brands FROM event GROUP BY subject) e
    ON e.subject = o.buyer_ref
  WHERE o.paid_at > strftime('%Y-%m-%d %H:%M:%S', '2026-11-23 10:00:00', '-90 days') || '.000000'
    AND o.shop_id = '{SHOP}' AND e.brands >= 3
  GROUP BY o.buyer_ref HAVING sum(o.paid_fen - coalesce(o.refunded_fen, 0)) * 30 / 90 >= 500000)"""


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--orders", type=int, default=1_000_000)
    reader.add_argument("--people", type=int)
    reader.add_argument("--keep", type=Path, help="use or make this SQLite file instead of one that is thrown away")
    asked = reader.parse_args()
    people = asked.people or max(asked.orders // 10, 1)
    with tempfile.TemporaryDirectory() as folder:
        file = asked.keep or Path(folder) / "weiheng.db"
        is_made = file.exists()
        parts = _parts(file, Path(folder))
        if not is_made:
            _timed("generate", lambda: _fill(file, asked.orders, people))
        with closing(parts.db):
            _measure(parts, file, asked.orders, people)


def _parts(file: Path, folder: Path):
    settings = Settings.model_validate({"database_url": f"sqlite:///{file}", "data_dir": folder})
    parts = build_parts(settings, now=lambda: NOW)
    migrate.upgrade(parts.db)
    parts.live.swap(judge_from_folders(settings))
    return parts


def _fill(file: Path, orders: int, people: int) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-262144;")
        indexes = [
            row
            for row in connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'orders' AND type = 'index'"
            )
            if row[1]
        ]
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(ORDERS, {"orders": orders, "people": people})
        connection.execute(EVENTS, {"people": people})
        connection.execute(ROOTS)
        for _, made in indexes:
            connection.execute(made)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _measure(parts, file: Path, orders: int, people: int) -> None:
    full = _timed("full run", lambda: tier_people(parts, SHOP, is_full=True, by="bench", now=NOW))
    print(f"  people {full.looked_at_count:,}  counts {full.counts}")
    _timed("full run, nothing new", lambda: tier_people(parts, SHOP, is_full=True, by="bench", now=NOW))
    with closing(sqlite3.connect(file)) as connection:
        [(plain,)] = connection.execute(PLAIN).fetchall()
    later = NOW + timedelta(days=1)
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        connection.execute(
            "UPDATE orders SET refunded_fen = 500, updated_at = '2026-11-24 09:00:00.000000' WHERE rowid % 1000 = 7"
        )
        connection.commit()
    changed = _timed("incremental, a day later", lambda: tier_people(parts, SHOP, by="bench", now=later))
    print(f"  looked at {changed.looked_at_count:,}, moved {changed.moved_count:,}, full {changed.is_full}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MB  file {file.stat().st_size / 1e6:,.0f} MB  orders {orders:,}  people {people:,}")
    print(f"high by the run {full.counts.get('high', 0):,}, by plain SQL {plain:,}")


def _timed(what: str, work):
    started, cpu = time.perf_counter(), time.process_time()
    done = work()
    spent = time.process_time() - cpu
    print(f"{what:<28} {time.perf_counter() - started:8.1f} s wall {spent:8.1f} s CPU", flush=True)
    return done


if __name__ == "__main__":
    main()

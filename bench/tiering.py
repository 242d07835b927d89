"""How long it takes to put a shop's customers into segments, and how much memory: a full run, then one of what changed.

    python -m bench.tiering                                      # 1,000,000 orders of 100,000 people
    python -m bench.tiering --orders 10000000 --keep FILE        # the target: within 60 s and 4 GB on two cores

The data is made here, by SQL: orders over 400 days, and what every second person did in the last four weeks, in the
SQLite file a shop would have. Three checks stand at the end: the count of one segment by one plain SQL statement; a
sample of people worked out again in plain Python from their own orders and events, figure by figure; and a full run
after the incremental one, which has to leave every row as it stands.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import migrate
from app.db import Database
from app.flows.screen_file import judge_from_folders
from app.flows.segment_names import pseudonym_of
from app.flows.tier_people import tier_people
from app.jobs.open_parts import build_parts
from app.settings import Settings
from app.tiering.segments import FIGURES

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHOP = "shop-1"
SAMPLE = 2_000
AT = f"datetime({int(NOW.timestamp())} - ({{}}), 'unixepoch') || '.000000'"
ORDERS = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :orders)
INSERT INTO orders (id, org_id, shop_id, order_id, subject, version, updated_at, buyer_ref, channel, paid_at, paid_fen,
  refunded_fen)
SELECT id, 'default', '{SHOP}', id, id, 1, :told_at, buyer, 'live', paid_at, fen, refunded
FROM (SELECT printf('o%012d', i) AS id, printf('b%08d', abs(random()) % :people) AS buyer,
        {AT.format("1 + abs(random()) % (400 * 86400)")} AS paid_at, 1000 + abs(random()) % 400000 AS fen,
        CASE WHEN i % 20 = 0 THEN 1000 END AS refunded FROM n)"""
EVENTS = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people / 2)
INSERT INTO event (id, org_id, source, event_id, kind, shop_id, subject, occurred_at, happened_at, received_at, facts,
  digest, actor)
SELECT printf('e%012d', i), 'default', 'crm', printf('e%012d', i), 'person.activity', '{SHOP}', printf('b%08d', i * 2),
  :told_at, {AT.format("1 + abs(random()) % (27 * 86400)")}, :told_at,
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
STANDING = f"""SELECT person, segment, since_at, first_at, first_segment, first_paid_at, last_paid_at, recency_score,
  frequency_score, monetary_score, {", ".join(FIGURES)} FROM person_segment WHERE shop_id = '{SHOP}' ORDER BY person"""


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
        with closing(Database(f"sqlite:///{file}")) as empty:
            migrate.upgrade(empty)
        if is_made:
            _change(file, "DELETE FROM person_segment; DELETE FROM segment_move; DELETE FROM tier_run")
        else:
            _timed("generate", lambda: _fill(file, asked.orders, people))
        parts = _parts(file, Path(folder))
        with closing(parts.db):
            _measure(parts, file, asked.orders, people)


def _parts(file: Path, folder: Path):
    settings = Settings.model_validate({"database_url": f"sqlite:///{file}", "data_dir": folder})
    parts = build_parts(settings, now=lambda: NOW)
    parts.live.swap(judge_from_folders(settings))
    return parts


def _fill(file: Path, orders: int, people: int) -> None:
    told = {"told_at": f"{NOW - timedelta(hours=1):%Y-%m-%d %H:%M:%S.%f}", "orders": orders, "people": people}
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; PRAGMA threads=2;"
        )
        own = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'orders' AND type = 'index' AND sql IS NOT NULL"
        indexes = connection.execute(own).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for statement in (ORDERS, EVENTS, ROOTS):
            connection.execute(statement, told)
        for _, made in indexes:
            connection.execute(made)
        connection.commit()


def _change(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        connection.executescript(f"BEGIN; {script}; COMMIT;")


def _measure(parts, file: Path, orders: int, people: int) -> None:
    base = _peak()

    def run(**more):
        return tier_people(parts, SHOP, by="bench", told=_show, **more)

    full = _timed("full run", lambda: run(is_full=True, now=NOW))
    print(f"  people {full.looked_at_count:,}  counts {full.counts}")
    print(f"  peak memory {_peak():,.0f} MB, of which {base:,.0f} MB before it began (rules and wordlists)")
    wrong = _wrong_in_sample(parts, file)
    _timed("full run, nothing new", lambda: run(is_full=True, now=NOW))
    with closing(sqlite3.connect(file)) as connection:
        [(plain,)] = connection.execute(PLAIN).fetchall()
    later = NOW + timedelta(days=1)
    _change(
        file, "UPDATE orders SET refunded_fen = 500, updated_at = '2026-11-24 09:00:00.000000' WHERE rowid % 1000 = 7"
    )
    changed = _timed("incremental, a day later", lambda: run(now=later))
    print(f"  looked at {changed.looked_at_count:,}, moved {changed.moved_count:,}, full {changed.is_full}")
    stepwise = _digest(file)
    _timed("full run after that", lambda: run(is_full=True, now=later))
    print(
        f"peak memory {_peak():,.0f} MB  file {file.stat().st_size / 1e6:,.0f} MB  orders {orders:,}  people {people:,}"
    )
    print(f"high by the run {full.counts.get('high', 0):,}, by plain SQL {plain:,}")
    print(f"of {SAMPLE:,} people worked out again in plain Python {wrong} differ")
    print(f"after the incremental run a full one changes {'nothing' if stepwise == _digest(file) else 'SOMETHING'}")


def _wrong_in_sample(parts, file: Path) -> int:
    """How many of a sample of people stand with other figures, or in another segment, than plain Python says."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        least = "SELECT DISTINCT buyer_ref FROM orders WHERE shop_id = ? AND buyer_ref >= ? ORDER BY buyer_ref LIMIT 1"
        [(count,)] = connection.execute("SELECT count(*) FROM person_segment").fetchall()
        wrong = 0
        for number in range(SAMPLE):
            found = connection.execute(least, (SHOP, f"b{number * count // SAMPLE:08d}")).fetchone()
            if found is None:
                continue
            stands = connection.execute(
                "SELECT * FROM person_segment WHERE shop_id = ? AND person = ?", (SHOP, pseudonym_of(parts, found[0]))
            ).fetchone()
            worked_out = _plainly(connection, found[0])
            wrong += stands is None or any(stands[name] != value for name, value in worked_out.items())
    return wrong


def _plainly(connection: sqlite3.Connection, ref: str) -> dict[str, object]:
    """Figures and segment of one person as the strategy words them, with the numbers of the shipped pack."""

    def before(days: int) -> str:
        return f"{NOW - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}"

    orders = connection.execute("SELECT * FROM orders WHERE shop_id = ? AND buyer_ref = ?", (SHOP, ref)).fetchall()
    orders = [each for each in orders if each["paid_at"] <= before(0)]
    told = connection.execute("SELECT * FROM event WHERE id = 'e' || printf('%012d', ?)", (int(ref[1:]) // 2,))
    facts = [json.loads(each["facts"]) for each in told if each["subject"] == ref]
    recent = [each for each in orders if each["paid_at"] > before(90)]
    spend = sum(max(each["paid_fen"] - (each["refunded_fen"] or 0), 0) for each in recent)
    first, last = min(each["paid_at"] for each in orders), max(each["paid_at"] for each in orders)
    visits = facts[0]["visit_count"] if facts else None
    figures = {
        "order_count": len(recent),
        "spend_fen": spend,
        "monthly_spend_fen": spend * 30 // 90,
        "weekly_interaction_count": facts[0]["interaction_count"] // 4 if facts else None,
        "followed_brand_count": facts[0]["followed_brand_count"] if facts else None,
        "first_order_rate_bp": 10_000 // visits if facts and first > before(28) else None,
        "average_browse_seconds": facts[0]["browse_seconds"] // visits if facts else None,
        "first_paid_at": first,
        "last_paid_at": last,
    }
    return {**figures, "segment": _segment(figures, is_newcomer=first > before(28))}


def _segment(figures: dict, *, is_newcomer: bool) -> str:
    monthly, brands = figures["monthly_spend_fen"], figures["followed_brand_count"]
    weekly, rate, browse = (
        figures[name] for name in ("weekly_interaction_count", "first_order_rate_bp", "average_browse_seconds")
    )
    tiers = (
        ("high", (monthly >= 500_000, None if brands is None else brands >= 3)),
        ("potential", (100_000 <= monthly < 500_000, None if weekly is None else weekly >= 3)),
        ("new", (is_newcomer, None if rate is None else rate < 3_000, None if browse is None else browse < 90)),
    )
    for name, conditions in tiers:
        if all(conditions):
            return name
        if False not in conditions:
            return "unknown"
    return "none"


def _digest(file: Path) -> str:
    seen = hashlib.sha256()
    with closing(sqlite3.connect(file)) as connection:
        for row in connection.execute(STANDING):
            seen.update(repr(row).encode())
    return seen.hexdigest()


def _show(progress) -> None:
    if sys.stderr.isatty():
        print(f"  {progress.stage} {progress.done:,} of {progress.total:,}", end="\r", file=sys.stderr)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(what: str, work):
    started, cpu = time.perf_counter(), time.process_time()
    done = work()
    spent = time.process_time() - cpu
    print(f"{what:<28} {time.perf_counter() - started:8.1f} s wall {spent:8.1f} s CPU", flush=True)
    return done


if __name__ == "__main__":
    main()

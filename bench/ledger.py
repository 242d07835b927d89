"""How many entries a second the ledger takes, and what reading balances costs when a million stand in it.

A payout is reserved and posted (two entries), as a claim's is; writers are threads with a connection each, all against
the one account of the fund, which is what makes a ledger slow. Then entries are laid into the table up to ``--entries``
(by the database itself, balanced, as if made over a year) and the readings that pages and reports make are timed.

    python -m bench.ledger                              # SQLite, 2,000 payouts, 100,000 entries
    python -m bench.ledger --url postgresql://… --writers 8 --entries 1000000    # into an empty database
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from app import migrate
from app.db import Database
from app.money.accounts import CAPITAL, FUND, IN_TRANSIT
from app.money.balances import balances, balances_at, lines
from app.money.check import check
from app.money.ledger import Entry, reserve, transfer
from app.money.report import daily_fund, month_report
from app.money.two_phase import post

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OPENING_FEN = 10**12
_LAID = """
INSERT INTO posting (id, org_id, digest, phase, debit_account_id, credit_account_id, amount_fen, currency, purpose,
                     actor, at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT 'laid-' || i, 'default', 'sha256:', 'single', :fund, :capital, 1, 'CNY', 'funding', 'bench', {at} FROM n
"""
_AT = {
    "postgresql": "CAST(:now AS timestamptz) - i * interval '30 seconds'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', :now, '-' || (i * 30) || ' seconds') || '.000000'",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="an empty PostgreSQL database; default: SQLite in a temporary folder")
    parser.add_argument("--payouts", type=int, default=2_000)
    parser.add_argument("--writers", type=int, default=1)
    parser.add_argument("--entries", type=int, default=100_000, help="entries in the ledger while it is read")
    asked = parser.parse_args()
    with opened(asked.url, asked.writers) as database:
        print(f"on {'PostgreSQL' if asked.url else 'SQLite'}, {asked.writers} writers")
        open_fund(database)
        took = timed(lambda: pay_all(database, asked.payouts, asked.writers))
        print(f"{'payouts reserved and posted, /s':<44}{asked.payouts / took:>12,.0f}")
        print(f"{'  entries, /s':<44}{2 * asked.payouts / took:>12,.0f}")
        lay(database, max(asked.entries - 2 * asked.payouts - 1, 0))
        print(f"{f'with {asked.entries:,} entries: wall, CPU of this process':<44}")
        for name, work in readings():
            with database.read() as session:
                cpu = time.process_time()
                wall = timed(lambda work=work: work(session))  # type: ignore[misc]
                cpu = time.process_time() - cpu
                print(f"  {name:<42}{wall * 1000:>12,.1f}{cpu * 1000:>12,.1f} ms")


def readings() -> Iterator[tuple[str, Callable]]:
    yield "balances now", balances
    yield "the newest 50 entries", lines
    yield "14 days of the fund (the console's chart)", lambda session: daily_fund(session, AT - timedelta(days=14), AT)
    yield "balances a week ago", lambda session: balances_at(session, AT - timedelta(days=7))
    yield "balances 100 days ago", lambda session: balances_at(session, AT - timedelta(days=100))
    yield "balances 300 days ago", lambda session: balances_at(session, AT - timedelta(days=300))
    yield "the month's report", lambda session: month_report(session, "2026-11", now=AT)
    yield "the whole check of the books", lambda session: check(session, now=AT)


def open_fund(database: Database) -> None:
    entry = Entry("open", FUND, CAPITAL, OPENING_FEN, "funding", "bench")
    database.write(lambda session: transfer(session, entry, now=AT - timedelta(days=400)))


def pay_all(database: Database, payouts: int, writers: int) -> None:
    def pay(number: int) -> None:
        entry = Entry(f"p-{number}", IN_TRANSIT, FUND, 100, "payout", "bench")
        database.write(lambda session: reserve(session, entry, now=AT))
        database.write(lambda session: post(session, entry.id, actor="bench", now=AT))

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(pay, range(payouts)))


def lay(database: Database, rows: int) -> None:
    """Entries that others made before, and what they come to on their accounts."""
    at = _AT[database.engine.dialect.name]

    def work(connection) -> None:
        ids = dict(connection.execute(text("SELECT code, id FROM ledger_account")).all())
        names = {"rows": rows, "fund": ids["fund"], "capital": ids["capital"], "now": AT}
        connection.execute(text(_LAID.format(at=at)), names)
        for account, side in (("fund", "debits_fen"), ("capital", "credits_fen")):
            told = f"UPDATE ledger_account SET {side} = {side} + :rows WHERE code = '{account}'"
            connection.execute(text(told), names)

    if rows:
        with database.migrating() as connection:  # no statement is cut off in there
            work(connection)
        database.write(lambda session: session.execute(text("ANALYZE")))


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def opened(url: str | None, writers: int) -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="weiheng-bench-") as folder:
        address = url or f"sqlite:///{Path(folder) / 'bench.db'}"
        with closing(Database(address, pool_size=writers + 2)) as database:
            migrate.upgrade(database)
            yield database


if __name__ == "__main__":
    main()

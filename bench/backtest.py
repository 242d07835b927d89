"""How many contents a second does a backtest judge again, and what do more processes gain?

    .venv/bin/python bench/backtest.py [--contents 20000] [--url postgresql://…]

Seeds a fresh database (SQLite unless a URL of an empty one is given) with captions of 50 shops: 3 % flagged, 5 % sealed
because they show a made-up phone number. The candidate drops a wordlist and adds a word, so that decisions change.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder: http.py would hide the standard library's http
import random
import resource
import tempfile
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

WORDS = ["纯棉四件套", "秋冬新款", "产地直发", "小番茄", "现摘现发", "加厚", "礼盒装", "面霜", "敏感肌", "今晚八点"]
UNLAWFUL = ("祖传秘方，包治百病", "全网最*佳面膜，三天根治痘痘")


def caption(chance):
    roll = chance.random()
    if roll < 0.03:
        return chance.choice(UNLAWFUL)
    phone = f" 电话 1380000{chance.randrange(10_000):04}" if roll < 0.08 else ""
    return " ".join(chance.sample(WORDS, 5)) + phone


def seed(parts, contents):
    from app.flows.screen_content import screen_contents
    from app.values.access import Caller, Scope
    from app.values.content import ContentToScreen

    chance = random.Random(20261123)
    caller = Caller("bench", "bench", frozenset({Scope.SCREEN}), None)
    for start in range(0, contents, 500):
        batch = [
            ContentToScreen(
                f"v-{number}", "video_caption", f"shop-{chance.randrange(50)}", {"text": caption(chance)}, f"u-{number}"
            )
            for number in range(start, min(start + 500, contents))
        ]
        screen_contents(parts, batch, caller=caller, now=parts.now())


def candidate_files(parts):
    from app import snapshots

    files = snapshots.read_folder("wordlists", parts.settings.wordlists_dir)
    del files["absolute_terms.txt"]
    head = "# category: counterfeit\n# verdict: review\n# source: bench\n# owner: bench\n"
    return files | {"bench.txt": head + "敏感肌\n"}


def cpu_seconds():
    """CPU time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def run(folder, url, contents):
    from app import migrate
    from app.backtesting.span import Span
    from app.flows.backtest_here import backtest_here
    from app.flows.candidate import propose
    from app.flows.stored_things import count_screenings
    from app.jobs.open_parts import build_parts, prepare
    from app.settings import Settings

    parts = build_parts(Settings.model_validate({"data_dir": folder, "database_url": url}))
    migrate.upgrade(parts.db)
    prepare(parts)
    seed(parts, contents)
    now = datetime.now(UTC)
    with parts.db.read() as session:
        candidate = propose(session, {"wordlists": candidate_files(parts)})
        span = Span(now - timedelta(days=1), now)
        total = count_screenings(session, span)
    print(f"{'SQLite' if parts.db.is_sqlite else 'PostgreSQL'}, {total:,} contents")
    results, cpu = [], cpu_seconds()
    for processes in (1, 2):
        began = time.perf_counter()
        results.append(backtest_here(parts, candidate, span, processes=processes, progress=lambda _: None))
        spent = time.perf_counter() - began
        cpu, cpu_before = cpu_seconds(), cpu
        rate = total / spent
        print(f"  {processes} process(es): {spent:6.2f} s, {rate:,.0f} contents/s; {cpu - cpu_before:.2f} s of CPU")
    print(f"  the same result: {results[0] == results[1]}; decisions that change: {results[0]['changed']:,}")
    parts.db.close()


def main():
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contents", type=int, default=20_000)
    parser.add_argument("--url", help="an empty PostgreSQL database instead of SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), given.url, given.contents)


if __name__ == "__main__":
    main()

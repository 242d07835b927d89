"""The service as real processes over a small set of rules and words, for tests that kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket

import psutil

from app import migrate, snapshots
from app.clock import utc_now
from app.db import Database
from bench.made import made_packs
from tests.service import MATCHERS, SECRET, make_service

PROJECT = Path(__file__).parents[1]
BANNED = "旧禁词"
WORDLISTS = {
    "categories.yaml": "banned: {title: 新规禁用, law: 新法第一条, severity: 4}\n",
    "old.txt": f"# category: banned\n# verdict: block\n# source: 新法第一条\n# owner: test\n{BANNED}\n",
}


def publish_small(service) -> None:
    """Put the small set of rules and words in force."""

    def work(session):
        for kind, files in (("rules", made_packs(1)), ("wordlists", WORDLISTS)):
            stored = snapshots.store(session, kind, files, summary={}, by="test", now=service.clock())
            snapshots.activate(session, kind, stored, by="test", now=service.clock())

    service.parts.db.write(work)


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """A web service and, on PostgreSQL, a worker: started, killed, started again as a service manager does."""

    def __init__(self, folder: Path, database_url: str | None, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.is_sqlite = database_url is None
        self.database_url = database_url or f"sqlite:///{folder / 'weiheng.db'}"
        self._write_definitions()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEIHENG_", "PROMETHEUS_"))}
        own = {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(folder),
            "SECRET_KEY": SECRET,
            "CACHE_DIR": str(MATCHERS),
            "RULES_DIR": str(folder / "rules"),
            "WORDLISTS_DIR": str(folder / "wordlists"),
            "PORT": str(self.port),
            "EMBEDDED": str(self.is_sqlite).lower(),
            "OUTBOX_ALLOW_PRIVATE": "true",
            "WORDLIST_REFRESH_MINUTES": "0",
            "LOG_LEVEL": "ERROR",
        }
        self._environment = kept | {f"WEIHENG_{name}": value for name, value in {**own, **settings}.items()}
        self._environment["PYTHONPATH"] = str(PROJECT)
        self._log = (folder / "processes.log").open("ab")
        self.lock = threading.Lock()  # for whoever starts and kills from several threads
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self) -> str:
        """Make the tables and publish before anything serves; returns a key that may do everything."""
        database = Database(self.database_url)
        migrate.upgrade(database)
        service = make_service(database, self.folder)
        service.clock.at = utc_now()  # the processes go by the real time, and old wordlists would let nothing pass
        publish_small(service)
        key = service.key()
        database.close()
        return key

    def start(self, what: str, *, ahead_s: int | None = None) -> None:
        """Start ``serve`` or ``worker``, which is not running; with ``ahead_s`` by a clock of its own (``leap``)."""
        environment = dict(self._environment)
        if ahead_s is not None or self._clock(what).exists():
            self.leap(what, ahead_s or 0)
            environment["TESTED_CLOCK"] = str(self._clock(what))
            environment["PYTHONPATH"] = f"{PROJECT / 'tests' / 'leaping'}:{PROJECT}"
        self.running[what] = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "app.cli", what],
            env=environment,
            cwd=PROJECT,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of the command line, in the service's surroundings, to its end."""
        told = [sys.executable, "-m", "app.cli", *words]
        return subprocess.run(  # noqa: S603 - our own program
            told, env=self._environment, cwd=PROJECT, check=False, capture_output=True, text=True, timeout=120
        )

    def leap(self, what: str, ahead_s: int) -> None:
        """Set the clock of one that was started with a clock of its own: so many seconds ahead of the true time."""
        written = self._clock(what).with_suffix(".new")
        written.write_text(str(ahead_s), "ascii")
        written.replace(self._clock(what))

    def _clock(self, what: str) -> Path:
        return self.folder / f"{what}.clock"

    def wait_ready(self, *, within_s: float = 60) -> None:
        """Return as soon as ``/readyz`` says 200."""
        give_up = time.monotonic() + within_s
        while (status := self.ready_status()) != 200:
            assert time.monotonic() < give_up, f"not ready ({status}):\n{self.log()[-3000:]}"
            assert self.running["serve"].poll() is None, self.log()[-3000:]
            time.sleep(0.05)

    def ready_status(self, *, timeout_s: float = 5) -> int | None:
        """What ``/readyz`` says; None where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def web_processes(self) -> list[psutil.Process]:
        """Those that answer requests: children of ``serve``."""
        children = psutil.Process(self.running["serve"].pid).children()
        return [each for each in children if "resource_tracker" not in " ".join(each.cmdline())]

    def kill(self, what: str) -> None:
        """SIGKILL for ``serve`` or ``worker`` with all its children, and wait until they are gone."""
        process = self.running.pop(what)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)

    def restart(self, what: str) -> None:
        """Kill it and start it anew."""
        with self.lock:
            self.kill(what)
            self.start(what)

    def log(self) -> str:
        """What they wrote."""
        return (self.folder / "processes.log").read_text("utf-8", "replace")

    def close(self) -> None:
        """Kill what runs."""
        for what in list(self.running):
            self.kill(what)
        self._log.close()

    def _write_definitions(self) -> None:
        for kind, files in (("rules", made_packs(1)), ("wordlists", WORDLISTS)):
            for name, text in files.items():
                path = self.folder / kind / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")


@contextmanager
def processes(folder: Path, database_url: str | None, **settings: str):
    """The processes, none of them started, all of them gone afterwards."""
    made = Processes(folder, database_url, **settings)
    try:
        yield made
    finally:
        made.close()

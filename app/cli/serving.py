"""``weiheng serve``, ``worker`` and ``db``: running the service."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

import click

from app import draining, migrate, traces
from app.demo import seed_demo
from app.errors import AppError, Conflict, SettingsError
from app.events.kind import load_kinds
from app.flows.follow_snapshots import Follower
from app.jobs.open_parts import build_parts, keep_for_children, prepare
from app.jobs.worker import Worker
from app.logs import configure_logs
from app.loop import leave_after
from app.metrics import forget_dead_processes
from app.rules.engine import build_engine
from app.settings import PROJECT, Env, Settings, read_settings
from app.web.gate import server_threads

_KILL_AFTER_S = 15
_STOP_WITHIN_S = 30.0


@click.command()
@click.option("--demo", is_flag=True, help="Fill a fresh database with a small, realistic shop.")
def serve(*, demo: bool) -> None:
    """Serve the API and the console, with worker and scheduler inside."""
    settings = read_settings(os.environ)
    if demo and settings.env is Env.PRODUCTION:
        raise SettingsError("--demo is refused in production")
    configure_logs(settings.log_level)
    _check_port(settings)
    _prepare(settings, demo=demo)
    _say_evaluator(settings)
    click.echo(f"\n  控制台 console  {settings.base_url}/console\n  接口 API docs   {settings.base_url}/docs\n")
    sys.stdout.flush()
    _run_server(settings)


@click.command()
def worker() -> None:
    """Work the queue in a process of its own (PostgreSQL)."""
    settings = read_settings(os.environ)
    configure_logs(settings.log_level)
    traces.configure(settings.traces_url, sample_bp=settings.traces_sample_bp, service="weiheng-worker")
    parts = build_parts(settings)
    try:
        if parts.db.lock is not None:
            parts.db.lock.acquire()
        migrate.check(parts.db)
        prepare(parts)
    except AppError:
        parts.db.close()
        raise
    follower, work = Follower(parts), Worker(parts)

    def end(*_signal: object) -> None:
        leave_after(_STOP_WITHIN_S)
        work.tell_to_stop()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    follower.start()
    work.start()
    click.echo("worker is running")
    work.join()
    follower.stop()
    parts.db.close()
    traces.stop()


@click.group()
def db() -> None:
    """The database's shape."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest revision."""
    settings = read_settings(os.environ)
    parts = build_parts(settings)
    if parts.db.lock is not None:
        parts.db.lock.acquire()
    migrate.upgrade(parts.db)
    at = migrate.current(parts.db)
    click.echo(f"at revision {at}" + (", which a newer version made: left as it is" if migrate.is_newer(at) else ""))
    parts.db.close()


def _check_port(settings: Settings) -> None:
    """Refuse a port somebody listens on: the server shares ports silently, so ask first."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise Conflict(f"{where} is not free ({error.strerror}): set WEIHENG_PORT to a free port") from None


def _prepare(settings: Settings, *, demo: bool) -> None:
    parts = build_parts(settings)
    try:
        if parts.db.lock is not None:
            parts.db.lock.acquire()
        forget_dead_processes()
        migrate.upgrade(parts.db)
        prepare(parts)
        keep_for_children(parts)
        if demo:
            for line in seed_demo(parts):
                click.echo(line)
    finally:
        parts.db.close()


def _say_evaluator(settings: Settings) -> None:
    engine = build_engine((), load_kinds(), evaluator=settings.evaluator)
    if engine.evaluator != "durable":
        click.echo(
            "\n  ***  durable-rules is not in use: rules are evaluated by the generated Python evaluator.  ***\n"
            "  ***  Install a C compiler and the Python headers, then `make clean run`, to use it.        ***\n",
            err=True,
        )
    engine.close()


def _run_server(settings: Settings) -> None:
    from granian.constants import Interfaces  # noqa: PLC0415 - only a serving process needs the server
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    sys.path.insert(0, str(PROJECT))
    server = Server(
        "wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=server_threads(settings),
        backpressure=server_threads(settings) * 4,
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_AFTER_S,
        log_access=False,
        log_level=LogLevels.warning,
        websockets=False,
    )
    _share_memory()
    threading.Thread(target=_never_miss_a_stop, args=(server,), name="stop-watch", daemon=True).start()
    draining.end(settings.data_dir)
    _stop_after_draining(server, settings)
    try:
        server.serve()
    finally:
        draining.end(settings.data_dir)


def _share_memory() -> None:
    """Load here what every web process needs, and keep the collector off it: it writes to all that it looks at.

    Processes that are forked share memory with their supervisor for as long as nobody writes to it.
    """
    import app.web.application  # noqa: F401, PLC0415 - only a serving process needs the web

    gc.collect()
    gc.freeze()


def _stop_after_draining(server: Any, settings: Settings) -> None:
    """On the first stop say at ``/readyz`` that we go, serve on for ``drain_s``, then stop; on a second stop, now.

    A balancer needs a moment to hear that nothing more is to be sent here; until then requests come and are answered.
    """
    stop_now, asked = server.signal_handler_interrupt, threading.Event()

    def stop(*_signal: object) -> None:
        if asked.is_set() or not settings.drain_s:
            stop_now()
            return
        asked.set()
        draining.begin(settings.data_dir)
        timer = threading.Timer(settings.drain_s, stop_now)
        timer.daemon = True
        timer.start()

    server.signal_handler_interrupt = stop


def _never_miss_a_stop(server: Any) -> None:
    """Say a stop again until it is heard.

    Ctrl-C reaches supervisor and web process at once. When the web process is gone first, granian (2.8) begins to
    replace it: the supervisor may clear its wake-up together with the stop that came in between, and the new process
    does not hear a stop in its first milliseconds. Hearing it twice does no harm. Whatever still runs after
    ``_STOP_WITHIN_S`` is killed: nothing that was answered is lost by it, and whoever stopped the service may start it.
    """
    while not server.interrupt_signal:
        time.sleep(0.2)
    give_up = time.monotonic() + _STOP_WITHIN_S
    while time.monotonic() < give_up:
        server.main_loop_interrupt.set()
        time.sleep(1)
        for process in list(server.wrks):
            process.terminate()
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(1)

"""The gate before the application: bodies are read before a slot is taken, few wait, screenings go before batches.

A process works on ``threads`` requests at a time; the server has more threads than that, and they stand here. What they
buy: an upload that stalls holds a thread nobody needs and not a slot; a request that would wait for long is told so at
once, with 503 and ``Retry-After``, while memory is what it was; and when a slot becomes free, a single screening takes
it before a batch that came earlier, of which one at most may hold the last slot back from the others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import Any, TypeAlias

import orjson
from flask import Flask

from app.errors import AppError, NotReady, TooSlow
from app.metrics import GATE_REFUSED, GATE_SECONDS
from app.settings import Settings
from app.values.given_numbers import read_whole

_PIECE = 65_536
_SPARE = 8
_SKIPPED_MAX = 64 * 2**20
_FROM_BROWSERS = ("/console/", "/appeal/")
BEGINNING = "weiheng.body_beginning"
"""Where the first bytes of a form stand that was too long, so that what a person wrote in it can be shown again."""
_LENGTH_DIGITS = 18
_LONG_BODY = 256 * 1024
_OPEN = ("/healthz", "/readyz", "/metrics", "/console/static/", "/static/")
_BULK = ("/v1/screenings/batch", "/v1/backtests", "/v1/fund/report", "/v1/campaigns/what-if")
WSGI: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Lane(StrEnum):
    """What goes first: a person or an uploader who waits, then what comes in bulk."""

    PROMPT = "prompt"
    BULK = "bulk"


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    lane: Lane
    may_go: threading.Event = field(default_factory=threading.Event)


class Slots:
    """So many requests are worked on, so many wait, and the prompt lane is served first."""

    def __init__(self, slots: int, *, waiting_max: int, wait_s: float) -> None:
        self._free = slots
        self._bulk_free = max(1, slots - 1)
        self._waiting_max, self._wait_s = waiting_max, wait_s
        self._waiting: dict[Lane, deque[_Waiter]] = {lane: deque() for lane in Lane}
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    def enter(self, lane: Lane) -> None:
        """Take a slot, after waiting for one where need be; raises NotReady when too many wait or too long."""
        with self._lock:
            if self._may_start(lane) and not self._waiting[lane]:
                self._start(lane)
                return
            if self.waiting >= self._waiting_max:
                GATE_REFUSED.labels("full").inc()
                raise NotReady("too many requests are waiting", retry_after_s=1)
            waiter = _Waiter(lane)
            self._waiting[lane].append(waiter)
        if waiter.may_go.wait(self._wait_s):
            return
        with self._lock:
            if waiter.may_go.is_set():  # it was let in between our waking and our looking
                return
            self._waiting[lane].remove(waiter)
        GATE_REFUSED.labels("late").inc()
        raise NotReady("no thread became free in time", retry_after_s=2)

    def leave(self, lane: Lane) -> None:
        """Give the slot to whoever is next."""
        with self._lock:
            self._free += 1
            self._bulk_free += lane is Lane.BULK
            for each in Lane:
                while self._waiting[each] and self._may_start(each):
                    self._start(each)
                    self._waiting[each].popleft().may_go.set()

    def _may_start(self, lane: Lane) -> bool:
        return self._free > 0 and (lane is Lane.PROMPT or self._bulk_free > 0)

    def _start(self, lane: Lane) -> None:
        self._free -= 1
        self._bulk_free -= lane is Lane.BULK


class Gate:
    """WSGI around WSGI."""

    def __init__(self, inner: WSGI, slots: Slots, *, max_body_bytes: int, body_timeout_s: float) -> None:
        self.behind, self._slots = inner, slots
        self._max_body, self._body_timeout_s = max_body_bytes, body_timeout_s

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(_OPEN):
            return self.behind(environ, start_response)
        try:
            length = self._read_body(environ)
            lane = Lane.BULK if length > _LONG_BODY or path.startswith(_BULK) else Lane.PROMPT
            began = time.perf_counter()
            self._slots.enter(lane)
        except AppError as refused:
            return _refuse(refused, start_response)
        GATE_SECONDS.labels(lane.value).observe(time.perf_counter() - began)
        try:
            return self.behind(environ, start_response)
        finally:
            self._slots.leave(lane)

    def _read_body(self, environ: dict[str, Any]) -> int:
        """Read the body whole, so that no slot is held by a sender who stalls; returns its length.

        One that says it is too long is left to the application, which refuses it. A browser shows the refusal only when
        it could send the whole form, so that of a page is read and thrown away.
        """
        said = environ.get("CONTENT_LENGTH") or ""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        length = self._max_body + 1 if len(said) > _LENGTH_DIGITS else read_whole(said) or 0
        if length <= 0 and not is_chunked:
            return 0
        if length > self._max_body:
            if environ.get("PATH_INFO", "").startswith(_FROM_BROWSERS):
                self._skip_body(environ, min(length, _SKIPPED_MAX))
            return length
        give_up = time.monotonic() + self._body_timeout_s
        wanted = self._max_body + 1 if is_chunked else length
        pieces, got = [], 0
        while got < wanted and (piece := environ["wsgi.input"].read(min(_PIECE, wanted - got))):
            pieces.append(piece)
            got += len(piece)
            if time.monotonic() > give_up:
                GATE_REFUSED.labels("slow").inc()
                raise TooSlow(f"the body did not arrive within {self._body_timeout_s:g} s")
        environ["wsgi.input"] = BytesIO(b"".join(pieces))
        return got

    def _skip_body(self, environ: dict[str, Any], length: int) -> None:
        """Read so much and keep the beginning; a sender who stalls is not waited for."""
        give_up = time.monotonic() + self._body_timeout_s
        beginning, got = b"", 0
        while got < length and (piece := environ["wsgi.input"].read(min(_PIECE, length - got))):
            beginning = beginning or piece
            got += len(piece)
            if time.monotonic() > give_up:
                break
        environ[BEGINNING] = beginning
        environ["wsgi.input"] = BytesIO()


def put_gate(app: Flask, settings: Settings) -> None:
    """Put a gate as wide as the settings say before the application, instead of the one there was."""
    slots = Slots(settings.threads, waiting_max=settings.queue_max, wait_s=settings.queue_wait_ms / 1000)
    behind = app.wsgi_app.behind if isinstance(app.wsgi_app, Gate) else app.wsgi_app
    gate = Gate(behind, slots, max_body_bytes=settings.max_body_bytes, body_timeout_s=float(settings.body_timeout_s))
    app.wsgi_app = gate  # type: ignore[method-assign]


def server_threads(settings: Settings) -> int:
    """How many threads the server needs: those that work, those that wait, and a few that say no or answer a probe."""
    return settings.threads + settings.queue_max + _SPARE


def _refuse(error: AppError, start_response: Callable[..., Any]) -> list[bytes]:
    """The problem document, made without the application: it costs next to nothing."""
    body = orjson.dumps(
        {
            "type": f"urn:weiheng:problem:{error.code}",
            "title": error.title,
            "status": error.status,
            "detail": error.detail,
            "request_id": "",
            "errors": [],
        }
    )
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    if error.retry_after_s is not None:
        headers.append(("Retry-After", str(error.retry_after_s)))
    start_response(f"{error.status} {error.title}", headers)
    return [body]

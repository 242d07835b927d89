"""One deadline for a whole HTTP exchange: connecting, the handshake, every byte of the headers and of the body.

The time-outs of an HTTP client begin anew with each read, so a peer that sends a byte a second is never too late; and
headers that trickle are read inside the client, where nobody looks at the clock. Here the network itself does: each
wait is cut to what is left until the deadline.
"""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx


class TimedTransport(httpx.HTTPTransport):
    """A transport for one exchange that is over at ``until`` on the monotonic clock; no proxy, no retries."""

    def __init__(self, until: float) -> None:
        context = _context()
        super().__init__(verify=context, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(  # httpx has no argument for the network below it
            ssl_context=context, max_connections=1, network_backend=_Network(until)
        )


@functools.cache
def _context() -> ssl.SSLContext:
    """Whom we trust; read once, because reading all certificates takes longer than many an exchange."""
    return httpx.create_ssl_context(trust_env=False)


class _Network(httpcore.NetworkBackend):
    def __init__(self, until: float) -> None:
        self._until = until
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._until, timeout, httpcore.ConnectTimeout)
        below = self._below.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(below, self._until)


class _Stream(httpcore.NetworkStream):
    def __init__(self, below: httpcore.NetworkStream, until: float) -> None:
        self._below = below
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._below.read(max_bytes, _left(self._until, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._below.write(buffer, _left(self._until, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._until, timeout, httpcore.ConnectTimeout)
        return _Stream(self._below.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._below.get_extra_info(info)


def _left(until: float, timeout: float | None, over: type[Exception]) -> float:
    """How long may still be waited; raises ``over`` when the time is used up."""
    left = until - time.monotonic()
    if left <= 0:
        raise over("the time for the whole exchange is used up")
    return left if timeout is None else min(timeout, left)

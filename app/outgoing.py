"""One outgoing HTTP call under the rules of outgoing calls: a judged address, no redirects, no proxy, capped.

The connection goes to the very address that was judged, with the original Host and SNI. Time is capped as a whole, not
only between two bytes, because a slow peer can keep a read time-out from ever running out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from app.errors import AppError
from app.timed_network import TimedTransport
from app.values.addresses import judge

_CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What a peer answered; ``headers`` by lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unanswered(AppError):
    """No whole answer came: refused address, network, time-out, too long. The peer may have acted all the same."""

    code = "unanswered"
    status = 502
    title = "The other side gave no answer"


class TooLong(Unanswered):
    """The answer is longer than is allowed."""

    code = "answer_too_long"
    title = "The other side's answer is too long"


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    allow_private: bool,
    max_bytes: int,
    timeout_s: float = 10.0,
) -> Answered:
    """Send one request once. With ``max_bytes`` 0 the answer's body is not read at all.

    Raises:
        Unanswered: whatever went wrong on the way.
        InvalidInput: the URL or the address behind it is not allowed.
    """
    target = judge(url, allow_private=allow_private)
    host = target.host if target.port in {80, 443} else f"{target.host}:{target.port}"
    judged = httpx.URL(url).copy_with(host=target.address, port=target.port)
    give_up = time.monotonic() + timeout_s
    try:
        with (
            httpx.Client(
                timeout=httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
                transport=TimedTransport(give_up),
                trust_env=False,
                follow_redirects=False,
            ) as client,
            client.stream(
                method,
                judged,
                content=body,
                headers={"host": host, **headers},
                extensions={"sni_hostname": target.host},
            ) as answer,
        ):
            read = _read(answer, max_bytes, give_up) if max_bytes else b""
            return Answered(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, read)
    except httpx.HTTPError as failure:
        raise Unanswered(f"{type(failure).__name__}: {failure}"[:500]) from None


def _read(answer: httpx.Response, max_bytes: int, give_up: float) -> bytes:
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > max_bytes:
            raise TooLong(f"the answer is longer than {max_bytes} bytes")
        if time.monotonic() > give_up:
            raise Unanswered("the answer took too long")
    return bytes(read)

"""One file over HTTPS: the address is judged, the connection goes to it, and size and time are capped.

No redirects, no proxies of the environment, nothing compressed (a small answer could unpack to anything), and the time
counts for the whole exchange, headers too: a source that sends a byte a second must not hold the refresh.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx

from app.errors import NotReady
from app.timed_network import TimedTransport
from app.values.addresses import judge

_CONNECT_S = 5.0
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: ``data`` is None when nothing changed since the ``etag`` that was sent."""

    data: bytes | None
    etag: str | None


class SourceDown(NotReady):
    """A source that did not give its list: it does not answer, too late, too much, or with an error."""

    code = "source_down"
    title = "A wordlist source cannot be read"


def get(url: str, *, etag: str | None, allow_private: bool, timeout_s: float, max_bytes: int) -> Answer:
    """GET a file. Raises SourceDown or InvalidInput (an address that is not allowed), saying why."""
    until = time.monotonic() + timeout_s
    target = judge(url, allow_private=allow_private)
    headers = {
        "host": target.host if target.port in {80, 443} else f"{target.host}:{target.port}",
        "accept-encoding": "identity",
        "user-agent": "weiheng-wordlists/1",
        **({"if-none-match": etag} if etag else {}),
    }
    judged = httpx.URL(url).copy_with(host=target.address, port=target.port)
    timeout = httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s))
    try:
        with (
            httpx.Client(
                timeout=timeout, transport=TimedTransport(until), trust_env=False, follow_redirects=False
            ) as client,
            client.stream("GET", judged, headers=headers, extensions={"sni_hostname": target.host}) as answer,
        ):
            if answer.status_code == _NOT_MODIFIED and etag:
                return Answer(None, etag)
            _check(answer, url)
            return Answer(_body(answer, url, until=until, max_bytes=max_bytes), answer.headers.get("etag"))
    except httpx.HTTPError as error:
        raise SourceDown(f"{url}: {type(error).__name__}: {error}"[:500]) from None


def _check(answer: httpx.Response, url: str) -> None:
    if answer.is_redirect:
        raise SourceDown(f"{url} redirects to {answer.headers.get('location', '')[:200]}: redirects are not followed")
    if answer.status_code != 200:  # noqa: PLR2004 - anything else is not the file
        raise SourceDown(f"{url}: HTTP {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise SourceDown(f"{url} sends a compressed answer, which was not asked for")
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() == "text/html":
        raise SourceDown(f"{url} answers with a page of HTML instead of a list")


def _body(answer: httpx.Response, url: str, *, until: float, max_bytes: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_raw(65_536):
        body += piece
        if len(body) > max_bytes:
            raise SourceDown(f"{url} is larger than {max_bytes} bytes")
        if time.monotonic() > until:
            raise SourceDown(f"{url} took too long")
    return bytes(body)

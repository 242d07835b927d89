"""A peer that never stops and never comes to an end is left when the time for the whole exchange is used up."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from app.outgoing import Unanswered, ask
from app.wordlist_sources.fetching import SourceDown, get

HEAD = b"HTTP/1.1 200 OK\r\n"
TIMEOUT_S, AT_MOST_S = 0.3, 15


@contextmanager
def trickling(*pieces, again=b"x", every_s=0.02):
    """A peer that answers with the pieces and then with ``again`` for ever, a little at a time."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve():
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(65_536)
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while not over.wait(every_s):
                    connection.sendall(again)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/list"
    finally:
        over.set()
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)  # wakes whoever still waits for a connection
        server.close()
        thread.join(timeout=5)


@pytest.mark.parametrize(
    ("pieces", "again"),
    [((), b"H"), ((HEAD,), b"x-more: 1\r\n"), ((HEAD, b"x-long: "), b"x"), ((HEAD, b"\r\n"), b"x")],
    ids=["before the status line", "headers without end", "one header without end", "a body without end"],
)
@pytest.mark.parametrize("who", ["source", "outgoing"])
def test_bytes_that_trickle_do_not_make_the_time_begin_anew(who, pieces, again):
    began = time.monotonic()

    with trickling(*pieces, again=again) as url:
        if who == "source":
            with pytest.raises(SourceDown):
                get(url, etag=None, allow_private=True, timeout_s=TIMEOUT_S, max_bytes=10**6)
        else:
            with pytest.raises(Unanswered):
                ask("GET", url, headers={}, body=None, allow_private=True, max_bytes=10**6, timeout_s=TIMEOUT_S)

    assert time.monotonic() - began < AT_MOST_S


def test_an_answer_that_comes_in_time_is_read_whole():
    with trickling(HEAD + b"content-length: 5\r\n\r\n", again=b"abcde") as url:
        answer = get(url, etag=None, allow_private=True, timeout_s=5, max_bytes=100)

    assert answer.data == b"abcde"

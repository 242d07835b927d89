"""An application behind a real socket, for tests that need a browser or another HTTP client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from werkzeug.serving import make_server


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """Answers on a free port of this machine until the block ends; gives the address, without a slash at its end."""
    server = make_server("127.0.0.1", 0, _closing_what_it_sends(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _closing_what_it_sends(app: Any) -> Callable[[Any, Any], Iterable[bytes]]:
    """Werkzeug's server (3.1) leaves a file open that it was sending to a browser which went to another page."""

    def answer(environ: Any, start_response: Any) -> Iterator[bytes]:
        body = app(environ, start_response)
        if not hasattr(body, "close"):
            yield from body
            return
        with closing(body):
            yield from body

    return answer

"""Asking the process that reads pictures: one at a time, within a time, and killed when it has not answered by then."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from app.review.pictures.child import HEAD

_ROOT = Path(__file__).parents[3]
_COMMAND = (sys.executable, "-m", "app.review.pictures.child")
_ANSWER_MAX = 1_000_000
TIMEOUT, FAILED = "timeout", "failed"


class NotRead(Exception):
    """Why a picture's words are not known, in one word."""

    def __init__(self, why: str, *, is_failure: bool = False) -> None:
        super().__init__(why)
        self.why, self.is_failure = why, is_failure


class PictureReader:
    """Keeps one process, begun with the first picture; thread-safe: who comes meanwhile waits within their own time."""

    def __init__(self, command: Sequence[str] = _COMMAND) -> None:
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, body: bytes, *, most_pixels: int, give_up: float) -> list[tuple[str, int]]:
        """Lines of text with their certainty in bp. ``give_up`` is an instant of ``time.monotonic``.

        Raises:
            NotRead: no picture, too large, animated, not installed, out of time, or the process ended.
        """
        if not self._lock.acquire(timeout=max(0.0, give_up - time.monotonic())):
            raise NotRead(TIMEOUT, is_failure=True)
        try:
            said = orjson.loads(self._asked(body, most_pixels, give_up))
        except (OSError, ValueError):
            self.close()
            raise NotRead(FAILED, is_failure=True) from None
        finally:
            self._lock.release()
        if "problem" in said:
            raise NotRead(str(said["problem"]))
        return [(str(text), int(score_bp)) for text, score_bp in said["lines"]]

    def close(self) -> None:
        """End the process; the next picture begins another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # What it never read is flushed once more by closing, in vain; the file is closed all the same.
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _asked(self, body: bytes, most_pixels: int, give_up: float) -> bytes:
        process = self._process
        if process is None or process.poll() is not None:
            self.close()
            process = self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_ROOT,
                env={name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            )
        assert process.stdin is not None, "it was opened"
        assert process.stdout is not None, "it was opened"
        writing = threading.Thread(target=_write, args=(process.stdin, HEAD.pack(most_pixels, len(body)), body))
        writing.start()  # apart, so that a process that reads nothing costs its time and no more
        try:
            return _line(process.stdout.fileno(), give_up)
        except TimeoutError:
            self.close()
            raise NotRead(TIMEOUT, is_failure=True) from None
        finally:
            writing.join(timeout=5)


def _write(pipe: object, *pieces: bytes) -> None:
    try:
        for piece in pieces:
            pipe.write(piece)  # type: ignore[attr-defined]
        pipe.flush()  # type: ignore[attr-defined]
    except (OSError, ValueError):  # it ended, or was killed: whoever waits for the answer sees that
        return


def _line(source: int, give_up: float) -> bytes:
    read = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while not read.endswith(b"\n"):
            if not selector.select(max(0.0, give_up - time.monotonic())):
                raise TimeoutError
            piece = os.read(source, 65_536)
            read += piece
            if not piece or len(read) > _ANSWER_MAX:
                raise OSError("the reading process ended, or says too much")
    return bytes(read)

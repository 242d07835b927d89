"""Uploaders that behave as real ones do: what was not answered is sent again, with the same id, until it is."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any, Self

from tests.processes import BANNED

_AGAIN_S, _AGAIN_LATER_S = 0.05, 0.25  # after 503 real ones wait as long as they are told


class Uploaders:
    """Some clients that upload one content after the other, every fifth of them unlawful, and keep every answer."""

    def __init__(
        self, port: int, key: str, *, name: str = "", clients: int = 4, timeout_s: float = 15, pause_s: float = 0
    ) -> None:
        self.answers: dict[str, bytes] = {}
        self.statuses: Counter[int | str] = Counter()
        self.contradictions: list[str] = []
        self._name = name
        self._port, self._timeout_s, self._pause_s = port, timeout_s, pause_s
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._upload, args=(number,)) for number in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int, *, within_s: float = 30) -> None:
        """Return when so many further contents have been answered."""
        wanted, give_up = len(self.answers) + more, time.monotonic() + within_s
        while len(self.answers) < wanted:
            assert time.monotonic() < give_up, f"nothing is answered any more: {self.statuses}"
            time.sleep(0.01)

    def decoded(self) -> list[dict[str, Any]]:
        """Every answer."""
        return [json.loads(answer) for answer in self.answers.values()]

    def not_as_answered(self) -> list[str]:
        """What was answered and is not there any more, or is there otherwise."""
        wrong = list(self.contradictions)
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            for answer in self.answers.values():
                screening_id = json.loads(answer)["screening_id"]
                status, told = self._call(connection, "GET", f"/v1/screenings/{screening_id}")
                if (status, told) != (200, answer):
                    wrong.append(f"{screening_id}: {status}")
        return wrong

    def _upload(self, client: int) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=self._timeout_s)
        for number in range(1_000_000):
            self._until_answered(connection, client, number)
            if number % 10 == 9:
                self._until_answered(connection, client, number - 9)
            if self._stop.wait(self._pause_s):
                break
        connection.close()

    def _until_answered(self, connection: HTTPConnection, client: int, number: int) -> None:
        name = f"{self._name}{client}-{number}"
        text = f"第{name}条：{BANNED if number % 5 == 0 else '很好用'}"
        body = {"content_id": name, "kind": "comment", "shop_id": "shop-7", "text": text}
        while not self._stop.is_set():
            try:
                status, answer = self._call(connection, "POST", "/v1/screenings", json.dumps(body).encode())
            except (OSError, HTTPException) as error:
                connection.close()
                status, answer = type(error).__name__, b""
            with self._lock:
                self.statuses[status] += 1
                if status == 200 and self.answers.setdefault(name, answer) != answer:
                    self.contradictions.append(f"{name}: answered twice, differently")
            if status == 200:
                return
            time.sleep(_AGAIN_LATER_S if status == 503 else _AGAIN_S)

    def _call(self, connection: HTTPConnection, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection.request(method, path, body, self._headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

"""Sending a stream to a running service at its pace, and counting what came of it.

A request that could not be answered (the service restarts, or asks to wait) is sent again: every item has an id of its
own, so nothing happens twice. What the service refuses is counted and shown, never hidden.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.outgoing import Unanswered
from app.traffic.stream import CLAIMS, EVENTS, SCREENINGS, Asked

_TRIES = 5
_AGAIN = frozenset({429, 502, 503})
_OK = frozenset({200, 201, 204})
_BEAT_S = 60.0
_SHOWN = 10


@dataclass(slots=True)
class Report:
    """What was sent and what came back."""

    items: int = 0
    requests: int = 0
    again: int = 0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    claims: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    millis: list[float] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many items the service did not take."""
        return self.statuses["invalid"] + self.statuses["refused"]

    def note(self, asked: Asked, status: int, body: Any) -> None:
        """Count one answer."""
        self.requests += 1
        self.items += asked.items
        if status not in _OK:
            self.statuses["refused"] += asked.items
            self._problem(f"{asked.path}: {status} {body.get('detail') or body.get('title') or ''}")
        elif asked.path == EVENTS:
            self.kinds.update(event["kind"] for event in asked.body["events"])
            for told in body["results"]:
                self._event(told)
        elif asked.path == SCREENINGS:
            self.kinds["content"] += 1
            self.statuses["accepted"] += 1
            self._judged(body)
            self.cases |= {body["case_id"]} if body.get("case_id") else set()
        elif asked.path == CLAIMS:
            self.kinds["claim"] += 1
            self.statuses["accepted"] += 1
            self.claims.add(body["claim_id"])
        elif asked.method != "POST":
            self.kinds["consent"] += 1
            self.statuses["accepted"] += 1
        elif "utterances" in asked.body:
            self.kinds["live.speech"] += asked.items
            self.statuses.update(each["status"] for each in body["results"])

    def rate(self) -> float:
        """Items a second so far."""
        return self.items / self.seconds if self.seconds else 0.0

    def took(self) -> tuple[float, float]:
        """Median and 99th percentile of a request, in milliseconds."""
        if not self.millis:
            return 0.0, 0.0
        ordered = sorted(self.millis)
        return statistics.median(ordered), ordered[int(len(ordered) * 0.99)]

    def _event(self, told: dict[str, Any]) -> None:
        self.statuses[told["status"]] += 1
        if told["status"] == "invalid":
            self._problem(f"{told['id']}: {told['errors'][:2]}")
        elif told["status"] == "accepted":
            self._judged(told)
            self.claims |= set(told["claims"])
            self.cases |= set(told["cases"])

    def _judged(self, told: dict[str, Any]) -> None:
        self.decisions[told["decision"]] += 1
        self.rules.update(firing["rule"] for firing in told.get("firings", ()) if not firing.get("shadow"))

    def _problem(self, text: str) -> None:
        if len(self.problems) < _SHOWN:
            self.problems.append(text)


def send_stream(
    client: httpx.Client,
    stream: Iterable[Asked],
    *,
    shops: Iterable[str],
    report: Report,
    told: Callable[[Report], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """Send every request when its second has come, or at once where the service is slower than the stream.

    Raises Unanswered: nobody answers, or the key is refused.
    """
    began, beat_at, own = clock(), 0.0, tuple(shops)
    _greet(client)
    for asked in stream:
        report.seconds = clock() - began
        if report.seconds >= beat_at:
            beat_at = report.seconds + _BEAT_S
            for shop_id in own:
                send(client, f"/v1/feeds/{shop_id}/beat", {}, report, sleep=sleep)
        if (wait := asked.second - (clock() - began)) > 0:
            sleep(wait)
        sent_at = clock()
        status, body = send(client, asked.path, asked.body, report, method=asked.method, sleep=sleep)
        report.millis.append((clock() - sent_at) * 1000)
        report.note(asked, status, body)
        report.seconds = clock() - began
        told(report)
    return report


def _greet(client: httpx.Client) -> None:
    """Fail before anything was sent where it would fail all the time."""
    try:
        answer = client.get("/v1/orders", params={"limit": 1})
    except httpx.HTTPError as failure:
        raise Unanswered(f"{client.base_url}: {failure}; is `weiheng serve` running there?") from None
    if answer.status_code in {401, 403}:
        raise Unanswered(
            f"{client.base_url}: the key is not taken ({answer.status_code}); scopes screen, events, money"
        )


def send(
    client: httpx.Client,
    path: str,
    body: dict[str, Any],
    report: Report,
    *,
    method: str = "POST",
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[int, Any]:
    """One request and its status and answer; sent again while the service is away or asks to wait.

    Raises Unanswered: nobody answers.
    """
    for attempt in range(_TRIES):
        try:
            answer = client.request(method, path, json=body or None if method == "DELETE" else body)
        except httpx.HTTPError as failure:
            if attempt == _TRIES - 1:
                raise Unanswered(f"{client.base_url}{path}: {type(failure).__name__}: {failure}") from None
        else:
            if answer.status_code not in _AGAIN or attempt == _TRIES - 1:
                return answer.status_code, _json(answer)
        report.again += 1
        sleep(0.2 * 2**attempt)
    raise AssertionError("the last try returns or raises")


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {"title": answer.text[:100]}

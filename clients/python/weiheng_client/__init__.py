"""A typed client of Weiheng: screening made easy, and every other call of the API by its group.

``client.screen(…)`` and its kin are for upload hooks. ``client.cases.list_cases(state="open")``, ``client.claims``,
``client.webhooks`` and so on are the whole API, written from its own description; lists have ``iter_…`` beside them.

It repeats what is safe to repeat. Screening is: the same content under the same id gets the same answer. Every other
POST carries an ``Idempotency-Key``, made once and sent with each try, so that the work is done once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote
from uuid import uuid4

import httpx

from weiheng_client.calls import Calls
from weiheng_client.webhooks import Forged, verify

__all__ = ["Client", "Failed", "Forged", "Hit", "Outcome", "Refused", "Screening", "Unavailable", "verify"]

Decision = Literal["pass", "label", "review", "block"]
_CONFLICT = 409
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_OURS = object()
_LONGEST_WAIT_S = 60
"""Whoever is asked to wait longer is told at once: an upload waits behind the call."""


class Failed(Exception):
    """Base of the client's errors."""


class Unavailable(Failed):
    """No answer within the tries. Doubt: hold the content back and try again later."""


class Refused(Failed):
    """The service refused the request; ``errors`` say where and what was expected."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(
            f"{status} {problem.get('title', '')}: {problem.get('detail', '')} {problem.get('errors', '')}"
        )
        self.status = status
        self.code = str(problem.get("type", "")).rpartition(":")[2]
        self.errors: list[dict[str, str]] = list(problem.get("errors", []))


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed word found at ``field[start:end]``, counted in code points."""

    field: str
    start: int
    end: int
    text: str
    word: str
    category: str
    verdict: str
    source: str
    hidden_by: tuple[str, ...]
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """The decision on one content; ``raw`` is the whole answer."""

    screening_id: str
    content_id: str
    decision: Decision
    status: Literal["final", "pending"]
    case_id: str | None
    hits: tuple[Hit, ...]
    reasons: tuple[str, ...]
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def may_publish(self) -> bool:
        """Whether the content may go out now (with its labels, where there are any)."""
        return self.status == "final" and self.decision in {"pass", "label"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A content's present outcome and whose word it is."""

    content_id: str
    decision: Decision
    status: Literal["final", "pending"]
    version: int
    by: str
    at: str
    reason: str | None


class Client(Calls):
    """One connection pool to one service; use it as a context manager or call ``close``.

    ``timeout_s`` bounds each try, ``tries`` how many there are; waits grow from 0.2 s with jitter and follow
    ``Retry-After`` where the service gives one.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout_s: float = 2.0,
        tries: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"), headers={"authorization": f"Bearer {api_key}"}, timeout=timeout_s, trust_env=False
        )
        self._tries = tries
        self._sleep = sleep
        super().__init__(self._call)

    def screen(
        self,
        *,
        content_id: str,
        kind: str,
        shop_id: str,
        text: str | None = None,
        fields: Mapping[str, str] | None = None,
        author_id: str | None = None,
        category: str | None = None,
        facts: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Screening:
        """Screen one content before it is published.

        Raises:
            Refused: the request is wrong (4xx).
            Unavailable: no answer within the tries.
        """
        said = {
            "content_id": content_id,
            "kind": kind,
            "shop_id": shop_id,
            "text": text,
            "fields": fields,
            "author_id": author_id,
            "category": category,
            "facts": facts,
            **more,
        }
        body = {name: value for name, value in said.items() if value is not None}
        return _screening(self._call("POST", "/v1/screenings", json=body))

    def screen_many(self, items: Sequence[Mapping[str, Any]]) -> list[Screening | Refused]:
        """Screen up to 1,000 contents; results in order, a bad item as the Refused it would have raised."""
        answer = self._call("POST", "/v1/screenings/batch", json={"items": list(items)})
        return [
            Refused(int(result["error"]["status"]), result["error"]) if "error" in result else _screening(result)
            for result in answer["results"]
        ]

    def outcome(self, content_id: str, *, shop_id: str | None = None) -> Outcome:
        """The content's present outcome, after officers and reviewers."""
        query = {"shop_id": shop_id} if shop_id else {}
        answer = self._call("GET", f"/v1/contents/{quote(content_id, safe='')}", params=query)
        return Outcome(**{name: answer[name] for name in Outcome.__slots__})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        key: str | None = None,
    ) -> Any:
        """Send one request until it is answered; returns the answer's JSON, or its bytes where it is something else."""
        headers = {"idempotency-key": key or uuid4().hex} if method == "POST" else {}
        request: dict[str, Any] = {"params": params, "headers": headers} | ({} if json is None else {"json": json})
        why = ""
        for attempt in range(self._tries):
            wait = 0.2 * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError as error:
                why = f"{type(error).__name__}: {error}"
            else:
                if answer.is_success and (read := _content(answer)) is not _NOT_OURS:
                    return read
                again = answer.headers.get("retry-after", "")
                is_running = answer.status_code == _CONFLICT and bool(again)  # the first try is still being worked
                if not answer.is_success and answer.status_code not in _AGAIN and not is_running:
                    raise Refused(answer.status_code, _problem(answer))
                why = f"HTTP {answer.status_code}" + (", but no answer of the service" if answer.is_success else "")
                wait = max(wait, float(again) if again.isdecimal() else 0)
                if wait > _LONGEST_WAIT_S:
                    raise Unavailable(f"{why}, try again in {again:.20} s")
            if attempt + 1 < self._tries:
                self._sleep(wait)
        raise Unavailable(f"no answer after {self._tries} tries: {why}")


def _content(answer: httpx.Response) -> Any:
    """The JSON or the bytes; ``_NOT_OURS`` for a page or a broken text, which something in between has sent."""
    declared = answer.headers.get("content-type", "").partition(";")[0]
    if declared == "text/html":
        return _NOT_OURS
    if declared == "application/json":
        try:
            return answer.json()
        except ValueError:
            return _NOT_OURS
    return answer.content


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        return {"detail": answer.text[:200]}
    return body


def _screening(answer: Mapping[str, Any]) -> Screening:
    hits = tuple(
        Hit(
            **{name: hit[name] for name in ("field", "start", "end", "text", "word", "category", "verdict", "source")},
            hidden_by=tuple(hit["hidden_by"]),
            suggestion=hit.get("suggestion"),
        )
        for hit in answer["hits"]
    )
    reasons = [firing["reason"] for firing in answer["firings"] if not firing.get("shadow")]
    return Screening(
        screening_id=answer["screening_id"],
        content_id=answer["content_id"],
        decision=answer["decision"],
        status=answer["status"],
        case_id=answer["case_id"],
        hits=hits,
        reasons=(*reasons, *answer["doubts"]),
        raw=answer,
    )

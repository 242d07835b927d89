"""Who calls the API: bearer keys, their scopes and shops, and answers given once per Idempotency-Key."""

from __future__ import annotations

import functools
import re
import threading
import time
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, g, request

from app import access
from app.errors import Forbidden, InvalidInput, Problem, Unauthenticated
from app.flows import answer_once
from app.flows.parts import Parts
from app.metrics import AUTH_FAILURES
from app.values.access import Caller, Scope

_CACHE_S = 5.0  # a revoked key stops working within this time
_MARK_EVERY_S = 60.0
_OPEN = ("/v1/hooks/", "/v1/appeals/")  # signed by platforms, and by the link a merchant was given
_ASKS = "weiheng.asks"  # where a request keeps who asks
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def parts() -> Parts:
    """The parts this app was made with."""
    return cast("Parts", current_app.extensions["parts"])


class CallerCache:
    """Recently seen keys of one process, so that a busy key costs no query per request."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, Caller]] = {}
        self._marked: dict[str, float] = {}
        self._lock = threading.Lock()

    def find(self, parts: Parts, secret: str) -> Caller:
        """The key's caller; raises Unauthenticated."""
        now = time.monotonic()
        with self._lock:
            seen = self._seen.get(secret)
        if seen is not None and now - seen[0] < _CACHE_S:
            return seen[1]
        with parts.db.read() as session:
            caller = access.find_caller(session, secret, hash_key=parts.keyring.api_keys, now=parts.now())
        with self._lock:
            if len(self._seen) > 1_000:  # noqa: PLR2004 - forget everything rather than grow
                self._seen.clear()
            self._seen[secret] = (now, caller)
            is_due = now - self._marked.get(caller.id, -_MARK_EVERY_S) >= _MARK_EVERY_S
            if is_due:
                self._marked[caller.id] = now
        if is_due:
            parts.db.write(lambda session: access.mark_used(session, caller.id, now=parts.now()))
        return caller


def caller(scope: Scope) -> Caller:
    """The request's caller, who must have the scope."""
    found = _authenticated()
    found.require(scope)
    g.caller = found
    return found


def _authenticated() -> Caller:
    """Whose key the request has; raises Unauthenticated. Asked by several, found once."""
    kept = request.environ
    found: Caller | None = kept.get(_ASKS)
    if found is None:
        found = kept[_ASKS] = _found()
    return found


def _found() -> Caller:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        AUTH_FAILURES.labels("no_key").inc()
        raise Unauthenticated("send Authorization: Bearer <key>")
    try:
        cache: CallerCache = current_app.extensions["callers"]
        return cache.find(parts(), secret.strip())
    except Unauthenticated:
        AUTH_FAILURES.labels("bad_key").inc()
        raise


def install(app: Flask) -> None:
    """Ask for a key before anything of a request is read: a stranger learns neither the contract nor costs a parse."""

    @app.before_request
    def _key_first() -> None:
        path = request.path
        if path.startswith("/v1/") and request.endpoint is not None and not path.startswith(_OPEN):
            _authenticated()


def of_all_shops(by: Caller) -> Caller:
    """The caller, who must be bound to no shop: what they change counts in all of them."""
    if by.shop_ids is not None:
        raise Forbidden(f"{by.name} is bound to shops, and this counts in all of them")
    return by


def answered_once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Honour ``Idempotency-Key`` on a POST: same key and request, same answer; the work is done once."""

    @functools.wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        if not _KEY.fullmatch(key):
            problem = Problem("Idempotency-Key", "is malformed", "1 to 255 visible ASCII characters")
            raise InvalidInput("the header is wrong", problems=[problem])
        by = known_caller() or caller(Scope.SCREEN)
        asked = f"{request.method} {request.full_path}\n".encode() + request.get_data()
        taken = answer_once.begin(parts(), api_key_id=by.id, key=key, request=asked, now=parts().now())
        if isinstance(taken, answer_once.Kept):
            return Response(taken.body, taken.status, {"Idempotent-Replayed": "true"}, content_type=taken.content_type)
        done = False
        try:
            response = view(*args, **kwargs)
            done = response.status_code < 300  # noqa: PLR2004 - only success is worth repeating
        finally:
            if not done:
                answer_once.drop(parts(), taken)
        answer_once.keep(
            parts(),
            taken,
            status=response.status_code,
            content_type=response.content_type or "",
            body=response.get_data(),
        )
        return response

    return answer


def known_caller() -> Caller | None:
    """Whose key the request has, whatever it may do; None without a key. Raises Unauthenticated for an unknown one."""
    if (found := request.environ.get(_ASKS)) is not None:
        return cast("Caller", found)
    secret = request.headers.get("Authorization", "").partition(" ")[2].strip()
    cache: CallerCache = current_app.extensions["callers"]
    return cache.find(parts(), secret) if secret else None

"""Requests as the API reads them: JSON by orjson, broken bodies named as such, an id for every request."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import uuid4

import orjson
import structlog
from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app.errors import BrokenRequest, WrongMediaType
from app.metrics import HTTP_REQUESTS

_DEPTH_MAX = 32
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_SLOW_S = 1.0
_log = structlog.get_logger("app.http")


class ApiRequest(Request):
    """A request whose JSON is strict: UTF-8, no lone surrogates, no NaN, bounded depth."""

    def get_json(self, *_args: object, **_kwargs: object) -> Any:
        """The body's value.

        Raises:
            WrongMediaType: the body is not declared as JSON.
            BrokenRequest: it is not valid JSON; says where.
        """
        if self.mimetype != "application/json" and not self.mimetype.endswith("+json"):
            raise WrongMediaType("send the body with Content-Type: application/json")
        body = self.get_data()
        if not body:
            raise BrokenRequest("the body is empty")
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BrokenRequest(f"the body is not valid JSON in UTF-8: {error}") from None
        if _depth_over(value, _DEPTH_MAX):
            raise BrokenRequest(f"the body is nested deeper than {_DEPTH_MAX}")
        return value


class PageSessions(SecureCookieSessionInterface):
    """Sessions of the pages. A call of the API has its key and no session: looking for one took a tenth of its time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a page's visitor."""
        return None if request.path.startswith("/v1/") else super().open_session(app, request)


def _depth_over(value: object, left: int) -> bool:
    if isinstance(value, dict):
        return left == 0 or any(
            isinstance(each, dict | list) and _depth_over(each, left - 1) for each in value.values()
        )
    if isinstance(value, list):
        return left == 0 or any(isinstance(each, dict | list) and _depth_over(each, left - 1) for each in value)
    return False


def install(app: Flask) -> None:
    """Use these requests and sessions, give ids, count answers, log what people must see."""
    app.request_class = ApiRequest
    app.session_interface = PageSessions()

    @app.before_request
    def _begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)  # on every line logged for this request

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        endpoint = request.endpoint or "unknown"
        HTTP_REQUESTS.labels(endpoint, response.status_code).inc()
        took = time.perf_counter() - g.get("started", time.perf_counter())
        if response.status_code >= 500 or took > _SLOW_S:  # noqa: PLR2004 - failures and slow answers only
            _log.warning("request", endpoint=endpoint, status=response.status_code, took_ms=int(took * 1000))
        return response

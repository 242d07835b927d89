"""Requests as the API reads them: JSON by orjson, broken bodies named as such, an id for every request."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
import structlog
from flask import Flask, Request, Response, g, request
from flask.ctx import _AppCtxGlobals
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_openapi3 import OpenAPI
from itsdangerous import BadSignature

from app.clock import utc_now
from app.errors import BrokenRequest, WrongMediaType
from app.metrics import HTTP_REQUESTS
from app.values.given_json import doubled_name

_DEPTH_MAX = 32
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_SLOW_S = 1.0
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
)
_log = structlog.get_logger("app.http")


def here() -> _AppCtxGlobals:
    """What is kept for this request: ``g`` itself, found once instead of at every name."""
    kept: _AppCtxGlobals = g._get_current_object()  # noqa: SLF001 - what a proxy offers for this
    return kept


class Service(OpenAPI):
    """The application; all of its views and hooks are plain functions, so none is asked whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is; Flask looks into its code thirteen times a request otherwise."""
        return func


class ApiRequest(Request):
    """A request whose JSON is strict: UTF-8, no lone surrogates, no NaN, no name twice, bounded depth."""

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
        if body.count(b"{") + body.count(b"[") > _DEPTH_MAX and _depth_over(value, _DEPTH_MAX):
            raise BrokenRequest(f"the body is nested deeper than {_DEPTH_MAX}")
        if (name := doubled_name(body)) is not None:
            raise BrokenRequest(f"the name {name!r} stands twice in one object of the body")
        return value


class PageSessions(SecureCookieSessionInterface):
    """Sessions of the pages. A call of the API has its key and no session: looking for one took a tenth of its time.

    When one ends is written in it, by the clock that all processes share. The age that the framework reads off a
    cookie's signature goes by the machine's: set back by an hour, it would sign everybody out who came since.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a page's visitor."""
        if request.path.startswith("/v1/"):
            return None
        signer, kept = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if signer is None or not kept:
            return self.session_class() if signer is not None else None
        try:
            return self.session_class(signer.loads(kept))
        except BadSignature:
            return self.session_class()

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """Until when a browser keeps it: not a shorter time because this machine's clock is behind."""
        if not session.permanent:
            return None
        shared: datetime = app.extensions["parts"].now()
        return max(shared, utc_now()) + app.permanent_session_lifetime


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
        given = request.environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if given and _REQUEST_ID.fullmatch(given) else uuid4().hex
        kept = here()
        kept.request_id, kept.started = request_id, time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)  # on every line logged for this request

    @app.after_request
    def _end(response: Response) -> Response:
        kept, headers = here(), response.headers
        headers["X-Request-Id"] = kept.get("request_id", "")
        for name, value in _ALWAYS:
            if name not in headers:
                headers.add(name, value)
        endpoint = request.endpoint or "unknown"
        HTTP_REQUESTS.labels(endpoint, response.status_code).inc()
        now = time.perf_counter()
        took = now - kept.get("started", now)
        if response.status_code >= 500 or took > _SLOW_S:  # noqa: PLR2004 - failures and slow answers only
            _log.warning("request", endpoint=endpoint, status=response.status_code, took_ms=int(took * 1000))
        return response

"""Every failure as an RFC 9457 problem document; the input is never echoed back."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from flask import Flask, Response, current_app, g
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from app.errors import AppError, InvalidInput, NotReady, Problem
from app.outages import Outage, outage_of
from app.web.expected import problem_of
from app.web.unstorable import is_unstorable, refusal

MEDIA_TYPE = "application/problem+json"
_AGAIN_AFTER_S = {Outage.FULL: 10, Outage.READ_ONLY: 5, Outage.AWAY: 2}
_log = structlog.get_logger(__name__)
_CODES = {400: "broken_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_media_type"}


def problem_response(error: AppError) -> Response:
    """The error as its HTTP answer."""
    body: dict[str, Any] = {
        "type": f"urn:weiheng:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "request_id": g.get("request_id", ""),
        "errors": [
            {"field": each.field, "problem": each.problem, "expected": each.expected} for each in error.problems
        ],
    }
    answer = Response(orjson.dumps(body), status=error.status, content_type=MEDIA_TYPE)
    if error.status == 401:  # noqa: PLR2004 - Unauthenticated
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def problems_of(error: ValidationError) -> list[Problem]:
    """Pydantic's findings in our form: where, what, and what was expected; without the input."""
    found = error.errors(include_input=False, include_url=False)
    return [Problem(".".join(map(str, each["loc"])), *problem_of(error.title, each)) for each in found[:100]]


def refuse_invalid(error: ValidationError) -> Response:
    """What flask-openapi3 calls when a request does not fit its model."""
    return problem_response(InvalidInput("the request does not fit the contract", problems=problems_of(error)))


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AppError, problem_response)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response:
    known = AppError(error.description or error.name)
    known.code = _CODES.get(error.code or 500, "http_error")
    known.status, known.title = error.code or 500, error.name
    answer = problem_response(known)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "location", "retry-after"}:
            answer.headers[name] = value
    return answer


def _database(error: DBAPIError) -> Response:
    if is_unstorable(error):
        return problem_response(refusal("request"))
    outage = outage_of(error)
    _log.error("database_failed", error=type(error.orig).__name__, why=outage and outage.value)
    if outage is not None:
        told = NotReady(f"{outage.told}; nothing was stored", retry_after_s=_AGAIN_AFTER_S[outage])
        return problem_response(told)
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    _log.exception("unexpected_error", error=type(error).__name__)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return problem_response(AppError("an unexpected error; the request id finds it in the log"))

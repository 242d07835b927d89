"""The console's door: one blueprint whose every page needs an officer, whose every form needs a token.

The API beside it is not touched: its callers bring a key in a header, which no foreign page can make a browser send, so
tokens are asked for here only. Pages carry a strict policy: nothing inline, nothing from elsewhere, no frames.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import structlog
from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_bootstrap import Bootstrap5
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import AppError
from app.flows.parts import Parts
from app.identity.service import open_service
from app.outages import outage_of
from app.web.console import (
    account_pages,
    appeal_pages,
    audit_pages,
    backtest_pages,
    beside_pages,
    blind_guard,
    campaign_pages,
    case_pages,
    case_work_pages,
    claim_pages,
    comfort_pages,
    dashboard_pages,
    desk_notes,
    edit_pages,
    evidence_pages,
    language,
    language_pages,
    live_pages,
    notice_pages,
    officer_pages,
    one_rule_page,
    outage_notes,
    parameter_words,
    parts_of_page,
    people_pages,
    provider_pages,
    quality_pages,
    reviewer_pages,
    roster_pages,
    rule_pages,
    segment_pages,
    shown,
    sign_in,
    sign_in_elsewhere,
    sign_off_pages,
    signed_in,
    stale,
    stuck_pages,
    supplier_pages,
    telling_pages,
    too_large,
    version_pages,
    webhook_pages,
    what_if_pages,
    wording_pages,
    wordlist_pages,
)
from app.web.console.navigation import endpoint_shown, navigation
from app.web.unstorable import is_unstorable

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DOORS = ("console.sign_in_elsewhere", "console.sign_in_back", "console.sign_in_once")
_OPEN_TO_ALL = frozenset(
    {"console.sign_in", "console.sign_in_code", "console.static", "console.choose_language", *_DOORS}
)
_STATIC = Path(__file__).parent.parent / "static" / "console"
_log = structlog.get_logger(__name__)


def install(app: Flask) -> None:
    """Register the console's pages, sessions and protections."""
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    app.static_url_path = "/static"  # the app serves no files of its own; Bootstrap's blueprint builds its path of this
    Bootstrap5(app)
    signed_in.install(app)
    language.install(app)
    parts_of_page.install(app)
    shown.install(app)
    parameter_words.install(app)
    app.jinja_env.globals.update(console_file=_file, navigation=navigation, stale_wordlists=stale.banner)
    app.jinja_env.globals.update(outage_notes=outage_notes.outage_notes)
    app.jinja_env.globals.update(upload_max=too_large.total_bytes, upload_megabytes=too_large.total_megabytes)
    app.jinja_env.globals.update(desk_notes=desk_notes.desk_notes, endpoint_shown=endpoint_shown)
    app.register_blueprint(_blueprint(CSRFProtect(app)))


def give_console(app: Flask, parts: Parts) -> None:
    """What the console takes from the parts: its sessions, and the sign-in service of the company."""
    app.extensions["sign_in_service"] = open_service(parts.settings)
    signed_in.give(app, parts)


def _blueprint(csrf: CSRFProtect) -> Blueprint:
    console = Blueprint(
        "console", __name__, url_prefix="/console", static_folder=str(_STATIC), static_url_path="/static"
    )

    @console.before_request
    def protect() -> WerkzeugResponse | None:
        csrf.protect()
        if request.endpoint in _OPEN_TO_ALL:
            return None
        if not current_user.is_authenticated:
            return signed_in.to_sign_in()
        if signed_in.is_to_set_up(request.endpoint):
            return redirect(url_for("console.account"))
        return blind_guard.to_own_review()

    console.after_request(_guard)
    console.register_error_handler(AppError, _known)
    console.register_error_handler(HTTPException, _http)
    console.register_error_handler(DBAPIError, _database)
    console.register_error_handler(Exception, _unexpected)
    sign_in.install(console)
    sign_in_elsewhere.install(console)
    language_pages.install(console)
    case_pages.install(console)
    case_work_pages.install(console)
    appeal_pages.install(console)
    telling_pages.install(console)
    rule_pages.install(console)
    version_pages.install(console)
    backtest_pages.install(console)
    one_rule_page.install(console)
    edit_pages.install(console)
    sign_off_pages.install(console)
    wordlist_pages.install(console)
    people_pages.install(console)
    audit_pages.install(console)
    claim_pages.install(console)
    account_pages.install(console)
    officer_pages.install(console)
    live_pages.install(console)
    campaign_pages.install(console)
    supplier_pages.install(console)
    provider_pages.install(console)
    reviewer_pages.install(console)
    segment_pages.install(console)
    stuck_pages.install(console)
    dashboard_pages.install(console)
    webhook_pages.install(console)
    quality_pages.install(console)
    wording_pages.install(console)
    beside_pages.install(console)
    evidence_pages.install(console)
    notice_pages.install(console)
    roster_pages.install(console)
    comfort_pages.install(console)
    what_if_pages.install(console)
    console.add_url_rule("/<path:unknown>", "unknown", _unknown)
    return console


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "same-origin"  # forms over https are checked by their referrer
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == "console.static":
        response.headers["Cache-Control"] = "public, max-age=86400" if "v" in request.args else "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response


@cache
def _file(name: str) -> str:
    """A file of the console with its content's hash, so that a new version is never an old one from a cache."""
    version = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/console/static/{name}?v={version}"


def _unknown(unknown: str) -> Response:
    raise NotFound(unknown[:200])


def _known(error: AppError) -> Response:
    if error.status >= 500:  # noqa: PLR2004 - ours, not the officer's
        _log.error("console_failed", code=error.code, detail=error.detail, request_id=g.get("request_id", ""))
    return _error_page(error.status)


def _http(error: HTTPException) -> Response | WerkzeugResponse:
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004 - a redirect to the slash
        return error.get_response()
    return _error_page(error.code or 500)


def _database(error: DBAPIError) -> Response:
    if is_unstorable(error):
        return _error_page(422)
    if outage_of(error) is None:
        return _unexpected(error)
    _log.error("database_failed", error=type(error.orig).__name__, request_id=g.get("request_id", ""))
    g.setdefault("_login_user", AnonymousUserMixin())  # a page asks Flask-Login who looks, which would ask the database
    return _error_page(503)


def _unexpected(error: Exception) -> Response:
    _log.exception("unexpected_error", request_id=g.get("request_id", ""), error=type(error).__name__)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return _error_page(500)


def _error_page(status: int) -> Response:
    told = status if status in {400, 403, 404, 413, 422, 503} else (400 if status < 500 else 500)  # noqa: PLR2004
    return make_response(render_template("console/error.html", told=told), status)

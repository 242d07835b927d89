"""The switch of languages: kept in a cookie, which holds before the sign-in, and with the officer."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

from app.flows.officer_accounts import choose_language
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.language import COOKIE, LANGUAGES
from app.web.console.safe_paths import is_local

_KEPT_FOR = timedelta(days=365)


def install(console: Blueprint) -> None:
    """Add the form's target."""
    console.add_url_rule("/language", "choose_language", choose, methods=["POST"])


def choose() -> Response:
    """Remember the language and go back to the page."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise BadRequest
    if current_user.is_authenticated:
        choose_language(parts(), signed_in.officer().username, wanted)
    answer = redirect(_page_before(), 303)
    answer.set_cookie(
        COOKIE,
        wanted,
        max_age=_KEPT_FOR,
        path="/console",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


def _page_before() -> str:
    """Where the form was sent from, when that is a page to look at and not the answer to another form."""
    came = urlsplit(request.referrer or "")
    path = came.path + (f"?{came.query}" if came.query else "")
    try:
        endpoint, _ = current_app.url_map.bind(request.host).match(came.path, method="GET")
    except HTTPException:
        return url_for("console.home")
    is_page = is_local(path) and endpoint not in {"console.unknown", "console.static"}
    return path if is_page else url_for("console.home")

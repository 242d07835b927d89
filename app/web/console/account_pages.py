"""One's own account: the password, and the second factor with its square code and single-use codes."""

from __future__ import annotations

import base64
import io

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import InvalidInput
from app.flows.officer_accounts import (
    begin_second_factor,
    change_password,
    confirm_second_factor,
    pending_secret,
)
from app.models import Officer
from app.second_factor import device_uri
from app.values.comfort import MINUTES, SEVERE, Comfort, Veil
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.account_words import ROLES
from app.web.console.language import translated
from app.web.console.words import say

_TEXT_MAX = 1_025
_SAID = {
    ("old", "is not your password"): "own.old_wrong",
    ("password", "too short"): "own.too_short",
    ("password", "too long"): "own.too_long",
    ("password", "is the old one"): "own.same",
}


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/account", "account", account)
    console.add_url_rule("/account/password", "change_password", new_password, methods=["POST"])
    console.add_url_rule("/account/second-factor", "begin_second_factor", begin, methods=["POST"])
    console.add_url_rule("/account/second-factor/confirm", "confirm_second_factor", confirm, methods=["POST"])


def account() -> Response:
    """The account of the officer who looks."""
    return _page()


def new_password() -> Response | WerkzeugResponse:
    """Change the password; every session ends, this one too."""
    old, new, again = (request.form.get(name, "")[:_TEXT_MAX] for name in ("old", "new", "again"))
    if new != again:
        return _page(problems=[say("own.differ")], status=422)
    try:
        change_password(parts(), signed_in.officer().username, old=old, new=new)
    except InvalidInput as refused:
        told = [say(_SAID[each.field, each.problem]) for each in refused.problems]
        return _page(problems=told, status=422)
    signed_in.end()
    return redirect(url_for("console.sign_in", changed=1), 303)


def begin() -> WerkzeugResponse:
    """Make a secret for the device; the page shows it until its first digits fitted."""
    begin_second_factor(parts(), signed_in.officer().username)
    return redirect(url_for("console.account"), 303)


def confirm() -> Response:
    """The first digits: from now on they are asked for."""
    try:
        codes = confirm_second_factor(parts(), signed_in.officer().username, request.form.get("code", "")[:32])
    except InvalidInput:
        return _page(wrong_code=say("own.second_wrong"), status=422)
    return make_response(render_template("console/recovery_codes.html", codes=codes))


def _page(*, problems: list[str] | None = None, wrong_code: str | None = None, status: int = 200) -> Response:
    who = signed_in.officer()
    with parts().db.read() as session:
        found = session.get(Officer, who.caller.id)
        assert found is not None, "whoever looks has an account"
        comfort = Comfort.read(found.comfort)
        since, left = found.totp_since, len(found.recovery_codes)
    secret = pending_secret(parts(), who.username)
    page = render_template(
        "console/account.html",
        who=who,
        roles=[translated(ROLES[role], "title") for role in ROLES if role in who.caller.grants],
        since=since,
        left=left,
        secret=secret,
        square=None if secret is None else _square(device_uri(secret, username=who.username)),
        must_enrol=parts().settings.needs_second_factor and since is None,
        problems=problems or [],
        wrong_code=wrong_code,
        comfort=comfort,
        veils=list(Veil),
        break_minutes=MINUTES,
        severe_cases=SEVERE,
    )
    return make_response(page, status)


def _square(text: str) -> str:
    """The square code as the address of an image: the page's policy allows data images and nothing inline."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()

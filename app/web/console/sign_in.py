"""Signing in and out. A failed try is counted and audited without what was typed.

Hashing a password costs 19 MiB and a thirtieth of a second of a core on purpose, so only two run at a time: a flood of
sign-ins must not starve the screening beside it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from app import audit
from app.errors import Unauthenticated
from app.flows.officer_accounts import second_factor_fits
from app.metrics import AUTH_FAILURES
from app.models import Officer
from app.officers import check_open, end_sessions, find_officer, note_failure, note_success, password_fits
from app.web.auth import parts
from app.web.console import sign_in_elsewhere, signed_in
from app.web.console.safe_paths import is_local
from app.web.console.shown import span
from app.web.console.words import say

_HASHING = threading.BoundedSemaphore(2)
_PATIENCE_S = 0.5  # a waiting try holds a request thread
_USERNAME_MAX = 128
_PASSWORD_MAX = 1_024
_CODE_MAX = 32


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try ended: the officer, or None and, while the account is locked, for how many seconds."""

    officer: Officer | None
    wait_s: int | None = None


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    console.add_url_rule("/sign-in/code", "sign_in_code", sign_in_code, methods=["GET", "POST"])
    console.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


def sign_in() -> Response | WerkzeugResponse:
    """The form, and what becomes of it."""
    wanted = request.values.get("next", "")
    onward = wanted if is_local(wanted) else url_for("console.home")
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(onward)
        said = "sign_in.signed_out" if "out" in request.args else ""
        said = "own.changed" if "changed" in request.args else said
        return _form(onward, said=say(said) if said else "")
    if parts().settings.password_sign_in == "off":
        return _form(onward, problem=say("sign_in.no_passwords"), status=403)
    return _answer(onward, request.form.get("username", "").strip(), request.form.get("password", ""))


def _answer(onward: str, username: str, password: str) -> Response | WerkzeugResponse:
    if not (0 < len(username) <= _USERNAME_MAX and username.isprintable() and 0 < len(password) <= _PASSWORD_MAX):
        return _form(onward, problem=say("sign_in.wrong"), status=401)
    if not _HASHING.acquire(timeout=_PATIENCE_S):
        return _form(onward, problem=say("sign_in.busy"), status=503, wait_s=2)
    try:
        tried = _try(username, password, now=parts().now())
    finally:
        _HASHING.release()
    if tried.wait_s is not None:
        wait = span(timedelta(seconds=tried.wait_s))
        return _form(onward, problem=say("sign_in.locked", wait=wait), status=429, wait_s=tried.wait_s)
    if tried.officer is None:
        return _form(onward, problem=say("sign_in.wrong"), status=401)
    if tried.officer.totp_since is not None:
        signed_in.begin_half(tried.officer, now=parts().now())
        return redirect(url_for("console.sign_in_code", next=onward), 303)
    signed_in.begin(tried.officer, now=parts().now())
    return redirect(onward, 303)


def sign_in_code() -> Response | WerkzeugResponse:
    """The second step: the digits that the officer's device shows, or one of their single-use codes."""
    wanted, half = request.values.get("next", ""), signed_in.half()
    onward = wanted if is_local(wanted) else url_for("console.home")
    if half is None:
        return redirect(url_for("console.sign_in", next=onward), 303)
    if request.method == "GET":
        return _code_form(onward)
    tried = _try_code(*half, request.form.get("code", "")[:_CODE_MAX], now=parts().now())
    if tried.wait_s is not None:
        wait = span(timedelta(seconds=tried.wait_s))
        return _code_form(onward, problem=say("sign_in.locked", wait=wait), status=429)
    if tried.officer is None:
        return _code_form(onward, problem=say("sign_in.code_wrong"), status=401)
    signed_in.begin(tried.officer, now=parts().now(), is_elsewhere=signed_in.came_from_elsewhere())
    return redirect(onward, 303)


def sign_out() -> WerkzeugResponse:
    """End every session of the officer: a cookie that was copied must not outlive the sign-out."""
    leaving, now = signed_in.officer(), parts().now()

    def work(session: Session) -> None:
        found = session.get(Officer, leaving.caller.id)
        if found is not None:
            end_sessions(found)
        _note(session, actor=leaving.caller.name, action="officer.sign_out", username=leaving.username, now=now)

    parts().db.write(work)
    signed_in.end()
    return redirect(url_for("console.sign_in", out=1), 303)


def _try(username: str, password: str, *, now: datetime) -> Tried:
    """Check the password outside of the writer thread, then judge and count inside: guesses made at once all count."""
    with parts().db.read() as reading:
        seen = find_officer(reading, username)
    if (wait_s := _wait(seen, now)) is not None:
        return Tried(None, wait_s)
    fits = password_fits(seen, password)

    def work(session: Session) -> Tried:
        found = find_officer(session, username) if seen is not None else None
        if found is None or seen is None:
            _note(session, actor="system", action="officer.sign_in_failed", username=None, now=now)
            return Tried(None)
        if (wait_s := _wait(found, now)) is not None:
            return Tried(None, wait_s)
        if fits and found.disabled_at is None and found.password_hash == seen.password_hash:
            if found.totp_since is None:
                note_success(found, now=now)
                _note(session, actor=f"officer:{username}", action="officer.sign_in", username=username, now=now)
            return Tried(found)
        note_failure(found, now=now)
        count: dict[str, object] = {"failed_count": found.failed_count}
        _note(session, actor="system", action="officer.sign_in_failed", username=username, now=now, details=count)
        return Tried(None, _wait(found, now))

    tried = parts().db.write(work)
    if tried.officer is None:
        AUTH_FAILURES.labels("bad_password").inc()
    return tried


def _try_code(officer_id: str, epoch: int, code: str, *, now: datetime) -> Tried:
    """Judge and use up the code in one transaction: the same digits sent twice at once fit once."""
    own = parts()

    def work(session: Session) -> Tried:
        found = session.get(Officer, officer_id, with_for_update=True)
        if found is None or found.disabled_at is not None or found.session_epoch != epoch or found.totp_since is None:
            return Tried(None)
        if (wait_s := _wait(found, now)) is not None:
            return Tried(None, wait_s)
        if second_factor_fits(own, session, found, code, now=now):
            note_success(found, now=now)
            name = f"officer:{found.username}"
            _note(session, actor=name, action="officer.sign_in", username=found.username, now=now)
            return Tried(found)
        note_failure(found, now=now)
        count: dict[str, object] = {"failed_count": found.failed_count}
        action = "officer.second_factor_failed"
        _note(session, actor="system", action=action, username=found.username, now=now, details=count)
        return Tried(None, _wait(found, now))

    tried = own.db.write(work)
    if tried.officer is None:
        AUTH_FAILURES.labels("bad_code").inc()
    return tried


def _wait(officer: Officer | None, now: datetime) -> int | None:
    try:
        check_open(officer, now=now)
    except Unauthenticated as locked:
        return locked.retry_after_s
    return None


def _note(
    session: Session,
    *,
    actor: str,
    action: str,
    username: str | None,
    now: datetime,
    details: dict[str, object] | None = None,
) -> None:
    """An unknown name is never kept as typed: people type passwords there."""
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="officer",
        object_id=username or "unknown",
        now=now,
        details=details,
    )


def _code_form(onward: str, *, problem: str = "", status: int = 200) -> Response:
    return make_response(render_template("console/sign_in_code.html", onward=onward, problem=problem), status)


def _form(onward: str, *, problem: str = "", said: str = "", status: int = 200, wait_s: int | None = None) -> Response:
    page = render_template(
        "console/sign_in.html",
        onward=onward,
        problem=problem,
        said=said,
        typed=request.form.get("username", "")[:128] if problem else "",
        by_password=parts().settings.password_sign_in == "on",
        elsewhere=sign_in_elsewhere.title() if sign_in_elsewhere.service() is not None else "",
        way_out=sign_in_elsewhere.way_out() if "out" in request.args else None,
    )
    answer = make_response(page, status)
    if wait_s is not None:
        answer.headers["Retry-After"] = str(wait_s)
    return answer

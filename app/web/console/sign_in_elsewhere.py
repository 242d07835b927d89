"""Signing in by a service: to its page and back. And the link that opens the console once, made on the command line.

What a try is bound to stays in this browser's session, so an answer that somebody else was given fits nowhere; and the
answer is used up in the database, so a copy of the session does not let it in again.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

import structlog
from flask import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import AppError
from app.flows.officer_identities import use_link
from app.flows.sign_in_elsewhere import admit
from app.identity.verified import SignInService, Ticket
from app.metrics import AUTH_FAILURES
from app.models import Officer
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.safe_paths import is_local
from app.web.console.words import say

_TRY = "elsewhere"
_TRY_FOR = timedelta(minutes=10)
_LONGEST = 4_096
_TITLES = {"oidc": "sign_in.with_oidc", "wecom": "sign_in.with_wecom"}
_WHY = {
    "used": "sign_in.why_used",
    "unknown": "sign_in.why_unknown",
    "no_role": "sign_in.why_no_role",
    "taken": "sign_in.why_taken",
    "disabled": "sign_in.why_disabled",
}
_log = structlog.get_logger(__name__)


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/sign-in/elsewhere", "sign_in_elsewhere", leave)
    console.add_url_rule("/sign-in/back", "sign_in_back", come_back)
    console.add_url_rule("/sign-in/once/<string:secret>", "sign_in_once", once, methods=["GET", "POST"])


def service() -> SignInService | None:
    """The sign-in service of this deployment."""
    found: SignInService | None = current_app.extensions["sign_in_service"]
    return found


def title() -> str:
    """What the button says."""
    settings = parts().settings
    return settings.sign_in_title or say(_TITLES[settings.sign_in_with])


def way_out() -> str | None:
    """Where to sign out at the service, for somebody who has just signed out here."""
    asked = service()
    return asked.way_out(back=_address("console.sign_in")) if asked is not None else None


def leave() -> Response | WerkzeugResponse:
    """Send the browser to the service."""
    asked = service()
    if asked is None:
        raise NotFound
    wanted, now = request.args.get("next", ""), parts().now()
    ticket = Ticket(*(secrets.token_urlsafe(32) for _ in range(3)))
    try:
        address = asked.address(ticket, back=_address("console.sign_in_back"), now=now)
    except AppError as failed:
        _log.warning("sign_in_service_failed", code=failed.code, why=failed.detail)
        return _refused("sign_in.elsewhere_down", 503)
    session[_TRY] = {
        "ticket": [ticket.state, ticket.nonce, ticket.verifier],
        "onward": wanted if is_local(wanted) else "",
        "until": int((now + _TRY_FOR).timestamp()),
    }
    return redirect(address, 302)


def come_back() -> Response | WerkzeugResponse:
    """Who comes back from the service: verified, known, and let in."""
    asked, kept, now = service(), session.pop(_TRY, None), parts().now()
    if asked is None:
        raise NotFound
    code, state = (request.args.get(name, "")[:_LONGEST] for name in ("code", "state"))
    if not isinstance(kept, dict) or now.timestamp() >= kept["until"]:
        return _refused("sign_in.elsewhere_late", 400)
    ticket = Ticket(*kept["ticket"])
    if not code or not hmac.compare_digest(state.encode(), ticket.state.encode()):
        return _refused("sign_in.elsewhere_refused", 401)
    try:
        verified = asked.identify(code, ticket, back=_address("console.sign_in_back"), now=now)
    except AppError as failed:
        _log.warning("sign_in_not_verified", code=failed.code, why=failed.detail)
        AUTH_FAILURES.labels("elsewhere").inc()
        is_ours = failed.status == 401  # noqa: PLR2004 - anything else is the network's
        return _refused(*(("sign_in.elsewhere_refused", 401) if is_ours else ("sign_in.elsewhere_down", 503)))
    admitted = admit(parts(), verified, state=state, now=now)
    if admitted.officer is None:
        AUTH_FAILURES.labels("elsewhere").inc()
        return _refused(_WHY[admitted.why], 403, subject=verified.subject)
    return _go_on(admitted.officer, kept["onward"], is_proved=verified.is_second_factor)


def once(secret: str) -> Response | WerkzeugResponse:
    """A button, because programs that look at links must not use this one up."""
    if request.method == "GET":
        return Response(render_template("console/sign_in_once.html", secret=secret))
    officer = use_link(parts(), secret[:_LONGEST])
    if officer is None:
        AUTH_FAILURES.labels("link").inc()
        return _refused("sign_in.once_gone", 401)
    return _go_on(officer, "", is_proved=False)


def _go_on(officer: Officer, onward: str, *, is_proved: bool) -> WerkzeugResponse:
    onward, now = onward or url_for("console.home"), parts().now()
    if officer.totp_since is not None and not is_proved:
        signed_in.begin_half(officer, now=now, is_elsewhere=True)
        return redirect(url_for("console.sign_in_code", next=onward), 303)
    signed_in.begin(officer, now=now, is_elsewhere=True, is_proved=is_proved)
    return redirect(onward, 303)


def _refused(key: str, status: int, **values: object) -> Response:
    page = render_template("console/sign_in_refused.html", told=say(key, **values))
    return Response(page, status)


def _address(endpoint: str) -> str:
    return parts().settings.base_url + url_for(endpoint)

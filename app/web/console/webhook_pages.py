"""The pages of webhooks: who is told, what became of each message, sending again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.errors import AppError, Forbidden, InvalidInput
from app.flows.webhook_upkeep import (
    STATES,
    deliveries,
    find_endpoint,
    may_see,
    send_again,
    send_failed_again,
    take_up_again,
)
from app.models import WebhookEndpoint
from app.values.access import Caller, Role
from app.values.china_days import CHINA
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.words import say
from app.web.cursors import read_cursor, write_cursor

READERS = frozenset({Role.ADMIN})
_SHOWN = 50


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/webhooks", "webhooks", show_all)
    console.add_url_rule("/webhooks/<string:webhook_id>", "webhook", show)
    console.add_url_rule("/webhooks/<string:webhook_id>/enable", "enable_webhook", enable, methods=["POST"])
    console.add_url_rule("/webhooks/<string:webhook_id>/replay", "replay_webhook", replay_failed, methods=["POST"])
    console.add_url_rule(
        "/webhooks/<string:webhook_id>/messages/<string:message_id>", "replay_message", replay_one, methods=["POST"]
    )


def show_all() -> str:
    """Every endpoint the officer may see, and how its receiver stands."""
    by = _reader()
    with parts().db.read() as session:
        found = session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.created_at).limit(200)).all()
    return render_template("console/webhooks.html", endpoints=[each for each in found if may_see(by, each)])


def show(webhook_id: str) -> str:
    """One endpoint's messages."""
    return _page(webhook_id, told=None)


def enable(webhook_id: str) -> Response:
    """Take it up again."""
    by = _reader()
    return _done(webhook_id, lambda: _enabled(webhook_id, by))


def replay_failed(webhook_id: str) -> Response:
    """Send again all that failed from a day on."""
    by = _reader()

    def deed() -> int:
        since = _day(request.form.get("since", ""))
        return send_failed_again(parts(), webhook_id, since=since, by=by, now=parts().now())

    return _done(webhook_id, deed)


def replay_one(webhook_id: str, message_id: str) -> Response:
    """Send one message again."""
    by = _reader()
    return _done(webhook_id, lambda: _one(webhook_id, message_id, by))


def _one(webhook_id: str, message_id: str, by: Caller) -> int:
    send_again(parts(), webhook_id, message_id, by=by, now=parts().now())
    return 1


def _enabled(webhook_id: str, by: Caller) -> None:
    take_up_again(parts(), webhook_id, by=by, now=parts().now())


def _page(webhook_id: str, *, told: str | None) -> str:
    by = _reader()
    state = request.args.get("state")
    state = state if state in STATES else None
    before = read_cursor(request.args.get("after"))
    with parts().db.read() as session:
        endpoint = find_endpoint(session, webhook_id, by=by)
        found = deliveries(session, endpoint, state=state, before=before, limit=_SHOWN + 1)
    last = found[_SHOWN - 1].message if len(found) > _SHOWN else None
    sent = request.args.get("sent", "")
    return render_template(
        "console/webhook.html",
        endpoint=endpoint,
        found=found[:_SHOWN],
        more=write_cursor(last.created_at, last.id) if last else None,
        state=state,
        states=STATES,
        today=parts().now().astimezone(CHINA).date().isoformat(),
        told=told,
        sent=sent if sent.isdecimal() else None,
    )


def _reader() -> Caller:
    by = signed_in.officer().caller
    if not by.grants & READERS:
        raise Forbidden("this needs the role admin")
    return by


def _done(webhook_id: str, deed: Callable[[], int | None]) -> Response:
    try:
        sent = deed()
    except AppError as error:
        return make_response(_page(webhook_id, told=say("claims.not_done", why=error.detail)), error.status)
    return redirect(url_for("console.webhook", webhook_id=webhook_id, sent=sent), 303)


def _day(said: str) -> datetime:
    """The beginning of a day in China."""
    try:
        return datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        raise InvalidInput(say("webhooks.bad_day")) from None

"""The page of what is stuck: dead letters to be worked again or put away, and freezes to be lifted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import AppError, Forbidden, InvalidInput
from app.flows.check_books import check_books
from app.flows.dead_letters import ALL, dead_letters, discard_letter, retry_letter
from app.flows.lift_freeze import freezes, lift_freeze
from app.flows.start_payment import PAY
from app.money.amounts import yuan
from app.money.causes import CAUSES
from app.values.access import Caller, Role
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.words import say
from app.web.schema_fields import starred

READERS = frozenset({Role.FINANCE, Role.SENIOR, Role.ADMIN})
"""Who may open the page; letters are shown to officers of all shops, freezes to each for their own."""
_LETTERS = frozenset({Role.FINANCE, Role.ADMIN})
_LIFTERS = frozenset({Role.FINANCE, Role.SENIOR, Role.ADMIN})
_REASON_MAX, _SHOWN = 2_000, 100


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/stuck", "stuck", show)
    console.add_url_rule("/stuck/letters/<string:letter_id>", "decide_letter", decide, methods=["POST"])
    console.add_url_rule("/stuck/freezes/<string:freeze_id>/lift", "lift_freeze", lift, methods=["POST"])
    console.add_url_rule("/fund/check", "check_books", check, methods=["POST"])


def show() -> str:
    """The page."""
    _with_role(READERS)
    return _page(told=None)


def decide(letter_id: str) -> Response:
    """Work a letter again, or put it away; a payout is put away as paid or as failed."""
    by = _of_all_shops(_LETTERS)

    def deed() -> None:
        reason, now, chosen = _reason(), parts().now(), request.form.get("decision", "")
        if chosen == "replay":
            retry_letter(parts(), letter_id, by=by.name, now=now, kinds=ALL, reason=reason)
        else:
            outcome = chosen if chosen in {"paid", "failed"} else None
            discard_letter(parts(), letter_id, reason=reason, outcome=outcome, by=by.name, now=now)

    return _done(deed)


def lift(freeze_id: str) -> Response:
    """Lift a freeze."""
    by = _with_role(_LIFTERS)
    return _done(lambda: _lift(freeze_id, by))


def check() -> Response:
    """Check the books now, then show the fund."""
    by = _of_all_shops(READERS)
    check_books(parts(), by=by.name, now=parts().now())
    return redirect(url_for("console.claims"), 303)


def _lift(freeze_id: str, by: Caller) -> None:
    lift_freeze(parts(), freeze_id, reason=_reason(), caller=by, now=parts().now())


def _page(*, told: str | None) -> str:
    by = signed_in.officer().caller
    sees_letters = by.shop_ids is None and bool(by.grants & _LETTERS)
    with parts().db.read() as session:
        letters = dead_letters(session, kinds=ALL) if sees_letters else []
        frozen = freezes(session, caller=by, limit=_SHOWN)
    return render_template(
        "console/stuck.html",
        letters=letters,
        frozen=frozen,
        sees_letters=sees_letters,
        may_lift=bool(by.grants & _LIFTERS),
        pay=PAY,
        causes=CAUSES,
        yuan=yuan,
        told=told,
    )


def _of_all_shops(roles: frozenset[Role]) -> Caller:
    by = _with_role(roles)
    if by.shop_ids is not None:
        raise Forbidden("this is for officers of all shops")
    return by


def _with_role(roles: frozenset[Role]) -> Caller:
    by = signed_in.officer().caller
    if not by.grants & roles:
        raise Forbidden(f"this needs one of {', '.join(sorted(roles))}")
    return by


def _done(deed: Callable[[], None]) -> Response:
    try:
        deed()
    except AppError as error:
        return make_response(_page(told=say("claims.not_done", why=error.detail)), error.status)
    return redirect(url_for("console.stuck"), 303)


def _reason() -> str:
    reason = starred(request.form.get("reason", "").strip()[:_REASON_MAX])
    if not reason:
        raise InvalidInput(say("claims.needs_reason"))
    return reason

"""The page of sign-offs: what nobody answers for yet, what waits for a second person, and the register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import approvals, sign_offs
from app.errors import AppError, Forbidden
from app.flows.edit_rules import problems_of
from app.flows.sign_off_rules import ask_sign_off, decide_sign_off, unsigned_today, withdraw_sign_off
from app.rules.notices import Unsigned
from app.sign_offs import Asked
from app.text.words import CHINA_TIME
from app.values.access import Caller, Role
from app.values.change import said_value
from app.values.given_instants import read_day
from app.values.sign_off import written
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.language import told_in
from app.web.console.shown import listed
from app.web.console.words import say
from app.web.schema_fields import starred

ASKERS = frozenset({Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.ADMIN})
DECIDERS = frozenset({Role.RULE_APPROVER, Role.ADMIN})
_LISTED = 200
_TEXT_MAX = 2_000
_NEEDED = {
    "basis": "signing.needs_basis",
    "signed_by": "signing.needs_signed_by",
    "reason": "signing.needs_reason",
}
_FIELDS = ("basis", "signed_by", "valid_from", "valid_to", "reason")


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/rules/sign-offs", "sign_offs", show)
    console.add_url_rule("/rules/sign-offs", "ask_sign_off", ask, methods=["POST"])
    console.add_url_rule("/rules/sign-offs/<string:sign_off_id>/decide", "decide_sign_off", decide, methods=["POST"])
    console.add_url_rule(
        "/rules/sign-offs/<string:sign_off_id>/withdraw", "withdraw_sign_off", withdraw, methods=["POST"]
    )


def show() -> str:
    """The page."""
    return _page()


def ask() -> Response:
    """Ask for a sign-off of one of what is unsigned; which one is named by the form and looked up again."""
    caller = _entitled(ASKERS)
    typed = {name: request.form.get(name, "").strip()[:_TEXT_MAX] for name in _FIELDS}
    open_ = {key_of(each): each for each in unsigned_today(parts(), now=parts().now())}
    wanted = open_.get(request.form.get("key", ""))
    if wanted is None:
        return make_response(_page(told=[say("signing.gone")]), 409)
    days, wrong = {}, []
    for name in ("valid_from", "valid_to"):
        days[name] = read_day(typed[name])
        if typed[name] and days[name] is None:
            wrong.append(say("signing.bad_day"))
    if days.get("valid_from") is None and not wrong:
        wrong.append(say("signing.needs_from"))
    wrong += [say(key) for name, key in _NEEDED.items() if not typed[name]]
    if wrong:
        return make_response(_page(told=wrong, typed=typed, key=key_of(wanted)), 422)
    assert days["valid_from"] is not None, "checked above"
    need = wanted.need
    assert need.object_type is not None, "only what can be signed has a key"
    asked = Asked(
        object_type=need.object_type,
        pack=need.pack,
        name=need.name,
        value=need.value,
        basis=typed["basis"],
        signed_by=typed["signed_by"],
        valid_from=days["valid_from"],
        valid_to=days["valid_to"],
    )
    return _done(
        lambda: ask_sign_off(parts(), asked, reason=starred(typed["reason"]), by=caller, now=parts().now()),
        typed=typed,
        key=key_of(wanted),
    )


def decide(sign_off_id: str) -> Response:
    """Approve or refuse as the second person."""
    caller = _entitled(DECIDERS)
    choice = request.form.get("decision")
    if choice not in {"approve", "refuse"}:
        return make_response(_page(told=[say("rules.not_decided")]), 409)
    approve, reason = choice == "approve", _reason()
    if not reason:
        return make_response(_page(told=[say("rules.needs_reason")]), 422)
    return _done(
        lambda: decide_sign_off(parts(), sign_off_id, approve=approve, reason=reason, by=caller, now=parts().now())
    )


def withdraw(sign_off_id: str) -> Response:
    """End a sign-off; one person is enough, because it only makes rules milder."""
    caller, reason = _entitled(DECIDERS), _reason()
    if not reason:
        return make_response(_page(told=[say("rules.needs_reason")]), 422)
    return _done(lambda: withdraw_sign_off(parts(), sign_off_id, reason=reason, by=caller, now=parts().now()))


def key_of(each: Unsigned) -> str:
    """What a form calls something unsigned; empty where no sign-off can help."""
    need = each.need
    return "" if need.object_type is None else f"{need.object_type}:{need.pack}.{need.name}={written(need.value)}"


def _entitled(roles: frozenset[Role]) -> Caller:
    caller = signed_in.officer().caller
    if not caller.grants & roles:
        raise Forbidden(f"this needs one of {', '.join(sorted(roles))}")
    return caller


def _reason() -> str:
    return starred(request.form.get("reason", "").strip()[:_TEXT_MAX])


def _done(work: Callable[[], Any], *, typed: dict[str, str] | None = None, key: str = "") -> Response:
    try:
        work()
    except Forbidden:
        return make_response(_page(told=[say("signing.other_person")], typed=typed, key=key), 403)
    except AppError as error:
        told = [f"{problem.problem} {problem.expected}".strip() for problem in problems_of(error)]
        return make_response(_page(told=[say("signing.not_done", why=listed(told, "；"))], typed=typed, key=key), 409)
    return redirect(url_for("console.sign_offs"), 303)


def _page(*, told: list[str] | None = None, typed: dict[str, str] | None = None, key: str = "") -> str:
    own, caller = parts(), signed_in.officer().caller
    now = own.now()
    with own.db.read() as session:
        entries = sign_offs.listed(session, limit=_LISTED)
    open_ = unsigned_today(own, now=now)
    waiting = [each for each in entries if each.state == "waiting"]
    asked = {f"{each.row.object_type}:{each.row.pack}.{each.row.name}={written(each.row.value)}" for each in waiting}
    return render_template(
        "console/sign_offs.html",
        unsigned=[(key_of(each), each, key_of(each) in asked) for each in open_],
        waiting=[(each, approvals.is_same_person(each.approval.requested_by, caller.name)) for each in waiting],
        register=[each for each in entries if each.state != "waiting"],
        value=lambda value: said_value(value, told_in()),
        may_ask=bool(caller.grants & ASKERS) and caller.shop_ids is None,
        may_decide=bool(caller.grants & DECIDERS) and caller.shop_ids is None,
        today=now.astimezone(CHINA_TIME).date().isoformat(),
        told=told or [],
        typed=typed or {},
        typed_key=key,
    )

"""The page of officers, for administrators: who may sign in, with which roles, for which shops."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Conflict, InvalidInput
from app.flows import officer_accounts
from app.flows.officer_identities import identities, link_officer, unlink_officer
from app.models import Officer
from app.models.base import ORG
from app.values.access import Role
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.account_words import ROLES
from app.web.console.words import say

READERS = frozenset({Role.ADMIN})
_NAME_MAX = 128
_SHOPS_MAX = 4_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/officers", "officers", officers)
    console.add_url_rule("/officers", "create_officer", create, methods=["POST"])
    console.add_url_rule("/officers/<username>", "change_officer", change, methods=["POST"])


def officers() -> Response:
    """Everybody who has an account."""
    _require()
    return _page(done="done" in request.args)


def create() -> Response:
    """Make an account; its password is shown once."""
    by = _require()
    username, name = (request.form.get(field, "").strip()[:_NAME_MAX] for field in ("username", "display_name"))
    roles, shops = _rights()
    try:
        password = officer_accounts.create_account(
            parts(), username, display_name=name, roles=roles, shop_ids=shops, by=by
        )
    except (InvalidInput, Conflict) as refused:
        return _page(problem=_told(refused, taken="staff.taken"), status=refused.status)
    return _page(made=(username, password))


def change(username: str) -> Response | WerkzeugResponse:
    """Change one account, by the button that was pressed."""
    by = _require()
    what = request.form.get("what", "")
    try:
        if what == "reset_password":
            return _page(made=(username, officer_accounts.reset_password(parts(), username, by=by)))
        if (act := _ACTS.get(what)) is None:
            return _page(problem=say("error.400"), status=422)
        act(username, by)
    except (InvalidInput, Conflict) as refused:
        taken = "staff.linked_already" if what == "link" else "staff.last_admin"
        return _page(problem=_told(refused, taken=taken), status=refused.status)
    return redirect(url_for("console.officers", done=1), 303)


def _set_rights(username: str, by: str) -> None:
    roles, shops = _rights()
    officer_accounts.set_rights(parts(), username, roles=roles, shop_ids=shops, by=by)


def _link(username: str, by: str) -> None:
    link_officer(parts(), username, request.form.get("subject", ""), by=by)


_ACTS: dict[str, Callable[[str, str], object]] = {
    "rights": _set_rights,
    "disable": lambda username, by: officer_accounts.set_disabled(parts(), username, is_disabled=True, by=by),
    "enable": lambda username, by: officer_accounts.set_disabled(parts(), username, is_disabled=False, by=by),
    "unlock": lambda username, by: officer_accounts.unlock(parts(), username, by=by),
    "link": _link,
    "unlink": lambda username, by: unlink_officer(parts(), username, by=by),
    "reset_second": lambda username, by: officer_accounts.take_away_second_factor(parts(), username, by=by),
}


def _rights() -> tuple[list[str], list[str] | None]:
    """The roles that were ticked, and the shops that were named; None is all shops."""
    named = request.form.get("shops", "")[:_SHOPS_MAX].replace("，", ",").split(",")
    return request.form.getlist("roles"), [shop.strip() for shop in named if shop.strip()] or None


def _require() -> str:
    who = signed_in.officer()
    who.caller.require(Role.ADMIN)
    return who.caller.name


def _told(refused: InvalidInput | Conflict, *, taken: str) -> str:
    return say(taken) if isinstance(refused, Conflict) else say("staff.bad")


def _page(*, problem: str = "", done: bool = False, made: tuple[str, str] | None = None, status: int = 200) -> Response:
    now = parts().now()
    with parts().db.read() as session:
        linked = identities(session)
        found = list(session.scalars(select(Officer).where(Officer.org_id == ORG).order_by(Officer.username)))
    locked = {each.username for each in found if each.locked_until is not None and each.locked_until > now}
    page = render_template(
        "console/officers.html",
        officers=found,
        locked=locked,
        roles=ROLES,
        linked=linked,
        has_service=parts().settings.sign_in_with != "none",
        problem=problem,
        done=done,
        made=made,
    )
    return make_response(page, status)

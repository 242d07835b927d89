"""处置话术: what is in force, what waits for a second person, the versions; proposing and deciding."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import AppError, Conflict
from app.flows.keep_wordings import AUTHORS, decide_wording, propose_wording
from app.review import wordings
from app.review.cases import OUTCOMES
from app.review.claiming import SENIORS
from app.review.wordings import TEXT_MAX
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.case_problems import sentence_of
from app.web.console.words import say
from app.web.schema_fields import starred

_SHOWN, _REASON_MAX = 200, 2_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/wordings", "wordings", show)
    console.add_url_rule("/wordings/propose", "propose_wording", propose, **post)
    console.add_url_rule("/wordings/<string:wording_id>", "decide_wording", decide, **post)


def show() -> str:
    """The whole page."""
    return _page(None)


def propose() -> Response:
    """Propose the next version."""
    by, form, now = signed_in.officer().caller, request.form, parts().now()
    said = {name: _text(name) for name in ("outcome", "policy", "text", "reason")}
    try:
        propose_wording(parts(), **said, caller=by, now=now)
    except AppError as error:
        told = say("wording.same") if isinstance(error, Conflict) else sentence_of(error)
        return make_response(_page(told), error.status)
    flash(say("wording.proposed"))
    return redirect(url_for("console.wordings", shown=form.get("outcome", "")), 303)


def decide(wording_id: str) -> Response:
    """Approve or refuse."""
    by, now = signed_in.officer().caller, parts().now()
    approve = request.form.get("decision") == "approve"
    try:
        decide_wording(parts(), wording_id, approve=approve, reason=_text("reason"), caller=by, now=now)
    except AppError as error:
        return make_response(_page(sentence_of(error)), error.status)
    flash(say("wording.decided"))
    return redirect(url_for("console.wordings"), 303)


def _page(told: str | None) -> str:
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        rows = wordings.listed(session, limit=_SHOWN)
        pairs = sorted({(OUTCOMES.index(row.outcome), row.policy) for row in rows if row.state == "approved"})
        present = [wordings.newest(session, OUTCOMES[place], policy) for place, policy in pairs]
        categories = titles.in_force(own, session)
    is_free = by.shop_ids is None
    return render_template(
        "console/wordings.html",
        present=[row for row in present if row is not None and row.text],
        waiting=[row for row in rows if row.state == "waiting"],
        history=[row for row in rows if row.state != "waiting"],
        may_propose=is_free and bool(by.grants & AUTHORS),
        may_decide=is_free and bool(by.grants & SENIORS),
        me=by.name,
        outcomes=OUTCOMES,
        text_max=TEXT_MAX,
        categories=categories,
        title=titles.title,
        told=told,
    )


def _text(field: str) -> str:
    return starred(request.form.get(field, "").replace("\x00", "").replace("\r\n", "\n").strip()[: _REASON_MAX + 1])

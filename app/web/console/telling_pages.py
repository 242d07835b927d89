"""Saying on the page of a case which of several contradicting tellings of a payment, a refund, a split … counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from app.errors import AppError, Conflict, Forbidden, InvalidInput, NotFound, SamePerson
from app.flows.choose_telling import Choice, choose_telling
from app.review import cases
from app.web.auth import parts
from app.web.console import case_list, signed_in
from app.web.console.case_pages import case_page
from app.web.console.contested_things import SETTLERS, may_settle, order_of
from app.web.console.event_case import root_of
from app.web.console.words import say
from app.web.schema_fields import starred

_REASON_MAX, _KEY_MAX, _MOST = 2_000, 500, 1_000


def install(console: Blueprint) -> None:
    """Add the form's target."""
    console.add_url_rule("/cases/<string:case_id>/telling", "choose_telling", choose, methods=["POST"])


def choose(case_id: str) -> Response:
    """Say which telling counts, then show the case; what is missing or in the way is said there."""
    caller, form = signed_in.officer().caller, request.form
    with parts().db.read() as session:
        case = cases.find(session, case_id, caller=caller)
        order = order_of(session, case, root_of(session, case))
    if not may_settle(caller, case.shop_id):
        raise Forbidden(f"this needs one of {', '.join(sorted(SETTLERS))}")
    if order is None:
        raise NotFound("the case is about no order")
    choice = Choice(
        form.get("thing", "")[:_KEY_MAX],
        form.get("telling", "")[:_KEY_MAX],
        starred(form.get("reason", "").strip()[:_REASON_MAX]),
        form.getlist("seen")[:_MOST],
    )
    try:
        told = choose_telling(parts(), order.subject, choice, shop_id=order.shop_id, caller=caller, now=parts().now())
    except (Conflict, InvalidInput, SamePerson) as refused:
        return make_response(case_page(case_id, told=_sentence(refused)), refused.status)
    waits = any(each["thing"] == choice.thing and each["first"] is not None for each in told)
    flash(say("paid.first_done" if waits else "paid.done"))
    onward: dict[str, Any] = {"case_id": case_id} | case_list.Filters.read(form).sent
    return redirect(url_for("console.case", **onward), 303)


def _sentence(refused: AppError) -> str:
    fields = {problem.field for problem in refused.problems}
    if "reason" in fields:
        return say("rules.needs_reason")
    if isinstance(refused, SamePerson):
        return say("paid.same_person")
    return say("paid.needs_choice" if "telling" in fields else "paid.moved")

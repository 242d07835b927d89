"""How an officer likes to look at media and be reminded of breaks; breaks; and images, fetched for the officer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import InvalidInput
from app.flows.look_after import choose_comfort, take_break
from app.flows.show_medium import show_medium
from app.values.comfort import Comfort
from app.web.auth import parts
from app.web.console import desk_notes, signed_in
from app.web.console.words import say


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/account/comfort", "choose_comfort", choose, **post)
    console.add_url_rule("/break", "take_break", rest, **post)
    console.add_url_rule("/cases/<string:case_id>/media/<int:number>", "case_medium_file", medium)


def choose() -> WerkzeugResponse:
    """Keep what was chosen; what is no choice of the form changes nothing."""
    sent = (request.form.get(name, "") for name in ("veil", "break_minutes", "severe_cases"))
    try:
        choose_comfort(parts(), signed_in.officer().username, Comfort.chosen(*sent))
    except InvalidInput:
        flash(say("comfort.wrong"))
    else:
        flash(say("comfort.kept"))
    return redirect(url_for("console.account") + "#h-comfort", 303)


def rest() -> WerkzeugResponse:
    """Begin a break, or be reminded later."""
    now = parts().now()
    if request.form.get("what") == "later":
        desk_notes.remind_later(now)
    else:
        count = take_break(parts(), caller=signed_in.officer().caller, now=now)
        flash(say("comfort.break_begun", count=count))
    return redirect(url_for("console.cases"), 303)


def medium(case_id: str, number: int) -> Response:
    """An image; shown by itself it is nothing but an image."""
    shown = show_medium(parts(), case_id, number, caller=signed_in.officer().caller)
    answer = Response(shown.body, content_type=shown.media_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = "inline"
    return answer

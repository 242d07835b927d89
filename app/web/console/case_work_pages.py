"""What officers do on the pages of cases: forms' targets, and the one cheap answer that open pages ask for.

Every deed is a POST with the form's token. What cannot be done is told on the page it was asked from, with what was
written still in its place; and when a case was changed since the page was made, the page says so and by whom.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from app.errors import AppError, Conflict, Forbidden, InvalidInput, Problem
from app.flows import decide_bulk, work_case
from app.flows.decide_case import decide_case
from app.flows.mark_entity import label_entity
from app.models import Case
from app.review import cases, saved_filters
from app.review.cases import Said, is_claimed
from app.values.access import Caller
from app.values.given_numbers import read_whole
from app.web.auth import parts
from app.web.console import case_list, signed_in
from app.web.console.case_pages import case_page, list_page
from app.web.console.case_problems import bulk_left_out, sentence_of
from app.web.console.case_pulse import pulse_numbers
from app.web.console.shown import actor
from app.web.console.words import name, say
from app.web.schema_fields import STAMP_MAX, starred

_TEXT_MAX = 4_000
_HOLDS = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "1d": timedelta(days=1), "3d": timedelta(days=3)}


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/cases/next", "next_case", take_next, **post)
    console.add_url_rule("/cases/bulk", "bulk_cases", bulk, **post)
    console.add_url_rule("/cases/bulk/<string:bulk_id>/undo", "undo_bulk", undo, **post)
    console.add_url_rule("/cases/filters", "save_filter", save_filter, **post)
    console.add_url_rule("/cases/filters/<string:filter_id>/forget", "forget_filter", forget_filter, **post)
    console.add_url_rule("/cases/pulse", "cases_pulse", pulse)
    console.add_url_rule("/cases/<string:case_id>/labels", "label_entity", label, **post)
    for deed in ("claim", "release", "decide", "hold", "escalate", "reassign", "notes", "draft"):
        console.add_url_rule(f"/cases/<string:case_id>/{deed}", f"case_{deed}", _DEEDS[deed], **post)


def take_next() -> Response:
    """Take the next case and go to it; the list when nothing is left."""
    by, filters = _by(), case_list.Filters.read(request.form)
    skip = request.form.get("skip") or None
    try:
        case = work_case.next_case(parts(), filters=filters.sent, skip=skip, caller=by, now=parts().now())
    except Forbidden as error:
        return make_response(list_page(told=sentence_of(error)), error.status)
    if case is None:
        flash(say("work.none_left"))
        return redirect(_to("cases", filters), 303)
    return redirect(_to("case", filters, case_id=case.id), 303)


def decide(case_id: str) -> Response:
    """Decide, then go to the next case, or stay."""
    by, now, form = _by(), parts().now(), request.form
    outcome = form.get("decision", "")

    def deed() -> Case:
        suggestion = _text("suggestion") if outcome == "return" else None
        policy = form.get("policy", "") if outcome in cases.BOUND else (form.get("policy") or None)
        said = Said(outcome, _text("reason"), policy, suggestion, _stamp())
        return decide_case(parts(), case_id, said, caller=by, now=now)

    try:
        case = deed()
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    key = {"second": "work.done_first", "decided": "work.done"}.get(case.state, "work.done_disputed")
    flash(say(key, case=_short(case), outcome=name("outcome", outcome)))
    if form.get("go_on") == "next":
        return take_next()
    return redirect(_to("case", case_list.Filters.read(form), case_id=case_id), 303)


def claim(case_id: str) -> Response:
    """Take this case."""
    return _deed(case_id, lambda by, now: work_case.claim_case(parts(), case_id, stamp=_stamp(), caller=by, now=now))


def release(case_id: str) -> Response:
    """Give this case back."""
    return _deed(case_id, lambda by, now: work_case.release_case(parts(), case_id, caller=by, now=now))


def hold(case_id: str) -> Response:
    """Put this case aside."""

    def deed(by: Caller, now: datetime) -> Case:
        span = _HOLDS.get(request.form.get("span", ""))
        if span is None:
            raise InvalidInput("how long", problems=[Problem("until", "is not said", ", ".join(_HOLDS))])
        said: dict[str, Any] = {"reason": _text("reason"), "stamp": _stamp()}
        return work_case.hold_case(parts(), case_id, until=now + span, **said, caller=by, now=now)

    return _deed(case_id, deed)


def escalate(case_id: str) -> Response:
    """Hand this case to the seniors."""

    def deed(by: Caller, now: datetime) -> Case:
        said: dict[str, Any] = {"reason": _text("reason"), "stamp": _stamp()}
        return work_case.escalate_case(parts(), case_id, **said, caller=by, now=now)

    return _deed(case_id, deed, goes_on=True)


def reassign(case_id: str) -> Response:
    """Hand this case over."""

    def deed(by: Caller, now: datetime) -> Case:
        said: dict[str, Any] = {"to": request.form.get("to") or None, "reason": _text("reason"), "stamp": _stamp()}
        return work_case.reassign_case(parts(), case_id, **said, caller=by, now=now)

    return _deed(case_id, deed)


def notes(case_id: str) -> Response:
    """Add a note."""
    return _deed(case_id, lambda by, now: work_case.add_note(parts(), case_id, text=_text("text"), caller=by, now=now))


def label(case_id: str) -> Response:
    """Put a label on the case's shop or author."""

    def deed(by: Caller, now: datetime) -> Case:
        with parts().db.read() as session:
            case = cases.find(session, case_id, caller=by)
        label_entity(
            parts(),
            shop_id=case.shop_id,
            entity_type=request.form.get("entity", ""),
            entity_id=case.author_id or "",
            value=_text("value"),
            reason=_text("reason"),
            days=read_whole(request.form.get("days", "")) or 0,
            caller=by,
            now=now,
            case_id=case.id,
        )
        return case

    return _deed(case_id, deed)


def draft(case_id: str) -> Response:
    """Keep what is being written; asked for by the page's script while somebody types."""
    text = request.form.get("text", "")[:_TEXT_MAX]
    work_case.keep_draft(parts(), case_id, text=text, caller=_by(), now=parts().now())
    return Response(status=204)


def bulk() -> Response:
    """Set the chosen cases aside to be decided together, those that can be; the others are told with the reason."""
    sent = request.form.to_dict()
    filters = case_list.Filters.read(sent | {"decision": ""})  # a form of this name says how to decide
    said = Said(sent.get("decision", ""), _text("reason"))
    try:
        asked = decide_bulk.ask_possible(parts(), request.form.getlist("case"), said, caller=_by(), now=parts().now())
    except AppError as error:
        return make_response(list_page(told=sentence_of(error), filters=filters), error.status)
    told = bulk_left_out(asked.left_out)
    if asked.deed is None:
        return make_response(list_page(told=told, filters=filters), 409)
    if told:
        flash(told, "bad")
    return redirect(_to("cases", filters), 303)


def undo(bulk_id: str) -> Response:
    """Take a bulk decision back."""
    try:
        deed = decide_bulk.undo_bulk(parts(), bulk_id, caller=_by(), now=parts().now())
    except Conflict as error:
        return make_response(list_page(told=sentence_of(error)), error.status)
    flash(say("bulk.undone", count=len(deed.case_ids)))
    return redirect(url_for("console.cases"), 303)


def save_filter() -> Response:
    """Keep the filters of the list under a name."""
    filters, wanted, by = case_list.Filters.read(request.form), request.form.get("name", ""), _by()
    now = parts().now()
    try:
        parts().db.write(lambda session: saved_filters.save(session, by.name, wanted, filters.sent, now=now))
    except InvalidInput as error:
        return make_response(list_page(told=sentence_of(error)), error.status)
    return redirect(_to("cases", filters), 303)


def forget_filter(filter_id: str) -> Response:
    """Remove kept filters."""
    by = _by()
    parts().db.write(lambda session: saved_filters.forget(session, by.name, filter_id))
    return redirect(url_for("console.cases"), 303)


def pulse() -> Response:
    """Numbers of the queue and the state of one case, for open pages: a few bytes, 304 while nothing changed."""
    by, now = _by(), parts().now()
    said: dict[str, object] = dict(pulse_numbers(parts(), by, now=now))
    case_id = request.args.get("case", "")
    if case_id:
        with parts().db.read() as session:
            case = cases.find(session, case_id, caller=by)
        said |= {"stamp": case.stamp, "told": _told_of(case, by, now)}
    answer = Response(orjson.dumps(said), content_type="application/json")
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer


def _told_of(case: Case, by: Caller, now: datetime) -> str:
    if case.state not in cases.OPEN_STATES:
        return say("work.changed_decided", who=actor(case.decided_by), outcome=name("outcome", case.outcome))
    if is_claimed(case, now) and case.claimed_by != by.name:
        return say("work.changed_claimed", who=actor(case.claimed_by))
    return say("work.changed")


def _deed(case_id: str, deed: Callable[[Caller, datetime], Case], *, goes_on: bool = False) -> Response:
    filters = case_list.Filters.read(request.form)
    try:
        deed(_by(), parts().now())
    except AppError as error:
        return make_response(case_page(case_id, told=sentence_of(error)), error.status)
    if goes_on and request.form.get("go_on") == "next":
        return take_next()
    return redirect(_to("case", filters, case_id=case_id), 303)


def _to(page: str, filters: case_list.Filters, **more: str) -> str:
    """A page of the console under the same filters."""
    values: dict[str, Any] = {**filters.sent, **more}
    return url_for(f"console.{page}", **values)


def _by() -> Caller:
    return signed_in.officer().caller


def _text(field: str) -> str:
    return starred(request.form.get(field, "").replace("\x00", "").replace("\r\n", "\n").strip()[:_TEXT_MAX])


def _stamp() -> int | None:
    sent = read_whole(request.form.get("stamp", ""))
    return sent if sent is not None and 0 <= sent <= STAMP_MAX else None


def _short(case: Case) -> str:
    return case.summary[:30] or case.id


_DEEDS: dict[str, Callable[[str], Response]] = {
    "claim": claim,
    "release": release,
    "decide": decide,
    "hold": hold,
    "escalate": escalate,
    "reassign": reassign,
    "notes": notes,
    "draft": draft,
}

"""排班: who is on duty, what each officer can judge, shifts and leaves, and what was handed over at a shift's end."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.errors import AppError, Forbidden, InvalidInput, Problem
from app.flows import keep_roster
from app.flows.hand_over import hand_over
from app.flows.keep_roster import CASE_QUEUES, MAKERS, RosterLine
from app.review import rosters, second_reviews
from app.review.claiming import DECIDERS
from app.text.scripts import SCRIPTS
from app.values.given_instants import read_day
from app.values.rosters import DAY_MINUTES, Shift, ShiftKind, Skills
from app.web.auth import parts
from app.web.console import signed_in, titles
from app.web.console.case_problems import sentence_of
from app.web.console.officer_names import officer_name
from app.web.console.uncovered import Uncovered, uncovered
from app.web.console.words import say
from app.web.schema_fields import starred

_OFFICERS_MAX, _NOTE_MAX = 200, 2_000
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/roster", "roster", show)
    console.add_url_rule("/roster/<string:username>/skills", "set_skills", set_skills, **post)
    console.add_url_rule("/roster/<string:username>/shifts", "add_shift", add_shift, **post)
    console.add_url_rule("/roster/shifts/<string:shift_id>/end", "end_roster_shift", end_shift, **post)
    console.add_url_rule("/roster/handovers/<string:handover_id>", "take_handover", take_handover, **post)
    console.add_url_rule("/cases/shift-end", "end_shift", leave, **post)


def show() -> str:
    """Everybody who decides cases, and the newest hand-overs."""
    return _page(told=None)


def set_skills(username: str) -> Response:
    """Say what an officer can judge."""

    def deed() -> None:
        with parts().db.read() as session:
            categories = {*titles.in_force(parts(), session), "doubt"}
        chosen = (frozenset(request.form.getlist(name)) for name in ("queues", "categories", "scripts"))
        keep_roster.set_skills(parts(), username, Skills(*chosen), categories=categories, by=signed_in.officer().caller)

    return _done(deed)


def add_shift(username: str) -> Response:
    """Add a shift or a leave."""
    return _done(lambda: keep_roster.add_shift(parts(), username, _shift(), by=signed_in.officer().caller))


def end_shift(shift_id: str) -> Response:
    """Take a line out of the roster."""
    return _done(lambda: keep_roster.end_shift(parts(), shift_id, by=signed_in.officer().caller))


def take_handover(handover_id: str) -> Response:
    """Say that one has read a hand-over."""
    who, now = signed_in.officer().caller, parts().now()
    if not who.grants & DECIDERS:
        raise Forbidden("hand-overs are read by who decides cases")
    parts().db.write(lambda session: rosters.take_note(session, handover_id, who=who.name, now=now))
    return redirect(url_for("console.cases"), 303)


def leave() -> Response:
    """The end of a shift: everything back to all, or on to a colleague."""
    from app.web.console.case_pages import list_page  # noqa: PLC0415 - the list shows what could not be done

    note = starred(request.form.get("note", "").replace("\x00", "").strip()[:_NOTE_MAX])
    who, to = signed_in.officer().caller, request.form.get("to") or None
    try:
        made = hand_over(parts(), note=note, to=to, caller=who, now=parts().now())
    except AppError as error:
        return make_response(list_page(told=sentence_of(error)), error.status)
    passed = sum(len(each.case_ids) for each in made if each.passed_to)
    returned = sum(len(each.case_ids) for each in made if not each.passed_to)
    if to and passed:
        flash(say("work.shift_passed", count=passed, who=officer_name(to)))
    if to and returned:
        flash(say("work.shift_not_theirs", count=returned, who=officer_name(to)))
    elif not passed:
        flash(say("work.shift_ended", count=returned))
    return redirect(url_for("console.cases"), 303)


def _shift() -> Shift:
    form = request.form
    kind = form.get("kind", "")
    if kind not in set(ShiftKind):
        raise InvalidInput("the shift is wrong", problems=[Problem("kind", kind[:20], ", ".join(ShiftKind))])
    first, last = _day("first_day"), _day("last_day")
    days = [int(each) for each in form.getlist("weekdays") if each in set("1234567")]
    is_leave, is_weekly = kind == ShiftKind.LEAVE, kind == ShiftKind.WEEKLY
    return Shift(
        ShiftKind(kind),
        0 if is_leave else _minutes("opens"),
        DAY_MINUTES if is_leave else _minutes("closes"),
        frozenset(days) if is_weekly else frozenset(),
        first or parts().now().date(),
        last if is_weekly else last or first,
        is_weekly and form.get("keeps_calendar") == "1",
    )


def _minutes(field: str) -> int:
    found = _TIME.fullmatch(request.form.get(field, ""))
    if found is None:
        raise InvalidInput("the shift is wrong", problems=[Problem(field, "is no time", "HH:MM")])
    return int(found[1]) * 60 + int(found[2])


def _day(field: str) -> date | None:
    sent = request.form.get(field, "")
    if sent and read_day(sent) is None:
        raise InvalidInput("the shift is wrong", problems=[Problem(field, sent[:20], "YYYY-MM-DD")])
    return read_day(sent)


def _done(deed: Callable[[], object]) -> Response:
    try:
        deed()
    except AppError as error:
        return make_response(_page(told=sentence_of(error)), error.status)
    flash(say("roster.done"))
    return redirect(url_for("console.roster"), 303)


def _page(*, told: str | None) -> str:
    own, who, now = parts(), signed_in.officer().caller, parts().now()
    before = request.args.get("before", "")[:36] or None
    with own.db.read() as session:
        lines = _lines(session)
        found = rosters.listed(session, before=before)
        blind = second_reviews.blind_cases(session, who)
        categories = titles.in_force(own, session)
        gaps: Sequence[Uncovered] = uncovered(session, [line for line in lines if line.duty.may_take], caller=who)
    return render_template(
        "console/roster.html",
        lines=lines,
        on=[line for line in lines if line.duty.may_take],
        gaps=gaps,
        handovers=found[: rosters.PAGE],
        blind=blind,
        older=found[rosters.PAGE - 1].id if len(found) > rosters.PAGE else None,
        may_make=bool(who.grants & MAKERS),
        categories=categories,
        title=titles.title,
        queues=CASE_QUEUES,
        scripts=SCRIPTS,
        kinds=list(ShiftKind),
        told=told,
        now=now,
    )


def _lines(session: Session) -> list[RosterLine]:
    """Officers who decide cases, those on duty first."""
    lines = keep_roster.roster_lines(parts(), session, now=parts().now())
    return sorted(lines[:_OFFICERS_MAX], key=lambda line: not line.duty.may_take)

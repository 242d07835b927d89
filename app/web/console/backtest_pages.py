"""回测: a candidate tried on what was screened and told before; its progress, and what would have changed.

A run is started from the list (a candidate that waits, or a version that was in force), from a waiting candidate's own
section, or from where rules, parameters, packs and wordlists are changed, with what is written there. The work is the
worker's; these pages only ask and show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import snapshots
from app.backtesting import rows
from app.backtesting.report import as_csv
from app.errors import AppError, BadDefinition, Conflict, Forbidden
from app.events.kind import load_kinds
from app.flows.backtest_answer import backtest_answer
from app.flows.candidate import Proposed
from app.flows.decide_candidate import waiting_candidates
from app.flows.start_backtest import Asked, cancel_backtest, start_backtest
from app.models import Snapshot
from app.values.access import Caller, Role
from app.values.given_numbers import read_whole
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.backtest_cases import cases_of_contents, cases_of_events
from app.web.console.fact_words import kind_word
from app.web.console.problem_words import told as problem_told
from app.web.console.quality_pages import share_text
from app.web.console.shown import actor, short_id
from app.web.console.words import name, say

STARTERS = frozenset({Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.ADMIN})
READERS = STARTERS | {Role.SENIOR, Role.AUDITOR}
DAYS = (7, 30, 90)
WEEK = DAYS[0]
_LISTED, _VERSIONS, _SHOWN = 50, 5, 50
_MOST = 10_000_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    post: dict[str, Any] = {"methods": ["POST"]}
    console.add_url_rule("/backtests", "backtests", show_all)
    console.add_url_rule("/backtests", "start_backtest", start, **post)
    console.add_url_rule("/backtests/<string:backtest_id>", "backtest", show)
    console.add_url_rule("/backtests/<string:backtest_id>.csv", "backtest_csv", download)
    console.add_url_rule("/backtests/<string:backtest_id>/cancel", "cancel_backtest", cancel, **post)


def may_start(caller: Caller) -> bool:
    """Whether the officer may have a candidate tried."""
    return bool(caller.grants & STARTERS)


def begin(
    proposed: Proposed, days: int, *, caller: Caller, most: int | None = None, examples_aside: bool = False
) -> str:
    """Start a run over the last days; its id. Raises what ``start_backtest`` raises."""
    now = parts().now()
    asked = Asked(proposed, now - timedelta(days=days), now, None, most, examples_aside)
    return start_backtest(parts(), asked, caller=caller, now=now)


def problem_of(wrong: AppError) -> str:
    """The first thing that is wrong with what was to be tried, in the page's language."""
    return problem_told(wrong.problems[0]) if wrong.problems else str(wrong)


def show_all() -> str:
    """The runs, and the form that starts one."""
    return _list(_reader(), told=None)


def start() -> Response:
    """Start a run and go to it."""
    by, form = _reader(), request.form
    if not may_start(by):
        raise Forbidden(f"this needs one of {', '.join(sorted(STARTERS))}")
    days, most = read_whole(form.get("days", "")), read_whole(form.get("most", "").strip() or "0")
    with parts().db.read() as session:
        candidate = session.get(Snapshot, form.get("candidate", ""))
    if candidate is None or days not in DAYS or most is None or not 0 <= most <= _MOST:
        return make_response(_list(by, told=say("backtest.bad_form")), 422)
    try:
        run = begin({candidate.kind: candidate.id}, days, caller=by, most=most or None)
    except BadDefinition as wrong:
        return make_response(_list(by, told=say("backtest.bad_candidate", problem=problem_of(wrong))), 422)
    return redirect(url_for("console.backtest", backtest_id=run), 303)


def show(backtest_id: str) -> str:
    """One run: how far it is, or what it found."""
    by = _reader()
    with parts().db.read() as session:
        answer = backtest_answer(session, rows.find(session, backtest_id, caller=by), is_whole=True, caller=by)
        result = answer["result"] or {"samples": [], "events": {"samples": []}}
        case_of = cases_of_contents(session, result["samples"][:_SHOWN], caller=by)
        case_about = cases_of_events(session, result["events"]["samples"][:_SHOWN], caller=by)
    live = parts().live
    known = {rule.id: rule.title for rule in live.current.engine.rules} if live.is_ready else {}
    return render_template(
        "console/backtest.html",
        run=answer,
        result=answer["result"],
        moved=_moved(answer["result"]),
        titles=known,
        case_of=case_of,
        case_about=case_about,
        share_text=share_text,
        shown=_SHOWN,
        kind_word=lambda kind: kind_word(load_kinds().get(kind), kind),
        may_cancel=may_start(by),
    )


def download(backtest_id: str) -> Response:
    """The samples of what would change, as a file. Raises Conflict while there is no result."""
    by = _reader()
    with parts().db.read() as session:
        answer = backtest_answer(session, rows.find(session, backtest_id, caller=by), is_whole=True, caller=by)
    if answer["result"] is None:
        raise Conflict(f"the backtest is {answer['state']} and has no result")
    samples = [*answer["result"]["samples"], *answer["result"]["events"]["samples"]]
    headers = {"Content-Disposition": f'attachment; filename="backtest-{backtest_id}.csv"'}
    return Response(as_csv(samples), content_type="text/csv; charset=utf-8", headers=headers)


def cancel(backtest_id: str) -> Response:
    """End a run; one that is done meanwhile is shown as it is."""
    by = _reader()
    if not may_start(by):
        raise Forbidden(f"this needs one of {', '.join(sorted(STARTERS))}")
    with suppress(Conflict):
        cancel_backtest(parts(), backtest_id, caller=by, now=parts().now())
    return redirect(url_for("console.backtest", backtest_id=backtest_id), 303)


def _reader() -> Caller:
    by = signed_in.officer().caller
    if not by.grants & READERS:
        raise Forbidden(f"this needs one of {', '.join(sorted(READERS))}")
    return by


def _list(by: Caller, *, told: str | None) -> str:
    with parts().db.read() as session:
        found = rows.listed(session, caller=by, limit=_LISTED)
        runs = [backtest_answer(session, run, is_whole=False, caller=by) for run in found]
        candidates = _candidates(session)
    return render_template(
        "console/backtests.html",
        runs=runs,
        candidates=candidates,
        days=DAYS,
        told=told,
        may_start=may_start(by),
        form=request.form,
    )


def _candidates(session: Session) -> list[tuple[str, str]]:
    """What can be tried: what waits for a second person, then what was in force before."""
    found = []
    for kind in snapshots.KINDS:
        said = name("tried", kind)
        waiting = {each.object_id: each for each in waiting_candidates(session, kind)}
        found += [
            (snapshot_id, say("backtest.waits", kind=said, id=short_id(snapshot_id), by=actor(each.requested_by)))
            for snapshot_id, each in waiting.items()
        ]
    for kind in snapshots.KINDS:
        active = snapshots.pointer(session, kind).snapshot_id
        earlier = [each.id for each in snapshots.once_in_force(session, kind, limit=_VERSIONS) if each.id != active]
        found += [(each, say("backtest.version", kind=name("tried", kind), id=short_id(each))) for each in earlier]
    return found


def _moved(result: Mapping[str, Any] | None) -> dict[str, list[Mapping[str, Any]]]:
    """The rules, lists and words whose counts differ, the largest difference first, for contents and events."""
    if result is None:
        return {}

    return {
        "contents": _differing(result["rules"], _of_rule),
        "events": _differing(result["events"]["rules"], _of_rule),
        "lists": _differing(result["wordlists"], _of_word),
        "words": _differing(result["words"], _of_word),
    }


def _differing(counted: Iterable[Mapping[str, Any]], by: Callable[[Mapping[str, Any]], int]) -> list[Mapping[str, Any]]:
    differ = [each for each in counted if each["before"] != each["after"] and by(each)]
    return sorted(differ, key=by, reverse=True)


def _of_rule(each: Mapping[str, Any]) -> int:
    return max(abs(int(each["after"][how]) - int(each["before"][how])) for how in ("fired", "would_fire"))


def _of_word(each: Mapping[str, Any]) -> int:
    return abs(int(each["after"]) - int(each["before"]))

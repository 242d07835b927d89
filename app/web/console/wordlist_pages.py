"""The page of wordlists: what waits for a second officer and why, urgent words, sources, runs, how words did.

Whoever proposed a candidate may only withdraw it, and the flows refuse them anything else all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import refreshes, word_changes
from app.errors import AppError, Forbidden
from app.flows.accept_without import accept_without
from app.flows.change_words import add_urgent, confirm_urgent, propose_change, take_up
from app.flows.decide_candidate import decide_candidate
from app.flows.settle_source import ask_for_refresh
from app.flows.try_words import with_change, with_proposal, with_upload
from app.flows.upload_wordlist import upload_wordlist
from app.text.edit_lists import Edit
from app.text.foreign import FORMATS, Format, Shape
from app.values.access import Caller, Role
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.backtest_pages import STARTERS, WEEK, begin, may_start, problem_of
from app.web.console.candidate_choices import DECIDERS, is_withdrawal, may_decide, reason, withdraw
from app.web.console.wordlist_page import CHANGES_SHOWN, read_page, said_of
from app.web.console.words import say

PROPOSERS = frozenset({Role.OFFICER, Role.SENIOR, Role.RULE_AUTHOR, *DECIDERS})


def install(console: Blueprint) -> None:
    """Add the page and the targets of its forms."""
    console.add_url_rule("/wordlists", "wordlists", show)
    for path, name, view in (
        ("refresh", "refresh_wordlists", refresh),
        ("candidates/<string:snapshot_id>", "decide_wordlists", decide),
        ("changes/<string:change_id>", "decide_word", decide_word),
        ("words", "propose_word", propose_word),
        ("uploads", "upload_wordlist", upload),
    ):
        console.add_url_rule(f"/wordlists/{path}", name, view, methods=["POST"])


def show() -> str:
    """The page."""
    return _page(told=request.args.get("told") if request.args.get("told") in _TOLD else None)


_TOLD = ("lists.asked", "lists.running", "lists.done", "lists.withdrawn")


def refresh() -> Response:
    """Ask for a refresh."""
    caller = _one_of(PROPOSERS)
    now = parts().now()
    with parts().db.read() as session:
        is_running = refreshes.is_running(session, now=now)
    if not is_running:
        parts().db.write(lambda session: ask_for_refresh(session, by=caller.name, now=now))
    return _back("lists.running" if is_running else "lists.asked")


def decide(snapshot_id: str) -> Response:
    """Approve, refuse or withdraw a candidate that waits, or let it in without the words that were ticked."""
    if is_withdrawal():
        return _done(lambda: withdraw(snapshot_id, signed_in.officer().caller), told="lists.withdrawn")
    caller, now = _one_of(DECIDERS), parts().now()
    if request.form.get("decision") == "without":
        named = [each.partition("/") for each in request.form.getlist("leave_out")]
        words = [(wordlist, word) for wordlist, _, word in named]
        return _done(
            lambda: accept_without(parts(), snapshot_id, left_out=words, reason=reason(), by=caller.name, now=now)
        )
    approve = request.form.get("decision") == "approve"
    return _done(
        lambda: decide_candidate(parts(), snapshot_id, approve=approve, reason=reason(), by=caller.name, now=now)
    )


def decide_word(change_id: str) -> Response:
    """Confirm or withdraw an urgent word; take up or leave a proposal of feedback, or try it first."""
    if request.form.get("decision") == "backtest":
        return _tried(lambda: with_proposal(parts(), change_id))
    caller, now = _one_of(DECIDERS), parts().now()
    with parts().db.read() as session:
        state = word_changes.find(session, change_id).state
    accept = request.form.get("decision") == "accept"
    if state == "urgent":
        return _done(
            lambda: confirm_urgent(parts(), change_id, confirm=accept, reason=reason(), by=caller.name, now=now)
        )
    return _done(lambda: take_up(parts(), change_id, accept=accept, by=caller.name, now=now))


def propose_word() -> Response:
    """Propose a word, put it in force at once, or try it first."""
    form = request.form
    edit = Edit("add", "", form.get("category", "")[:64], form.get("word", "").strip()[:300], _verdict())
    if _is_trial():
        return _tried(lambda: with_change(parts(), edit))
    caller, now = _one_of(PROPOSERS), parts().now()
    if form.get("urgent") == "1":
        return _done(lambda: add_urgent(parts(), edit, reason=reason(), by=caller.name, now=now))
    return _done(lambda: propose_change(parts(), edit, reason=reason(), by=caller.name, now=now))


def upload() -> Response:
    """Take an uploaded list, or try it first."""
    form = request.form
    given = request.files.get("file")
    data = b"" if given is None else given.read()
    format_: Format = next((each for each in FORMATS if each == form.get("format")), "lines")
    head = {
        "category": form.get("category", ""),
        "verdict": _verdict(),
        "source": form.get("law", ""),
        "owner": "upload",
    }
    shape = Shape(format_, {} if format_ == "weiheng" else {name: _line(text) for name, text in head.items()})
    name = form.get("name", "")[:56]
    if _is_trial():
        return _tried(lambda: with_upload(parts(), name, data, shape))
    caller, now = _one_of(PROPOSERS), parts().now()
    file_name = (given.filename if given is not None else "") or "file"
    try:
        read = upload_wordlist(
            parts(), name, data, shape, file_name=file_name, reason=reason(), by=caller.name, now=now
        )
    except AppError as refused:
        return make_response(_page(refused=str(refused)), refused.status)
    said = say("lists.uploaded", words=read.words, encoding=read.encoding, left_out=len(read.dropped))
    return make_response(_page(good=said))


def _page(
    *, told: str | None = None, refused: str | None = None, untried: str | None = None, good: str | None = None
) -> str:
    own, caller, now = parts(), signed_in.officer().caller, parts().now()
    with own.db.read() as session:
        shown = read_page(own, session, caller, now=now)
    return render_template(
        "console/wordlists.html",
        page=shown,
        told=say(told) if told else good,
        refused=say("lists.refused", why=refused[:500]) if refused else untried,
        written={} if refused is None and untried is None else request.form,
        may_decide=may_decide(caller),
        may_try=may_start(caller),
        week=WEEK,
        may_propose=_may(caller, PROPOSERS),
        me=caller.name,
        shown=CHANGES_SHOWN,
        said_of=said_of,
        formats=FORMATS,
        now=now,
    )


def _done(work: Callable[[], object], *, told: str = "lists.done") -> Response:
    """Do it and show the page anew; what cannot be done is said there."""
    try:
        work()
    except AppError as refused:
        return make_response(_page(refused=str(refused)), refused.status)
    return _back(told)


def _is_trial() -> bool:
    """Whether the button that was pressed tries what was written instead of proposing it."""
    return request.form.get("do") == "backtest"


def _tried(files: Callable[[], Mapping[str, str]]) -> Response:
    """Begin a backtest of these lists and go to it; what cannot be tried is said on the page."""
    caller = _one_of(STARTERS)
    try:
        run = begin({"wordlists": files()}, WEEK, caller=caller)
    except AppError as refused:
        said = say("backtest.bad_candidate", problem=problem_of(refused))
        return make_response(_page(untried=said), refused.status)
    return redirect(url_for("console.backtest", backtest_id=run), 303)


def _back(told: str) -> Response:
    return redirect(url_for("console.wordlists", told=told), 303)


def _one_of(roles: frozenset[Role]) -> Caller:
    caller = signed_in.officer().caller
    if not _may(caller, roles):
        raise Forbidden(f"this needs one of {', '.join(sorted(roles))}, for all shops")
    return caller


def _may(caller: Caller, roles: frozenset[Role]) -> bool:
    """Whether an officer has one of the roles and is bound to no shop, because a word counts in all of them."""
    return bool(caller.grants & roles) and caller.shop_ids is None


def _verdict() -> str:
    given = request.form.get("verdict", "review")
    return given if given in {"block", "review", "label"} else "review"


def _line(text: str) -> str:
    """One line of a head."""
    return " ".join(text.split())[:200]

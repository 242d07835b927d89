"""The pages of evidence: what waits for a second person, what holds, what ends soon; one piece with its files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.errors import AppError, Forbidden, InvalidInput
from app.evidence import registry
from app.evidence.registry import FILES_MAX, Said
from app.flows.follow_up_evidence import SOON_DAYS
from app.flows.keep_evidence import (
    READERS,
    decide_evidence,
    open_evidence_file,
    propose_evidence,
    record_look,
    withdraw_evidence,
)
from app.flows.sealed_files import shown_name
from app.review.appeals import Sent
from app.review.claiming import DECIDERS
from app.values.access import Caller
from app.values.china_days import day_of
from app.values.evidence import KINDS, SUBJECT_TYPES
from app.values.given_instants import read_day
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.case_list import shops
from app.web.console.words import say

_SHOWN, _SHOPS, _TEXT = 50, 200, 2_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/evidence", "evidence", list_evidence)
    console.add_url_rule("/evidence", "propose_evidence", propose, methods=["POST"])
    console.add_url_rule("/evidence/<string:evidence_id>", "evidence_piece", show_piece)
    console.add_url_rule("/evidence/<string:evidence_id>/decide", "decide_evidence", decide, methods=["POST"])
    console.add_url_rule("/evidence/files/<string:file_id>", "evidence_file", show_file)


def list_evidence() -> str:
    """The registry."""
    return _list(told=None)


def show_piece(evidence_id: str) -> str:
    """One piece."""
    return _piece(evidence_id, told=None)


def propose() -> Response:
    """Register a piece with its files; somebody else verifies it."""
    by = decider()

    def deed() -> None:
        propose_evidence(parts(), _said(), files=sent_files("files"), caller=by, now=parts().now())

    return done(deed, url_for("console.evidence"), lambda told: _list(told=told))


def decide(evidence_id: str) -> Response:
    """Verify, refuse or take back."""
    by = decider()

    def deed() -> None:
        reason, now = request.form.get("reason", "")[:_TEXT], parts().now()
        if request.form.get("decision") == "withdraw":
            withdraw_evidence(parts(), evidence_id, reason=reason, caller=by, now=now)
        else:
            verify = request.form.get("decision") == "verify"
            decide_evidence(parts(), evidence_id, verify=verify, reason=reason, caller=by, now=now)

    where = url_for("console.evidence_piece", evidence_id=evidence_id)
    return done(deed, where, lambda told: _piece(evidence_id, told=told))


def show_file(file_id: str) -> Response:
    """A file as a download; looking at it is on record."""
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        row, _, body = open_evidence_file(own, session, file_id, caller=by)
    record_look(own, row, caller=by, now=own.now())
    return download(body, row.media_type)


def download(body: bytes, media_type: str) -> Response:
    """Bytes that came from outside, never shown inside the console's own pages."""
    answer = make_response(body)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def sent_files(field: str) -> list[Sent]:
    """The files of a form; an empty field sends one without a name."""
    found: list[FileStorage] = request.files.getlist(field)
    return [Sent(each.filename or "file", each.read()) for each in found if each.filename]


def _list(*, told: str | None) -> str:
    own, by, today = parts(), signed_in.officer().caller, day_of(parts().now())
    shop, kind, state = (request.args.get(name, "")[:128] for name in ("shop", "kind", "state"))
    about = {"shop_id": shop or None, "kind": kind if kind in KINDS else None}
    about["state"] = state if state in registry.STATES else None
    with own.db.read() as session:
        found = registry.listed(
            session, caller=by, about=about, before=request.args.get("before") or None, limit=_SHOWN + 1
        )
        counts = registry.counts(session, caller=by, today=today, soon_days=SOON_DAYS)
        known = shops(session, caller=by, limit=_SHOPS)
    page = found[:_SHOWN]
    return render_template(
        "console/evidence.html",
        rows=page,
        more=page[-1].id if len(found) > _SHOWN else None,
        counts=counts,
        kinds=KINDS.values(),
        states=registry.STATES,
        subject_types=SUBJECT_TYPES,
        filters={"shop": shop, "kind": about["kind"] or "", "state": about["state"] or ""},
        shops=known,
        soon=today + timedelta(days=SOON_DAYS),
        today=today,
        may_decide=bool(by.grants & DECIDERS),
        files_max=FILES_MAX,
        typed=request.form,
        told=told,
    )


def _piece(evidence_id: str, *, told: str | None) -> str:
    own, by = parts(), signed_in.officer().caller
    with own.db.read() as session:
        row = registry.find(session, evidence_id, caller=by)
        files = [(each, shown_name(own, session, each)) for each in registry.files_of(session, [row.id])[row.id]]
    return render_template(
        "console/evidence_piece.html",
        row=row,
        kind=KINDS[row.kind],
        files=files,
        is_own=row.proposed_by == by.name,
        may_decide=bool(by.grants & DECIDERS),
        may_read=bool(by.grants & READERS),
        today=day_of(own.now()),
        told=told,
    )


def _said() -> Said:
    form = request.form
    until, subject = form.get("valid_until", ""), form.get("subject", "").strip()[:200]
    claims = form.get("claims", "").replace("，", ",").replace("、", ",").split(",")
    return Said(
        shop_id=form.get("shop_id", "").strip()[:128],
        kind=form.get("kind", ""),
        number=form.get("number", ""),
        issuer=form.get("issuer", ""),
        valid_from=_day(form.get("valid_from", "")),
        valid_until=_day(until) if until else None,
        subject_type=form.get("subject_type", "") if subject else None,
        subject=subject or None,
        category=form.get("category", "").strip()[:64] or None,
        claims=tuple(each.strip() for each in claims if each.strip()),
        note=form.get("note", "").strip()[:_TEXT] or None,
    )


def _day(text: str) -> date:
    if (day := read_day(text)) is None:
        raise InvalidInput(say("registry.bad_day"))
    return day


def decider() -> Caller:
    """The officer who acts, who must be one who decides."""
    by = signed_in.officer().caller
    if not by.grants & DECIDERS:
        raise Forbidden(f"this needs one of {', '.join(sorted(DECIDERS))}")
    return by


def done(deed: Callable[[], None], then: str, page: Callable[[str], str]) -> Response:
    """Do it and go on, or show the page with what was wrong."""
    try:
        deed()
    except AppError as error:
        fields = "、".join(dict.fromkeys(each.field for each in error.problems))
        why = say("registry.wrong_fields", fields=fields) if fields else sentence(error)
        return make_response(page(say("registry.not_done", why=why)), error.status)
    return redirect(then, 303)


def sentence(error: AppError) -> str:
    """Why it could not be done, for an officer."""
    own = {403: "registry.other_person", 404: "error.404", 409: "registry.moved_on"}.get(error.status)
    return say(own) if own else error.detail

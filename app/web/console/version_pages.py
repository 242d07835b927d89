"""One earlier version of the rules or the wordlists: who made it and why, what it changed, and going back to it.

Going back is confirmed here, before the eyes of what it would change, and with a reason. Rules that block, hold or pay
wait for another person where approval is required, as every other change of them does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import snapshots
from app.errors import BadDefinition, Conflict, NotFound
from app.flows.diff_snapshots import Diff, diff_stored
from app.flows.go_back import go_back
from app.flows.past_versions import Version, past_versions
from app.models import Snapshot
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.candidate_choices import REASON_MAX, check_may_decide, may_decide, reason
from app.web.schema_fields import SNAPSHOT_ID

SHOWN = 15
"""Versions a list shows."""
_LOOKED_AT = 200
_CHANGES_SHOWN = 50
_ID = re.compile(SNAPSHOT_ID)


@dataclass(frozen=True, slots=True)
class Looked:
    """A version with when it took force, what it changed of ``before``, and what going back to it would change."""

    found: Snapshot
    times: list[Version]
    before: str | None
    changed: Diff | None
    would: Diff | None
    is_active: bool


def install(console: Blueprint) -> None:
    """Add the pages."""
    for kind in snapshots.KINDS:
        address = f"/{kind}/versions/<string:snapshot_id>"
        console.add_url_rule(address, f"{kind}_version", partial(show, kind))
        console.add_url_rule(address, f"roll_back_{kind}", partial(roll_back, kind), methods=["POST"])


def show(kind: str, snapshot_id: str) -> str:
    """The page of one version."""
    return _page(kind, _find(kind, snapshot_id), told=None)


def roll_back(kind: str, snapshot_id: str) -> Response:
    """Go back to it, then show the list; what is missing or in the way is said here."""
    caller = signed_in.officer().caller
    check_may_decide(caller)
    found = _find(kind, snapshot_id)
    if not (why := reason()):
        return make_response(_page(kind, found, told="rules.needs_reason"), 422)
    try:
        state = go_back(parts(), found, reason=why, by=caller.name, now=parts().now())
    except (Conflict, BadDefinition):
        return make_response(_page(kind, found, told="rules.not_back"), 409)
    if kind == "wordlists":
        return redirect(url_for("console.wordlists", told="lists.done"), 303)
    return redirect(url_for("console.rules", done="back" if state == "active" else f"back_{state}"), 303)


def _find(kind: str, snapshot_id: str) -> Snapshot:
    with parts().db.read() as session:
        found = session.get(Snapshot, snapshot_id)
    if found is None or found.kind != kind or found.first_active_at is None:
        raise NotFound(f"no earlier {kind} {snapshot_id}")
    return found


def _page(kind: str, found: Snapshot, *, told: str | None) -> str:
    with parts().db.read() as session:
        looked = _look(session, kind, found, request.args.get("before", ""))
    return render_template(
        "console/version.html",
        kind=kind,
        looked=looked,
        may_decide=may_decide(signed_in.officer().caller),
        will_wait=kind == "rules" and parts().settings.needs_rule_approval,
        shown=_CHANGES_SHOWN,
        told=told,
        reason=request.form.get("reason", "")[:REASON_MAX],
    )


def _look(session: Session, kind: str, found: Snapshot, before: str) -> Looked:
    times = past_versions(session, kind, limit=_LOOKED_AT, of=found.id)
    active = snapshots.pointer(session, kind).snapshot_id
    asked = session.get(Snapshot, before) if _ID.fullmatch(before) else None
    former = before if asked is not None and asked.kind == kind else (times[0].before if times else None)
    changed = _diff(session, kind, former, found.id) if former else None
    would = _diff(session, kind, active, found.id) if active != found.id else None
    return Looked(found, times, former, changed, would, active == found.id)


def _diff(session: Session, kind: str, before: str | None, after: str) -> Diff | None:
    """The difference; None where this program cannot read one of the two."""
    try:
        return diff_stored(session, kind, before, after)
    except BadDefinition:
        return None

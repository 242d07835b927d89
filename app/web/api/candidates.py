"""Candidates over HTTP: propose rules or wordlists, see what they change, approve, refuse, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app import snapshots
from app.errors import Conflict, InvalidInput, Problem
from app.flows.accept_without import accept_without
from app.flows.decide_candidate import decide_candidate
from app.flows.diff_snapshots import Diff, diff_stored
from app.flows.follow_soon import follow_soon
from app.flows.propose_snapshot import Proposal, propose
from app.flows.withdraw_candidate import withdraw_candidate
from app.rules.edit import set_parameter, set_status
from app.values.access import Scope
from app.web.api.snapshots import SnapshotPath, find, one_snapshot, rules_or_wordlists
from app.web.auth import answered_once, caller, of_all_shops, parts
from app.web.definition_answers import CandidateAnswer, DiffAnswer, SnapshotAnswer
from app.web.definition_schemas import (
    CandidateApprovalIn,
    FileEditIn,
    OwnWithdrawIn,
    ParameterEditIn,
    ReasonIn,
    SnapshotIn,
    StatusEditIn,
)
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import SNAPSHOT_ID

PAGE = 200

blueprint = APIBlueprint(
    "candidates",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="rules and wordlists", description="规则与词库 · what decisions are made by")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class DiffQuery(BaseModel, extra="forbid"):
    """Compared with what, and which page."""

    against: str | None = Field(None, pattern=SNAPSHOT_ID)
    cursor: str | None = Field(None, pattern=r"^[0-9]{1,9}$")
    limit: int = Field(PAGE, ge=1, le=1_000)


@blueprint.post(
    "/snapshots", summary="Propose", responses={200: CandidateAnswer, 201: CandidateAnswer, 202: CandidateAnswer}
)
@answered_once
def propose_snapshot(body: SnapshotIn) -> Response:
    """Check, try and store a candidate; it takes force at once, or waits for a second person."""
    by = of_all_shops(caller(Scope(body.kind)))
    with parts().db.read() as session:
        base = snapshots.pointer(session, body.kind).snapshot_id
        in_force = snapshots.load(session, base) if base else {}
    if body.base is not None and body.base != base:
        raise Conflict(f"{base} is in force and not {body.base}; look at it again")
    files = snapshots.as_texts(body.kind, {name: text.encode() for name, text in _files(body, in_force).items()})
    edited = base if body.edits is not None else None
    proposal = Proposal(body.kind, files, by=by.name, reason=body.reason, base=edited, overwrites=body.base is not None)
    found = propose(parts().db, parts().settings, proposal, now=parts().now())
    state: str = found.state
    if found.state == "active" and not follow_soon(parts()):
        state = "activating"
    answer = _diff_answer(found.diff, kind=body.kind, of=found.snapshot_id, against=base, first=0, limit=PAGE)
    answer |= {
        "state": state,
        "approval_id": found.approval_id,
        "undoes": list(found.undoes),
        "holds": list(found.holds),
    }
    status = {"unchanged": 200, "activating": 202}.get(state, 201)
    return Response(orjson.dumps(answer), status=status, content_type="application/json")


@blueprint.get("/snapshots/<string:snapshot_id>/diff", summary="What it changes", responses={200: DiffAnswer})
def diff_snapshot(path: SnapshotPath, query: DiffQuery) -> Response:
    """What changes from `against` (default: what is in force) to this snapshot, in words and as a list."""
    by = rules_or_wordlists()
    found = find(path.snapshot_id)
    by.require(found.kind)
    if query.against is not None and find(query.against).kind != found.kind:
        problem = Problem("against", "is of another kind", f"a snapshot of {found.kind}")
        raise InvalidInput("the snapshots cannot be compared", problems=[problem])
    with parts().db.read() as session:
        against = query.against or snapshots.pointer(session, found.kind).snapshot_id
        diff = diff_stored(session, found.kind, against, found.id)
    answer = _diff_answer(
        diff, kind=found.kind, of=found.id, against=against, first=int(query.cursor or 0), limit=query.limit
    )
    return Response(orjson.dumps(answer), content_type="application/json")


@blueprint.post("/snapshots/<string:snapshot_id>/approve", summary="Approve", responses={200: SnapshotAnswer})
@answered_once
def approve_snapshot(path: SnapshotPath, body: CandidateApprovalIn) -> Response:
    """Approve a waiting candidate as a second person; it takes force, with `leave_out` without these words."""
    if not body.leave_out:
        return _decide(path, body, approve=True)
    by = of_all_shops(rules_or_wordlists())
    by.require(find(path.snapshot_id).kind)
    words = [(each.wordlist, each.word) for each in body.leave_out]
    made = accept_without(parts(), path.snapshot_id, left_out=words, reason=body.reason, by=by.name, now=parts().now())
    return Response(orjson.dumps(one_snapshot(made)), content_type="application/json")


@blueprint.post("/snapshots/<string:snapshot_id>/refuse", summary="Refuse", responses={200: SnapshotAnswer})
@answered_once
def refuse_snapshot(path: SnapshotPath, body: ReasonIn) -> Response:
    """Refuse a waiting candidate as a second person; it stays stored, and what is in force stays."""
    return _decide(path, body, approve=False)


@blueprint.post("/snapshots/<string:snapshot_id>/withdraw", summary="Withdraw", responses={200: SnapshotAnswer})
@answered_once
def withdraw_snapshot(path: SnapshotPath, body: OwnWithdrawIn) -> Response:
    """Take back a waiting candidate that the caller proposed; it stays stored, and what is in force stays."""
    by = of_all_shops(rules_or_wordlists())
    by.require(find(path.snapshot_id).kind)
    withdraw_candidate(parts(), path.snapshot_id, reason=body.reason or "", by=by.name, now=parts().now())
    return Response(orjson.dumps(one_snapshot(path.snapshot_id)), content_type="application/json")


def _decide(path: SnapshotPath, body: ReasonIn, *, approve: bool) -> Response:
    by = of_all_shops(rules_or_wordlists())
    by.require(find(path.snapshot_id).kind)
    decide_candidate(parts(), path.snapshot_id, approve=approve, reason=body.reason, by=by.name, now=parts().now())
    return Response(orjson.dumps(one_snapshot(path.snapshot_id)), content_type="application/json")


def _files(body: SnapshotIn, in_force: Mapping[str, str]) -> dict[str, str]:
    """All files of the candidate: as sent, or what is in force with the edits in order."""
    files = dict(body.files if body.files is not None else in_force)
    if body.kind == "rules":
        return with_edits(files, body.edits or ())
    for edit in body.edits or ():
        if isinstance(edit, FileEditIn):
            _replace(files, edit)
        else:
            problem = Problem("edits", "wordlists have neither parameters nor states", "path and text")
            raise InvalidInput("the edit cannot be made", problems=[problem])
    return files


def with_edits(
    rules: Mapping[str, str], edits: Sequence[FileEditIn | ParameterEditIn | StatusEditIn]
) -> dict[str, str]:
    """Files of rules with the edits made in order; raises InvalidInput for one that cannot be made."""
    files = dict(rules)
    for edit in edits:
        if isinstance(edit, FileEditIn):
            _replace(files, edit)
        elif isinstance(edit, ParameterEditIn):
            files = set_parameter(files, pack=edit.pack, name=edit.parameter, value=edit.value)
        else:
            files = set_status(files, rule=edit.rule, status=edit.status)
    return files


def _replace(files: dict[str, str], edit: FileEditIn) -> None:
    files.pop(edit.path, None)
    if edit.text is not None:
        files[edit.path] = edit.text


def _diff_answer(diff: Diff, *, kind: str, of: str, against: str | None, first: int, limit: int) -> dict[str, Any]:
    total = len(diff.changes)
    return {
        "id": of,
        "against": against,
        "kind": kind,
        "summary": {"zh": diff.summary("zh"), "en": diff.summary("en")},
        "counts": diff.counts(),
        "hard_rules": list(diff.hard_rules),
        "total": total,
        "items": diff.page(first=first, limit=limit),
        "next_cursor": str(first + limit) if first + limit < total else None,
    }

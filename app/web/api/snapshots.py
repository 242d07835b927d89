"""Rules, wordlists and their snapshots over HTTP: what is in force, what was, and going back."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app import snapshots
from app.errors import Forbidden, NotFound
from app.flows.decide_candidate import waiting_candidates
from app.flows.go_back import go_back
from app.models import Approval, Snapshot
from app.text.diff_files import count_words
from app.text.wordlist import read_heads
from app.values.access import Caller, Scope
from app.web.api.rules import rule_answers
from app.web.auth import answered_once, caller, of_all_shops, parts
from app.web.definition_answers import RuleList, SnapshotAnswer, SnapshotList, WordlistList
from app.web.definition_schemas import ReasonIn
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import SNAPSHOT_ID

blueprint = APIBlueprint(
    "snapshots",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="rules and wordlists", description="规则与词库 · what decisions are made by")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class SnapshotPath(BaseModel):
    """Which snapshot."""

    snapshot_id: str = Field(pattern=SNAPSHOT_ID)


class SnapshotQuery(BaseModel, extra="forbid"):
    """Which snapshots."""

    kind: Literal["rules", "wordlists"] | None = None
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("/rules", summary="Rules in force", responses={200: RuleList})
def list_rules() -> Response:
    """Every rule of the active snapshot: its status, how often it fired, whether its breaker is open."""
    caller(Scope.RULES)
    judge = parts().live.current
    items = rule_answers(parts())
    body = {"items": items, "next_cursor": None, "snapshot": judge.rules_id}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.get("/wordlists", summary="Wordlists in force", responses={200: WordlistList})
def list_wordlists() -> Response:
    """Every list of the active snapshot with its head and how many words it has."""
    caller(Scope.WORDLISTS)
    judge = parts().live.current
    with parts().db.read() as session:
        files = snapshots.load(session, judge.wordlists_id)
    (_, lists), counts = read_heads(files), count_words(files)
    items = [
        {
            "name": each.name,
            "category": each.category,
            "verdict": each.verdict.value,
            "source": each.source,
            "owner": each.owner,
            "match": str(each.match),
            "words": counts[each.name],
        }
        for each in lists
    ]
    body = {"items": items, "next_cursor": None, "snapshot": judge.wordlists_id}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.get("/snapshots", summary="Stored snapshots", responses={200: SnapshotList})
def list_snapshots(query: SnapshotQuery) -> Response:
    """Stored snapshots, newest first, and which are in force."""
    by = rules_or_wordlists()
    kinds = [query.kind] if query.kind else list(snapshots.KINDS)
    with parts().db.read() as session:
        active = {snapshots.pointer(session, kind).snapshot_id for kind in kinds}
        found = [
            one for kind in kinds if kind in by.grants for one in snapshots.newest(session, kind, limit=query.limit)
        ]
        waiting = {each.object_id: each for kind in kinds for each in waiting_candidates(session, kind)}
    found.sort(key=lambda one: one.created_at, reverse=True)
    items = [_answer(one, one.id in active, waiting.get(one.id)) for one in found[: query.limit]]
    body = {"items": items, "next_cursor": None}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.post("/snapshots/<string:snapshot_id>/activate", summary="Go back", responses={200: SnapshotAnswer})
@answered_once
def activate_snapshot(path: SnapshotPath, body: ReasonIn) -> Response:
    """Put a snapshot that was in force before in force again, or leave that to a second person."""
    by = of_all_shops(rules_or_wordlists())
    found = find(path.snapshot_id)
    by.require(found.kind)
    go_back(parts(), found, reason=body.reason, by=by.name, now=parts().now())
    return Response(orjson.dumps(one_snapshot(found.id)), content_type="application/json")


def rules_or_wordlists() -> Caller:
    """The caller, who must have one of the two scopes."""
    try:
        return caller(Scope.RULES)
    except Forbidden:
        return caller(Scope.WORDLISTS)


def find(snapshot_id: str) -> Snapshot:
    """A stored snapshot; raises NotFound."""
    with parts().db.read() as session:
        found = session.get(Snapshot, snapshot_id)
    if found is None:
        raise NotFound(f"no snapshot {snapshot_id}")
    return found


def one_snapshot(snapshot_id: str) -> dict[str, object]:
    """A stored snapshot as plain data; raises NotFound."""
    found = find(snapshot_id)
    with parts().db.read() as session:
        is_active = snapshots.pointer(session, found.kind).snapshot_id == found.id
        waiting = {each.object_id: each for each in waiting_candidates(session, found.kind)}
    return _answer(found, is_active, waiting.get(found.id))


def _answer(one: Snapshot, is_active: bool, waiting: Approval | None) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "is_active": is_active,
        "was_active": one.first_active_at is not None,
        "waiting": None if waiting is None else _waiting(waiting),
        "summary": one.summary,
        "proposed_by": one.proposed_by,
        "created_at": one.created_at,
    }


def _waiting(asked: Approval) -> dict[str, object]:
    return {
        "approval_id": asked.id,
        "base": asked.payload["base"],
        "reason": asked.reason,
        "requested_by": asked.requested_by,
        "requested_at": asked.requested_at,
        "hard_rules": asked.payload["rules"],
        "undoes": asked.payload.get("undoes", []),
        "holds": asked.payload.get("holds", []),
    }

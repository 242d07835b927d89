"""Rules, wordlists and their snapshots over HTTP: what is in force, what was, and going back."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import audit, snapshots
from app.errors import Forbidden, NotFound
from app.flows.follow_snapshots import build_judge, follow_once
from app.models import Snapshot
from app.text.wordlist import load_wordlists
from app.values.access import Caller, Scope
from app.web.answers import RuleList, SnapshotAnswer, SnapshotList, WordlistList
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY

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

    snapshot_id: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


class SnapshotQuery(BaseModel, extra="forbid"):
    """Which snapshots."""

    kind: Literal["rules", "wordlists"] | None = None
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("/rules", summary="Rules in force", responses={200: RuleList})
def list_rules() -> Response:
    """Every rule of the active snapshot with its status."""
    caller(Scope.RULES)
    judge = parts().live.current
    items = [
        {
            "id": rule.id,
            "pack": rule.pack,
            "title": rule.title,
            "status": str(rule.status),
            "on": list(rule.on),
            "reason": rule.reason,
            "references": list(rule.references),
        }
        for rule in judge.engine.rules
    ]
    body = {"items": items, "next_cursor": None, "snapshot": judge.rules_id}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.get("/wordlists", summary="Wordlists in force", responses={200: WordlistList})
def list_wordlists() -> Response:
    """Every list of the active snapshot with its head and how many words it has."""
    caller(Scope.WORDLISTS)
    judge = parts().live.current
    with parts().db.read() as session:
        lists = load_wordlists(snapshots.load(session, judge.wordlists_id)).lists
    items = [
        {
            "name": each.name,
            "category": each.category,
            "verdict": each.verdict.value,
            "source": each.source,
            "owner": each.owner,
            "match": str(each.match),
            "words": len(each.words),
        }
        for each in lists
    ]
    body = {"items": items, "next_cursor": None, "snapshot": judge.wordlists_id}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.get("/snapshots", summary="Stored snapshots", responses={200: SnapshotList})
def list_snapshots(query: SnapshotQuery) -> Response:
    """Stored snapshots, newest first, and which are in force."""
    by = _rules_or_wordlists()
    kinds = [query.kind] if query.kind else list(snapshots.KINDS)
    with parts().db.read() as session:
        active = {snapshots.pointer(session, kind).snapshot_id for kind in kinds}
        found = [
            one for kind in kinds if kind in by.grants for one in snapshots.newest(session, kind, limit=query.limit)
        ]
    found.sort(key=lambda one: one.created_at, reverse=True)
    body = {"items": [_answer(one, one.id in active) for one in found[: query.limit]], "next_cursor": None}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.post("/snapshots/<string:snapshot_id>/activate", summary="Go back", responses={200: SnapshotAnswer})
@answered_once
def activate_snapshot(path: SnapshotPath) -> Response:
    """Put a stored snapshot in force again; it stays so until somebody publishes."""
    by = _rules_or_wordlists()
    with parts().db.read() as session:
        found = session.get(Snapshot, path.snapshot_id)
    if found is None:
        raise NotFound(f"no snapshot {path.snapshot_id}")
    by.require(found.kind)
    _try_to_build(found)
    now = parts().now()

    def work(session: Session) -> None:
        snapshots.activate(session, found.kind, found.id, by=by.name, now=now)
        audit.record(
            session, actor=by.name, action="snapshot.activate", object_type=found.kind, object_id=found.id, now=now
        )

    parts().db.write(work)
    follow_once(parts())
    return Response(orjson.dumps(_answer(found, is_active=True)), content_type="application/json")


def _try_to_build(found: Snapshot) -> None:
    """An old snapshot that this program can no longer build must not be put in force."""
    judge = parts().live.current
    wanted = {"rules": judge.rules_id, "wordlists": judge.wordlists_id} | {found.kind: found.id}
    build_judge(parts(), wanted["rules"], wanted["wordlists"], before=judge)


def _rules_or_wordlists() -> Caller:
    try:
        return caller(Scope.RULES)
    except Forbidden:
        return caller(Scope.WORDLISTS)


def _answer(one: Snapshot, is_active: bool) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "is_active": is_active,
        "summary": one.summary,
        "proposed_by": one.proposed_by,
        "created_at": one.created_at,
    }

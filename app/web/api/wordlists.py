"""Refreshing wordlists over HTTP: ask for it, what it did, the sources, and what a candidate would change."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app import refreshes
from app.errors import NotFound
from app.flows.screen_waiting import waiting_count
from app.flows.settle_source import ask_for_refresh
from app.flows.wordlist_freshness import measured, read_checked_at
from app.models import WordlistCanary, WordlistRefresh
from app.values.access import Caller, Scope
from app.web.api.snapshots import SnapshotPath
from app.web.auth import answered_once, caller, of_all_shops, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id
from app.web.wordlist_schemas import AskedAnswer, CanaryAnswer, RefreshAnswer, RefreshList, SourceList
from app.wordlist_sources.configured import configured

blueprint = APIBlueprint(
    "wordlists",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="wordlists", description="词库更新 · refreshing the wordlists")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class RefreshPath(BaseModel):
    """Which run."""

    refresh_id: Id


class RefreshQuery(BaseModel, extra="forbid"):
    """How many runs."""

    limit: int = Field(50, ge=1, le=200)


@blueprint.post("/wordlists/refresh", summary="Refresh", responses={202: AskedAnswer})
@answered_once
def refresh() -> Response:
    """Have a worker refresh the wordlists now; `GET /v1/wordlists/refreshes` tells what came of it."""
    by = of_all_shops(caller(Scope.WORDLISTS))
    now = parts().now()
    with parts().db.read() as session:
        is_running = refreshes.is_running(session, now=now)
    if not is_running:
        parts().db.write(lambda session: ask_for_refresh(session, by=by.name, now=now))
    return _json({"state": "running" if is_running else "asked"}, status=202)


@blueprint.get("/wordlists/refreshes", summary="What refreshes did", responses={200: RefreshList})
def list_refreshes(query: RefreshQuery) -> Response:
    """Runs, newest first, with their steps and what became of each source."""
    caller(Scope.WORDLISTS)
    with parts().db.read() as session:
        found = [run_answer(run) for run in refreshes.newest(session, limit=query.limit)]
    return _json({"items": found, "next_cursor": None})


@blueprint.get("/wordlists/refreshes/<string:refresh_id>", summary="One refresh", responses={200: RefreshAnswer})
def get_refresh(path: RefreshPath) -> Response:
    """One run."""
    caller(Scope.WORDLISTS)
    with parts().db.read() as session:
        return _json(run_answer(refreshes.find(session, path.refresh_id)))


@blueprint.get("/wordlists/sources", summary="Sources and age", responses={200: SourceList})
def list_sources() -> Response:
    """Every source with its health, and how old the wordlists are."""
    caller(Scope.WORDLISTS)
    return _json(sources_answer())


@blueprint.get("/snapshots/<string:snapshot_id>/canary", summary="What it would change", responses={200: CanaryAnswer})
def get_canary(path: SnapshotPath) -> Response:
    """Why a candidate of a refresh waits, what the checks found, and which contents it would judge otherwise."""
    by = caller(Scope.WORDLISTS)
    return _json(canary_answer(path.snapshot_id, by))


def run_answer(run: WordlistRefresh) -> dict[str, Any]:
    """A run as plain data."""
    columns = ("id", "asked_by", "state", "started_at", "finished_at", "sources", "snapshot")
    return {name: getattr(run, name) for name in columns} | {"steps": run.steps["done"]}


def sources_answer() -> dict[str, Any]:
    """The sources and the wordlists' age as plain data."""
    own, now = parts(), parts().now()
    with own.db.read() as session:
        rows = refreshes.source_rows(session)
        seen = measured(read_checked_at(session), own.settings, now=now)
        waiting = waiting_count(session)
    items = []
    for source in configured(own.settings.wordlist_sources):
        row = rows.get(source.name)
        items.append(
            {
                "name": source.name,
                "type": source.kind,
                "signed": bool(getattr(source.options, "public_keys", ())),
                "state": "new" if row is None else row.state,
                "error": row.error if row else None,
                "lists": [name.removesuffix(".txt") for name in row.lists] if row else [],
                "version": row.version if row else None,
                "tried_at": row.tried_at if row else None,
                "checked_at": row.checked_at if row else None,
                "held_snapshot": row.held_snapshot if row else None,
            }
        )
    freshness = {"level": seen.level.value, "checked_at": seen.checked_at, "age_s": seen.age_s, "waiting": waiting}
    return {"items": items, "next_cursor": None, "freshness": freshness}


def canary_answer(snapshot_id: str, by: Caller) -> dict[str, Any]:
    """What was kept of a candidate, with the contents of the caller's shops; raises NotFound."""
    with parts().db.read() as session:
        kept = session.get(WordlistCanary, snapshot_id)
    if kept is None:
        raise NotFound(f"no refresh made {snapshot_id}")
    samples = [each for each in kept.canary.get("samples", ()) if by.may_see(each["shop_id"])]
    return {
        "snapshot_id": kept.snapshot_id,
        "source": kept.source,
        "refresh_id": kept.refresh_id,
        "holds": kept.holds,
        "findings": kept.findings.get("items", []),
        "canary": kept.canary | {"samples": samples},
        "created_at": kept.created_at,
    }


def _json(value: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")

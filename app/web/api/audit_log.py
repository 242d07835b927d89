"""The audit log over HTTP: rows, signed checkpoints, and proofs that somebody else can check."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.audit import reading, tree
from app.audit.leaf import leaf_of
from app.audit.reading import Entry, Filters
from app.audit.sealing import newest_checkpoint
from app.audit.tree import Proof
from app.errors import NotFound, NotReady
from app.flows.kept_back import check_row_not_blind
from app.flows.seal_audit import keys_of
from app.models import AuditCheckpoint
from app.review import second_reviews
from app.values.access import Scope
from app.web.audit_answers import AuditPage, CheckpointPage, RowProofAnswer
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id, Instant

blueprint = APIBlueprint(
    "audit_log",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="audit", description="审计 · who did what, verifiable")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class AuditPath(BaseModel):
    """Which row."""

    audit_id: Id


class AuditQuery(BaseModel, extra="forbid"):
    """Which rows; the period is from ``from_at`` until before ``to_at``."""

    actor: Id | None = None
    action: Id | None = None
    object_type: Id | None = None
    object_id: Id | None = None
    shop_id: Id | None = None
    from_at: Instant | None = None
    to_at: Instant | None = None
    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=200)


class CheckpointQuery(BaseModel, extra="forbid"):
    """Which checkpoints; ``since`` asks for the proof that the newest grew out of the tree of so many rows."""

    since: int | None = Field(None, ge=1, le=2**62)
    cursor: int | None = Field(None, ge=1, le=2**62)
    limit: int = Field(50, ge=1, le=200)


@blueprint.get("/audit", summary="The audit log", responses={200: AuditPage})
def list_rows(query: AuditQuery) -> Response:
    """Rows of the key's shops, newest first; rows that concern no shop only for keys of all shops.

    Rows about a case that this person reviews blind are left out until it is decided.
    """
    by = caller(Scope.ADMIN)
    filters = Filters(**query.model_dump(exclude={"cursor", "limit"}))
    with parts().db.read() as session:
        blind = second_reviews.blind_cases(session, by)
        found = reading.listed(session, filters, caller=by, before=query.cursor, limit=query.limit + 1, without=blind)
    page = found[: query.limit]
    more = page[-1].row.id if len(found) > query.limit else None
    return _json({"items": [row_answer(entry) for entry in page], "next_cursor": more})


@blueprint.get("/audit/checkpoints", summary="Signed checkpoints", responses={200: CheckpointPage})
def list_checkpoints(query: CheckpointQuery) -> Response:
    """What was signed over the log, and the keys that signed it."""
    caller(Scope.ADMIN)
    with parts().db.read() as session:
        found = reading.checkpoints(session, before=query.cursor, limit=query.limit + 1)
        newest = newest_checkpoint(session)
        growth = None
        if query.since is not None:
            if newest is None or query.since > newest.size:
                raise NotFound(f"nothing was signed yet over {query.since} rows")
            grown = tree.prove_growth(session, query.since, newest.size)
            growth = proof_answer(grown) | {"first": query.since}
    page = found[: query.limit]
    more = str(page[-1].size) if len(found) > query.limit else None
    items = [_checkpoint_answer(row) for row in page]
    return _json({"items": items, "next_cursor": more, "public_keys": _keys(), "growth": growth})


@blueprint.get("/audit/<string:audit_id>/proof", summary="Proof of a row", responses={200: RowProofAnswer})
def prove(path: AuditPath) -> Response:
    """That a row stands in the log as the newest checkpoint signed it; `clients/verify_audit.py --proof` checks it."""
    by = caller(Scope.ADMIN)
    with parts().db.read() as session:
        entry = reading.find(session, path.audit_id, caller=by)
        check_row_not_blind(session, entry.row, caller=by)
        newest = newest_checkpoint(session)
        if entry.seq is None or newest is None or newest.size <= entry.seq:
            raise NotReady("the row is not sealed yet", retry_after_s=15)
        inclusion = tree.prove_row(session, entry.seq, newest.size)
    answer = {
        "id": entry.row.id,
        "seq": entry.seq,
        "leaf": leaf_of(entry.row, entry.seq).decode(),
        "inclusion": proof_answer(inclusion),
        "checkpoint": newest.note,
        "public_keys": _keys(),
    }
    return _json(answer)


def row_answer(entry: Entry) -> dict[str, Any]:
    """A row as plain data."""
    names = ("id", "at", "actor", "action", "object_type", "object_id", "shop_id", "reason", "details")
    return {"seq": entry.seq} | {name: getattr(entry.row, name) for name in names}


def proof_answer(proof: Proof) -> dict[str, Any]:
    """A proof as plain data."""
    return {"size": proof.size, "root": proof.root.hex(), "hashes": [each.hex() for each in proof.hashes]}


def _checkpoint_answer(row: AuditCheckpoint) -> dict[str, Any]:
    return {"size": row.size, "root": row.root.hex(), "at": row.at, "key_id": row.key_id, "note": row.note}


def _keys() -> list[str]:
    return [str(key) for key in keys_of(parts())]


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

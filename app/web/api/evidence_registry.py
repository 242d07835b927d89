"""The registry of evidence over HTTP: register, verify by a second person, take back, look up, read the files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from app.errors import NotFound
from app.evidence import registry
from app.flows.keep_evidence import (
    add_files,
    decide_evidence,
    open_evidence_file,
    propose_evidence,
    record_look,
    withdraw_evidence,
)
from app.flows.sealed_files import from_base64
from app.models import Evidence
from app.values.access import Scope
from app.values.china_days import day_of
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.evidence_answers import (
    DecideEvidenceIn,
    EvidenceFilePath,
    EvidenceIn,
    EvidencePath,
    EvidenceQuery,
    PieceAnswer,
    PiecePage,
    ProofFilesIn,
    WithdrawIn,
    piece_answer,
)

blueprint = APIBlueprint(
    "evidence_registry",
    __name__,
    url_prefix="/v1/evidence",
    abp_tags=[Tag(name="evidence", description="凭证 · the registry of evidence")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


@blueprint.post("", summary="Register evidence", responses={201: PieceAnswer})
@answered_once
def propose(body: EvidenceIn) -> Response:
    """It counts once somebody else has verified it."""
    by, now = caller(Scope.SCREEN), parts().now()
    files = [from_base64(number, each.name, each.content_base64) for number, each in enumerate(body.files)]
    return _one(propose_evidence(parts(), body.said(), files=files, caller=by, now=now), status=201)


@blueprint.get("", summary="Evidence", responses={200: PiecePage})
def list_evidence(query: EvidenceQuery) -> Response:
    """Pieces of the key's shops, the newest first."""
    by, today = caller(Scope.SCREEN), day_of(parts().now())
    within, about = query.ends_within_days, query.model_dump(include={"shop_id", "kind", "state", "subject", "number"})
    ends_before = None if within is None else today + timedelta(days=within + 1)
    with parts().db.read() as session:
        found = registry.listed(
            session, caller=by, about=about, before=query.cursor, ends_before=ends_before, limit=query.limit + 1
        )
        page = found[: query.limit]
        files = registry.files_of(session, [row.id for row in page])
    more = page[-1].id if len(found) > query.limit else None
    return _json({"items": [piece_answer(row, files[row.id], today=today) for row in page], "next_cursor": more})


@blueprint.get("/<string:evidence_id>", summary="One piece of evidence", responses={200: PieceAnswer})
def show(path: EvidencePath) -> Response:
    """One piece with its files' digests."""
    by = caller(Scope.SCREEN)
    with parts().db.read() as session:
        row = registry.find(session, path.evidence_id, caller=by)
    return _one(row)


@blueprint.post("/<string:evidence_id>/files", summary="Add files", responses={200: PieceAnswer})
@answered_once
def add(path: EvidencePath, body: ProofFilesIn) -> Response:
    """While it waits to be looked at."""
    by, now = caller(Scope.SCREEN), parts().now()
    files = [from_base64(number, each.name, each.content_base64) for number, each in enumerate(body.files)]
    return _one(add_files(parts(), path.evidence_id, files=files, caller=by, now=now))


_BYTES = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/pdf", "image/jpeg")}


@blueprint.get(
    "/<string:evidence_id>/files/<string:file_id>",
    summary="A file",
    responses={200: {"description": "The file", "content": _BYTES}},
)
def show_file(path: EvidenceFilePath) -> Response:
    """The file as it came; looking at it is on record."""
    by, now = caller(Scope.CASES), parts().now()
    with parts().db.read() as session:
        row, _, body = open_evidence_file(parts(), session, path.file_id, caller=by)
    if row.evidence_id != path.evidence_id:
        raise NotFound(f"no file {path.file_id}")
    record_look(parts(), row, caller=by, now=now)
    answer = Response(body, content_type=row.media_type)
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.post("/<string:evidence_id>/decide", summary="Verify or refuse", responses={200: PieceAnswer})
@answered_once
def decide(path: EvidencePath, body: DecideEvidenceIn) -> Response:
    """By somebody else than who registered it."""
    by, now = caller(Scope.CASES), parts().now()
    said: dict[str, Any] = {"verify": body.verify, "reason": body.reason}
    return _one(decide_evidence(parts(), path.evidence_id, **said, caller=by, now=now))


@blueprint.post("/<string:evidence_id>/withdraw", summary="Take back", responses={200: PieceAnswer})
@answered_once
def withdraw(path: EvidencePath, body: WithdrawIn) -> Response:
    """It counts no more, and what was let through because of it goes to a person."""
    by, now = caller(Scope.SCREEN), parts().now()
    return _one(withdraw_evidence(parts(), path.evidence_id, reason=body.reason, caller=by, now=now))


def _one(row: Evidence, *, status: int = 200) -> Response:
    with parts().db.read() as session:
        files = registry.files_of(session, [row.id])[row.id]
    return _json(piece_answer(row, files, today=day_of(parts().now())), status=status)


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

"""Evidence packs over HTTP: a case with everything that proves it, as JSON or on paper."""

from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.flows.export_evidence import export_evidence
from app.values.access import Scope
from app.web.api.cases import CasePath
from app.web.auth import caller, parts
from app.web.console.evidence_pdf import evidence_pdf
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Reason

blueprint = APIBlueprint(
    "evidence",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="cases", description="案件 · the review queue")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class EvidenceIn(Contract):
    """What for, and in which form."""

    reason: Reason
    format: Literal["json", "pdf"] = "json"


class ProvedRow(BaseModel):
    """A row of the audit log as it was hashed, and its path to the checkpoint's root, hashes in hex."""

    leaf: str
    path: list[str]


class EvidenceAnswer(BaseModel):
    """An evidence pack: `clients/verify_evidence.py` verifies it with the log's public key alone."""

    format: Literal["weiheng-evidence/1"]
    document: str
    digest: str
    rows: list[ProvedRow]
    checkpoint: str
    public_keys: list[str]


@blueprint.post("/cases/<string:case_id>/evidence", summary="Evidence pack", responses={200: EvidenceAnswer})
def export(path: CasePath, body: EvidenceIn) -> Response:
    """Exporting is on record itself: the document's digest goes into the audit log before the pack is made."""
    by, now = caller(Scope.CASES), parts().now()
    pack = export_evidence(parts(), path.case_id, reason=body.reason, caller=by, now=now)
    if body.format == "pdf":
        return Response(evidence_pdf(pack, at=now), content_type="application/pdf")
    return Response(orjson.dumps(pack), content_type="application/json")

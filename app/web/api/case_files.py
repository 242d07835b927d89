"""Files of cases over HTTP: adding one, which there are, and one as it was sent."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.flows.attach_file import attach_file, files_of, open_case_file
from app.models import CaseFile
from app.review import cases
from app.review.appeals import Sent
from app.values.access import Scope
from app.web.api.appeals import FileIn, decoded
from app.web.api.cases import CasePath
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id

blueprint = APIBlueprint(
    "case_files",
    __name__,
    url_prefix="/v1/cases/<string:case_id>/files",
    abp_tags=[Tag(name="cases", description="案件 · the review queue")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_KINDS = ("application/pdf", "image/jpeg", "image/png")


class CaseFilePath(CasePath):
    """Which file of which case."""

    file_id: Id


class CaseFileAnswer(BaseModel):
    """A file; personal data in its name is starred."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: str


class CaseFiles(BaseModel):
    """The files of a case, in the order they were added."""

    items: list[CaseFileAnswer]


@blueprint.get("", summary="Files of a case", responses={200: CaseFiles})
def list_files(path: CasePath) -> Response:
    """At most 20 a case."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        case = cases.find(session, path.case_id, caller=by)
        items = [_answer(row, name) for row, name in files_of(parts(), session, case.id)]
    return Response(orjson.dumps({"items": items}), content_type="application/json")


@blueprint.post("", summary="Add a file to a case", responses={200: CaseFileAnswer})
@answered_once
def add_file(path: CasePath, body: FileIn) -> Response:
    """PDF, JPEG or PNG, told by its first bytes; kept sealed."""
    by = caller(Scope.CASES)
    sent = Sent(body.name, decoded("content_base64", body.content_base64))
    row = attach_file(parts(), path.case_id, sent, caller=by, now=parts().now())
    with parts().db.read() as session:
        name = next(name for each, name in files_of(parts(), session, row.case_id) if each.id == row.id)
    return Response(orjson.dumps(_answer(row, name)), content_type="application/json")


@blueprint.get(
    "/<string:file_id>",
    summary="One file",
    responses={200: {"description": "The file", "content": {kind: {"schema": {"type": "string"}} for kind in _KINDS}}},
)
def get_file(path: CaseFilePath) -> Response:
    """As it was sent, to be saved."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        row, name, body = open_case_file(parts(), session, path.case_id, path.file_id, caller=by)
    answer = Response(body, content_type=row.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _answer(row: CaseFile, name: str) -> dict[str, object]:
    columns = ("id", "media_type", "size", "sha256", "added_by", "added_at")
    return {"name": name, **{column: getattr(row, column) for column in columns}}

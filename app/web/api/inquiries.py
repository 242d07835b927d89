"""Exports for an authority's inquiry (协查) over HTTP: ask, look how far it is, download, cancel."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows import export_inquiry
from app.flows.download_inquiry import download_inquiry
from app.flows.export_inquiry import Asked, ask_inquiry, cancel_inquiry
from app.models import Inquiry
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Instant, Reason, ShopId

blueprint = APIBlueprint(
    "inquiries",
    __name__,
    url_prefix="/v1/inquiries",
    abp_tags=[Tag(name="inquiries", description="协查 · exports for an authority")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
ZIP = "application/zip"
_BLOCK = 2**18


class InquiryIn(Contract):
    """Whose records, from `from_at` until before `to_at`, for which duty and why; personal data only where needed."""

    shop_id: ShopId
    from_at: Instant
    to_at: Instant
    reason: Reason
    purpose: Literal["legal_duty", "security", "person_request"] = "legal_duty"
    with_personal: bool = False
    notice_id: Id | None = None


class InquiryQuery(BaseModel, extra="forbid"):
    """A page, the newest first."""

    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=200)


class InquiryPath(BaseModel):
    """Which export."""

    inquiry_id: Id


class InquiryAnswer(BaseModel):
    """An export; `total` is what was counted when it was asked for, `digest` that of its manifest."""

    inquiry_id: str
    shop_id: str
    from_at: str
    to_at: str
    purpose: str
    reason: str
    with_personal: bool
    notice_id: str | None
    state: Literal["running", "done", "cancelled", "failed"]
    done: int
    total: int
    asked_by: str
    created_at: str
    finished_at: str | None
    digest: str | None


class InquiryPage(BaseModel):
    """A page of exports."""

    items: list[InquiryAnswer]
    next_cursor: str | None


_TOLD = tuple(name for name in InquiryAnswer.model_fields if name != "inquiry_id")


@blueprint.post("", summary="Ask for an export", responses={202: InquiryAnswer})
@answered_once
def ask(body: InquiryIn) -> Response:
    """It is made in the background; with personal data the key also needs `reveal`."""
    by, now = caller(Scope.CASES), parts().now()
    return _json(inquiry_answer(ask_inquiry(parts(), Asked(**body.model_dump()), caller=by, now=now)), status=202)


@blueprint.get("", summary="Exports", responses={200: InquiryPage})
def list_inquiries(query: InquiryQuery) -> Response:
    """Exports of the key's shops, the newest first."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        found = export_inquiry.listed(session, caller=by, before=query.cursor, limit=query.limit + 1)
    page = found[: query.limit]
    more = page[-1].id if len(found) > query.limit else None
    return _json({"items": [inquiry_answer(run) for run in page], "next_cursor": more})


@blueprint.get("/<string:inquiry_id>", summary="How far an export is", responses={200: InquiryAnswer})
def show(path: InquiryPath) -> Response:
    """One export."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        return _json(inquiry_answer(export_inquiry.find(session, path.inquiry_id, caller=by)))


@blueprint.get(
    "/<string:inquiry_id>/file",
    summary="Download",
    responses={200: {"description": "The ZIP", "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
def download(path: InquiryPath) -> Response:
    """The ZIP with its signed manifest; `clients/verify_inquiry.py` verifies it. On record itself."""
    by, now = caller(Scope.CASES), parts().now()
    return zip_answer(download_inquiry(parts(), path.inquiry_id, caller=by, now=now), path.inquiry_id)


@blueprint.post("/<string:inquiry_id>/cancel", summary="Cancel", responses={200: InquiryAnswer})
@answered_once
def cancel(path: InquiryPath) -> Response:
    """End one that is running; what was made of it is removed."""
    by, now = caller(Scope.CASES), parts().now()
    return _json(inquiry_answer(cancel_inquiry(parts(), path.inquiry_id, caller=by, now=now)))


def zip_answer(made: Any, inquiry_id: str) -> Response:
    """An open file as a download, block by block."""

    def blocks() -> Any:
        with made:
            while block := made.read(_BLOCK):
                yield block

    answer = Response(blocks(), content_type=ZIP)
    answer.headers["Content-Disposition"] = f'attachment; filename="inquiry-{inquiry_id}.zip"'
    return answer


def inquiry_answer(run: Inquiry) -> dict[str, Any]:
    """An export as plain data."""
    return {"inquiry_id": run.id} | {name: getattr(run, name) for name in _TOLD}


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

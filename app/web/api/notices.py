"""Regulators' notices and 12315 complaints over HTTP: record, take, answer, close, and the list by due date."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, Field

from app.errors import NotFound
from app.flows import read_notices
from app.flows.keep_notices import answer_notice, close_notice, take_notice
from app.flows.read_notices import open_notice_file, text_of
from app.flows.record_notice import Recorded, record_notice
from app.flows.sealed_files import from_base64
from app.models import Notice
from app.text.personal_data import without_personal
from app.values.access import Scope
from app.values.notices import FILES_MAX, KINDS, TEXT_MAX, TITLE_MAX
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.evidence_answers import ProofFileIn
from app.web.schema_fields import Contract, Day, Id, Instant, Reason, ShopId, no_nul

blueprint = APIBlueprint(
    "notices",
    __name__,
    url_prefix="/v1/notices",
    abp_tags=[Tag(name="notices", description="监管通知 · regulators' notices and 12315 complaints")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown kind of notice; expected: one of {', '.join(KINDS)}")
    return kind


NoticeKind = Annotated[str, Field(max_length=32, json_schema_extra={"enum": list(KINDS)}), AfterValidator(_known)]
Named = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(no_nul)]
Long = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(no_nul)]
_TOLD = (
    "shop_id",
    "kind",
    "number",
    "authority",
    "subject_type",
    "subject",
    "title",
    "received_on",
    "due_at",
    "due_basis",
    "state",
    "case_id",
    "hold_id",
    "recorded_by",
    "recorded_at",
    "taken_by",
    "taken_at",
    "answered_by",
    "answered_at",
    "closed_by",
    "closed_at",
    "closed_why",
)


class NoticeIn(Contract):
    """A notice as it came; `hold_until` keeps all records of the shop until then."""

    shop_id: ShopId
    kind: NoticeKind
    number: Named
    authority: Named
    title: Annotated[str, Field(min_length=1, max_length=TITLE_MAX, pattern=r"\S"), AfterValidator(no_nul)]
    text: Long = ""
    received_on: Day
    due_at: Instant | None = None
    subject_type: Literal["order", "content", "sku", "person", "other"] | None = None
    subject: Id | None = None
    hold_until: Instant | None = None
    files: list[ProofFileIn] = Field(default_factory=list, max_length=FILES_MAX)


class NoticeReplyIn(Contract):
    """What was answered, with its documents."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX, pattern=r"\S"), AfterValidator(no_nul)]
    files: list[ProofFileIn] = Field(default_factory=list, max_length=FILES_MAX)


class CloseIn(Contract):
    """Why it is over."""

    reason: Reason


class NoticeQuery(BaseModel, extra="forbid"):
    """A page, the next due first; `open` is received or working."""

    shop_id: ShopId | None = None
    kind: NoticeKind | None = None
    state: Literal["open", "received", "working", "answered", "closed"] | None = None
    cursor: Annotated[str | None, Field(max_length=300)] = None
    limit: int = Field(50, ge=1, le=200)


class NoticePath(BaseModel):
    """Which notice."""

    notice_id: Id


class NoticeFilePath(BaseModel):
    """Which document of which notice."""

    notice_id: Id
    file_id: Id


class NoticeItem(BaseModel):
    """A notice. `is_late`: it is due and not answered, or was answered late."""

    notice_id: str
    shop_id: str
    kind: str
    number: str
    authority: str
    subject_type: str | None
    subject: str | None
    title: str
    received_on: str
    due_at: str
    due_basis: str
    is_late: bool
    state: Literal["received", "working", "answered", "closed"]
    case_id: str | None
    hold_id: str | None
    recorded_by: str
    recorded_at: str
    taken_by: str | None
    taken_at: str | None
    answered_by: str | None
    answered_at: str | None
    closed_by: str | None
    closed_at: str | None
    closed_why: str | None


class NoticeAnswer(NoticeItem):
    """A notice with what it says and what was answered, personal data starred, and its documents."""

    text: str | None
    answer: str | None
    files: list[dict[str, Any]]


class NoticePage(BaseModel):
    """A page of notices."""

    items: list[NoticeItem]
    next_cursor: str | None


@blueprint.post("", summary="Record a notice", responses={201: NoticeAnswer})
@answered_once
def record(body: NoticeIn) -> Response:
    """It becomes a case of the seniors, due when the notice says or the law does."""
    by, now = caller(Scope.CASES), parts().now()
    files = [from_base64(number, each.name, each.content_base64) for number, each in enumerate(body.files)]
    said = Recorded(**body.model_dump(exclude={"files"}))
    return _one(record_notice(parts(), said, files=files, caller=by, now=now), status=201)


@blueprint.get("", summary="Notices", responses={200: NoticePage})
def list_notices(query: NoticeQuery) -> Response:
    """Notices of the key's shops, the next due first."""
    by, now = caller(Scope.CASES), parts().now()
    about = query.model_dump(include={"shop_id", "kind", "state"})
    with parts().db.read() as session:
        found = read_notices.listed(session, caller=by, after=read_cursor(query.cursor), limit=query.limit + 1, **about)
    page = found[: query.limit]
    more = write_cursor(page[-1].due_at, page[-1].id) if len(found) > query.limit else None
    return _json({"items": [item_answer(row, now) for row in page], "next_cursor": more})


@blueprint.get("/<string:notice_id>", summary="One notice", responses={200: NoticeAnswer})
def show(path: NoticePath) -> Response:
    """One notice, whole."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        row = read_notices.find(session, path.notice_id, caller=by)
    return _one(row)


@blueprint.get(
    "/<string:notice_id>/files/<string:file_id>",
    summary="A document",
    responses={200: {"description": "The file", "content": {"application/pdf": {"schema": {"type": "string"}}}}},
)
def show_file(path: NoticeFilePath) -> Response:
    """The document as it came."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        row, _, body = open_notice_file(parts(), session, path.file_id, caller=by)
    if row.notice_id != path.notice_id:
        raise NotFound(f"no file {path.file_id}")
    answer = Response(body, content_type=row.media_type)
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.post("/<string:notice_id>/take", summary="Take a notice", responses={200: NoticeAnswer})
@answered_once
def take(path: NoticePath) -> Response:
    """Say that one works on it."""
    by, now = caller(Scope.CASES), parts().now()
    return _one(take_notice(parts(), path.notice_id, caller=by, now=now))


@blueprint.post("/<string:notice_id>/answer", summary="Answer a notice", responses={200: NoticeAnswer})
@answered_once
def answer(path: NoticePath, body: NoticeReplyIn) -> Response:
    """Keep what was answered to the authority; its case is closed."""
    by, now = caller(Scope.CASES), parts().now()
    files = [from_base64(number, each.name, each.content_base64) for number, each in enumerate(body.files)]
    return _one(answer_notice(parts(), path.notice_id, text=body.text, files=files, caller=by, now=now))


@blueprint.post("/<string:notice_id>/close", summary="Close a notice", responses={200: NoticeAnswer})
@answered_once
def close(path: NoticePath, body: CloseIn) -> Response:
    """After the answer, or without one where the authority withdrew it."""
    by, now = caller(Scope.CASES), parts().now()
    return _one(close_notice(parts(), path.notice_id, reason=body.reason, caller=by, now=now))


def item_answer(row: Notice, now: Any) -> dict[str, Any]:
    """A notice as plain data."""
    is_late = (row.answered_at or (now if row.state in read_notices.OPEN else row.due_at)) > row.due_at
    return {"notice_id": row.id, **{name: getattr(row, name) for name in _TOLD}, "is_late": is_late}


def _one(row: Notice, *, status: int = 200) -> Response:
    with parts().db.read() as session:
        told = {name: text_of(parts(), session, row, name) for name in ("text", "answer")}
        files = [
            {"file_id": f.id, "side": f.side, "sha256": f.sha256, "size": f.size, "media_type": f.media_type}
            for f in read_notices.files_of(session, row.id)
        ]
    shown = {name: without_personal(value) if value else value for name, value in told.items()}
    return _json(item_answer(row, parts().now()) | shown | {"files": files}, status=status)


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

"""Working on cases over HTTP: the next one, keeping and giving back, holding, escalating, handing over, notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.audit.reading import of_object
from app.flows import work_case
from app.models import Case
from app.review import cases
from app.values.access import Caller, Scope
from app.web.api.cases import CasePath, case_answers
from app.web.auth import answered_once, caller, parts
from app.web.case_answers import CaseAnswer
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import STAMP_MAX, Contract, Instant, Reason, Suggestion

blueprint = APIBlueprint(
    "case_work",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="cases", description="案件 · the review queue")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_TIMELINE_MAX = 200
_Stamp = Field(None, ge=0, le=STAMP_MAX, description="the case's `stamp` as it was seen; refused when it has changed")


class NextIn(Contract):
    """Which case to take: what it is narrowed to, and one to give back and pass over."""

    queue: Literal["content", "orders", "senior"] | None = None
    category: str | None = Field(None, min_length=1, max_length=64)
    shop_id: str | None = Field(None, min_length=1, max_length=128)
    severity: int | None = Field(None, ge=1, le=5)
    skip: str | None = Field(None, min_length=1, max_length=36)


class NextAnswer(BaseModel):
    """The case that was taken; null when nothing is left."""

    case: CaseAnswer | None


class ClaimIn(Contract):
    """Taking a case."""

    stamp: int | None = _Stamp


class HoldIn(Contract):
    """Putting a case aside."""

    until: Instant
    reason: Reason
    stamp: int | None = _Stamp


class EscalateIn(Contract):
    """Handing a case to the seniors."""

    reason: Reason
    stamp: int | None = _Stamp


class ReassignIn(Contract):
    """Giving a case to an officer by user name; null: back to all."""

    to: str | None = Field(min_length=1, max_length=100)
    reason: Reason
    stamp: int | None = _Stamp


class NoteIn(Contract):
    """A note beside a case."""

    text: Suggestion


class CaseStepAnswer(BaseModel):
    """One thing that was done to a case."""

    audit_id: str
    at: str
    actor: str
    action: str
    reason: str | None
    details: dict[str, object]


class Timeline(BaseModel):
    """What was done to a case, oldest first, at most 200 steps."""

    items: list[CaseStepAnswer]


@blueprint.post("/cases/next", summary="Take the next case", responses={200: NextAnswer})
@answered_once
def take_next(body: NextIn) -> Response:
    """The case that is due first and nobody has, taken for this key; two callers never get the same one."""
    by, now = caller(Scope.CASES), parts().now()
    filters = {name: str(value) for name, value in body.model_dump(exclude={"skip"}).items() if value is not None}
    filters["shop"] = filters.pop("shop_id", "")
    case = work_case.next_case(parts(), filters=filters, skip=body.skip, caller=by, now=now)
    with parts().db.read() as session:
        answer = None if case is None else case_answers(session, [case])[0]
    return Response(orjson.dumps({"case": answer}), content_type="application/json")


@blueprint.post("/cases/<string:case_id>/claim", summary="Take a case, or keep it longer", responses={200: CaseAnswer})
@answered_once
def claim(path: CasePath, body: ClaimIn) -> Response:
    """Nobody else can decide it until it is given back, decided, or the claim times out."""
    return _done(lambda by, now: work_case.claim_case(parts(), path.case_id, stamp=body.stamp, caller=by, now=now))


@blueprint.post("/cases/<string:case_id>/release", summary="Give a case back", responses={200: CaseAnswer})
@answered_once
def release(path: CasePath) -> Response:
    """Giving back what one does not have changes nothing."""
    return _done(lambda by, now: work_case.release_case(parts(), path.case_id, caller=by, now=now))


@blueprint.post("/cases/<string:case_id>/hold", summary="Put a case aside", responses={200: CaseAnswer})
@answered_once
def hold(path: CasePath, body: HoldIn) -> Response:
    """Until an instant at most 30 days ahead; then it is open again, for whoever put it aside."""
    said: dict[str, Any] = {"until": body.until, "reason": body.reason, "stamp": body.stamp}
    return _done(lambda by, now: work_case.hold_case(parts(), path.case_id, **said, caller=by, now=now))


@blueprint.post("/cases/<string:case_id>/escalate", summary="Hand a case to the seniors", responses={200: CaseAnswer})
@answered_once
def escalate(path: CasePath, body: EscalateIn) -> Response:
    """It goes to the queue `senior`; only seniors and administrators decide there."""
    said: dict[str, Any] = {"reason": body.reason, "stamp": body.stamp}
    return _done(lambda by, now: work_case.escalate_case(parts(), path.case_id, **said, caller=by, now=now))


@blueprint.post("/cases/<string:case_id>/reassign", summary="Hand a case over", responses={200: CaseAnswer})
@answered_once
def reassign(path: CasePath, body: ReassignIn) -> Response:
    """It is the first they get with *next*, and nobody else's *next* gives it."""
    said: dict[str, Any] = {"to": body.to, "reason": body.reason, "stamp": body.stamp}
    return _done(lambda by, now: work_case.reassign_case(parts(), path.case_id, **said, caller=by, now=now))


@blueprint.post("/cases/<string:case_id>/notes", summary="Add a note", responses={200: CaseAnswer})
@answered_once
def add_note(path: CasePath, body: NoteIn) -> Response:
    """Notes stand in the time line; personal data in them is starred."""
    return _done(lambda by, now: work_case.add_note(parts(), path.case_id, text=body.text, caller=by, now=now))


@blueprint.get("/cases/<string:case_id>/timeline", summary="What was done to a case", responses={200: Timeline})
def timeline(path: CasePath) -> Response:
    """Each step is a row of the audit log; `GET /v1/audit/{audit_id}/proof` proves it."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        case = cases.find(session, path.case_id, caller=by)
        rows = of_object(session, "case", case.id, limit=_TIMELINE_MAX)
    columns = ("at", "actor", "action", "reason", "details")
    items = [{"audit_id": row.id, **{name: getattr(row, name) for name in columns}} for row in rows]
    return Response(orjson.dumps({"items": items}), content_type="application/json")


def _done(deed: Callable[[Caller, datetime], Case]) -> Response:
    by = caller(Scope.CASES)
    case = deed(by, parts().now())
    with parts().db.read() as session:
        answer = case_answers(session, [case])[0]
    return Response(orjson.dumps(answer), content_type="application/json")

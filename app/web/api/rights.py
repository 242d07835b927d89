"""What persons ask for, legal holds and the retention schedule, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from app.errors import Forbidden
from app.flows.answer_request import answer_request, extend_request, receive_request
from app.flows.hold_records import place_hold, release_hold
from app.models import LegalHold, PersonRequest
from app.values.access import Caller, Scope
from app.vault import holds, requests, retention
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.people_answers import HoldAnswer, HoldList, PeriodList, RequestAnswer, RequestList
from app.web.people_schemas import (
    AnswerIn,
    ExtendIn,
    HoldIn,
    HoldPath,
    HoldQuery,
    PersonPath,
    RequestIn,
    RequestPath,
    RequestQuery,
)

blueprint = APIBlueprint(
    "rights",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="rights", description="个人信息权利 · requests, holds, retention")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


@blueprint.post("/people/<string:person>/requests", summary="Record a request", responses={201: RequestAnswer})
@answered_once
def receive(path: PersonPath, body: RequestIn) -> Response:
    """Put what a person asks for on record; it is due within 15 working days."""
    by, now = caller(Scope.PEOPLE), parts().now()
    request = receive_request(
        parts(),
        path.person,
        kind=body.kind,
        channel=body.channel,
        note=body.note,
        received_at=body.received_at or now,
        caller=by,
        now=now,
    )
    return _json(request_answer(request, now), status=201)


@blueprint.get("/requests", summary="Requests", responses={200: RequestList})
def list_requests(query: RequestQuery) -> Response:
    """Requests of persons of the key's shops, those due first first."""
    by, now = caller(Scope.PEOPLE), parts().now()
    with parts().db.read() as session:
        found = requests.listed(session, caller=by, state=query.state, limit=query.limit)
    return _json({"items": [request_answer(each, now) for each in found], "next_cursor": None})


@blueprint.post("/requests/<string:request_id>/answer", summary="Answer", responses={200: RequestAnswer})
@answered_once
def answer(path: RequestPath, body: AnswerIn) -> Response:
    """Say that a request was answered or refused, and what the person was told."""
    by, now = caller(Scope.PEOPLE), parts().now()
    request = answer_request(parts(), path.request_id, outcome=body.outcome, text=body.answer, caller=by, now=now)
    return _json(request_answer(request, now))


@blueprint.post("/requests/<string:request_id>/extend", summary="Extend", responses={200: RequestAnswer})
@answered_once
def extend(path: RequestPath, body: ExtendIn) -> Response:
    """Move the due date by another 15 working days, once."""
    by, now = caller(Scope.PEOPLE), parts().now()
    request = extend_request(parts(), path.request_id, reason=body.reason, caller=by, now=now)
    return _json(request_answer(request, now))


@blueprint.post("/holds", summary="Place a legal hold", responses={201: HoldAnswer})
@answered_once
def hold(body: HoldIn) -> Response:
    """Keep something from being pruned or erased until a day."""
    by = _of_all_shops(caller(Scope.ADMIN))
    placed = place_hold(
        parts(),
        object_type=body.object_type,
        object_id=body.object_id,
        reason=body.reason,
        owner=body.owner,
        ends_at=body.ends_at,
        caller=by,
        now=parts().now(),
    )
    return _json(hold_answer(placed), status=201)


@blueprint.get("/holds", summary="Legal holds", responses={200: HoldList})
def list_holds(query: HoldQuery) -> Response:
    """Legal holds, newest first."""
    _of_all_shops(caller(Scope.ADMIN))
    with parts().db.read() as session:
        found = holds.listed(session, now=parts().now(), only_active=query.state == "active", limit=query.limit)
    return _json({"items": [hold_answer(each) for each in found], "next_cursor": None})


@blueprint.post("/holds/<string:hold_id>/release", summary="Release a legal hold", responses={200: HoldAnswer})
@answered_once
def release(path: HoldPath, body: ExtendIn) -> Response:
    """End a hold before its time."""
    by = _of_all_shops(caller(Scope.ADMIN))
    return _json(hold_answer(release_hold(parts(), path.hold_id, reason=body.reason, caller=by, now=parts().now())))


@blueprint.get("/retention", summary="The retention schedule", responses={200: PeriodList})
def schedule() -> Response:
    """How long each kind of record is kept, and on which basis."""
    caller(Scope.ADMIN)
    with parts().db.read() as session:
        found = retention.periods(session)
    items = [
        {
            "kind": each.kind.name,
            "title": each.kind.title,
            "days": each.days,
            "least_days": each.kind.least_days,
            "basis": each.kind.basis,
            "set_by": each.changed.set_by if each.changed else None,
            "reason": each.changed.reason if each.changed else None,
        }
        for each in found
    ]
    return _json({"items": items, "next_cursor": None})


def request_answer(request: PersonRequest, now: datetime) -> dict[str, Any]:
    """A request as plain data; its note stays sealed."""
    names = ("shop_id", "kind", "state", "channel", "received_at", "due_at", "extended_reason")
    answered = ("answered_at", "answered_by", "answer")
    is_overdue = request.state == "open" and request.due_at <= now
    return (
        {"id": request.id, "person": request.person_ref, "is_overdue": is_overdue}
        | {name: getattr(request, name) for name in names}
        | {name: getattr(request, name) for name in answered}
    )


def hold_answer(placed: LegalHold) -> dict[str, Any]:
    """A hold as plain data."""
    names = ("id", "object_type", "object_id", "reason", "owner", "placed_by", "placed_at", "ends_at")
    return {name: getattr(placed, name) for name in (*names, "released_at", "released_by", "release_reason")}


def _of_all_shops(by: Caller) -> Caller:
    if by.shop_ids is not None:
        raise Forbidden("legal holds are for keys of all shops")
    return by


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

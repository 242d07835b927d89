"""Looking after webhooks over HTTP: a new secret, the log of deliveries, sending again, enabling again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows.webhook_upkeep import (
    Delivery,
    deliveries,
    find_endpoint,
    rotate_secret,
    send_again,
    send_failed_again,
    take_up_again,
)
from app.review import blindness
from app.values.access import Scope
from app.web.api.webhooks import WebhookPath, endpoint_answer
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Instant
from app.web.webhook_answers import DeliveryList, RotatedAnswer, SentAgainAnswer, WebhookAnswer

blueprint = APIBlueprint(
    "webhook_upkeep",
    __name__,
    url_prefix="/v1/webhooks",
    abp_tags=[Tag(name="webhooks", description="回调 · being told of outcomes")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class MessagePath(WebhookPath):
    """Which message of which endpoint."""

    message_id: Id


class DeliveryQuery(BaseModel, extra="forbid"):
    """Which messages."""

    state: Literal["waiting", "delivered", "failed", "dropped"] | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str | None, Field(max_length=200)] = None


class RotateIn(Contract):
    """How long the secrets of before sign beside the new one; 0 when one has leaked."""

    overlap_hours: int = Field(24, ge=0, le=168)


class SinceIn(Contract):
    """From which instant on."""

    since: Instant


@blueprint.post("/<string:webhook_id>/rotate", summary="A new secret", responses={200: RotatedAnswer})
@answered_once
def rotate(path: WebhookPath, body: RotateIn) -> Response:
    """Sign with a new secret at once, and with those of before as well until the overlap ends."""
    by, now = caller(Scope.ADMIN), parts().now()
    secret, until = rotate_secret(parts(), path.webhook_id, overlap=timedelta(hours=body.overlap_hours), by=by, now=now)
    return _json({"id": path.webhook_id, "secret": secret, "old_until": until})


@blueprint.get("/<string:webhook_id>/deliveries", summary="What was sent", responses={200: DeliveryList})
def list_deliveries(path: WebhookPath, query: DeliveryQuery) -> Response:
    """The endpoint's messages with what came of each attempt, newest first.

    The body of a message about a case that this person reviews blind is null until it is decided.
    """
    by = caller(Scope.ADMIN)
    before = read_cursor(query.cursor)
    with parts().db.read() as session:
        endpoint = find_endpoint(session, path.webhook_id, by=by)
        found = deliveries(session, endpoint, state=query.state, before=before, limit=query.limit + 1)
        names = blindness.blind_names(session, by)
    page, last = found[: query.limit], found[query.limit - 1].message if len(found) > query.limit else None
    more = write_cursor(last.created_at, last.id) if last else None
    return _json({"items": [_delivery(each, names) for each in page], "next_cursor": more})


@blueprint.post(
    "/<string:webhook_id>/deliveries/<string:message_id>/replay",
    summary="Send one again",
    responses={200: SentAgainAnswer},
)
@answered_once
def replay_one(path: MessagePath) -> Response:
    """Send one message again, whatever became of it, under the same `webhook-id` and with all its attempts."""
    by = caller(Scope.ADMIN)
    send_again(parts(), path.webhook_id, path.message_id, by=by, now=parts().now())
    return _json({"messages": 1})


@blueprint.post("/<string:webhook_id>/replay", summary="Send all that failed again", responses={200: SentAgainAnswer})
@answered_once
def replay_failed(path: WebhookPath, body: SinceIn) -> Response:
    """Send again what was given up or dropped since then, at most 10,000 messages, oldest first."""
    by = caller(Scope.ADMIN)
    count = send_failed_again(parts(), path.webhook_id, since=body.since, by=by, now=parts().now())
    return _json({"messages": count})


@blueprint.post("/<string:webhook_id>/enable", summary="Take an endpoint up again", responses={200: WebhookAnswer})
@answered_once
def enable(path: WebhookPath) -> Response:
    """Enable an endpoint that was ended or answered 410. What was dropped meanwhile is sent by `replay`."""
    by = caller(Scope.ADMIN)
    return _json(endpoint_answer(take_up_again(parts(), path.webhook_id, by=by, now=parts().now())))


def _delivery(of: Delivery, blind: Collection[str]) -> dict[str, Any]:
    message = of.message
    body = orjson.loads(message.body)
    return {
        "message_id": message.id,
        "type": message.type,
        "state": message.state,
        "created_at": message.created_at,
        "delivered_at": message.delivered_at,
        "body": None if blindness.is_about(body["data"], blind) else body,
        "attempts": [
            {name: getattr(each, name) for name in ("at", "ok", "http_status", "error", "took_ms")}
            for each in of.attempts
        ],
    }


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

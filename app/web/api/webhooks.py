"""Webhook endpoints over HTTP: add, list, end."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.flows.deliver_outbox import create_endpoint
from app.flows.webhook_upkeep import find_endpoint, may_see
from app.models import WebhookEndpoint
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id
from app.web.schemas import WebhookIn
from app.web.webhook_answers import WebhookAnswer, WebhookList

blueprint = APIBlueprint(
    "webhooks",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="webhooks", description="回调 · being told of outcomes")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class WebhookPath(BaseModel):
    """Which endpoint."""

    webhook_id: Id


@blueprint.post("/webhooks", summary="Add an endpoint", responses={201: WebhookAnswer})
@answered_once
def add_webhook(body: WebhookIn) -> Response:
    """Add an endpoint; the answer shows its secret this once (standard-webhooks 1.0)."""
    by = caller(Scope.ADMIN)
    endpoint_id, secret = create_endpoint(
        parts(),
        url=body.url,
        event_types=list(dict.fromkeys(body.event_types)),
        shop_ids=body.shop_ids,
        caller=by,
        now=parts().now(),
        format_=body.format,
    )
    with parts().db.read() as session:
        made = find_endpoint(session, endpoint_id, by=by)
    shown = {"secret": secret} if secret else {}
    return Response(orjson.dumps(endpoint_answer(made) | shown), status=201, content_type="application/json")


@blueprint.get("/webhooks", summary="Endpoints", responses={200: WebhookList})
def list_webhooks() -> Response:
    """Endpoints the key may see, newest last; never their secrets."""
    by = caller(Scope.ADMIN)
    with parts().db.read() as session:
        found = session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.created_at).limit(200)).all()
    body = {"items": [endpoint_answer(each) for each in found if may_see(by, each)], "next_cursor": None}
    return Response(orjson.dumps(body), content_type="application/json")


@blueprint.delete("/webhooks/<string:webhook_id>", summary="End an endpoint", responses={200: WebhookAnswer})
def end_webhook(path: WebhookPath) -> Response:
    """Disable an endpoint; what is still on its way to it is dropped."""
    by = caller(Scope.ADMIN)
    now = parts().now()

    def work(session: Session) -> WebhookEndpoint:
        found = find_endpoint(session, path.webhook_id, by=by)
        if found.disabled_at is None:
            found.disabled_at, found.disabled_why = now, f"ended by {by.name}"
            audit.record(
                session,
                actor=by.name,
                action="webhook.end",
                object_type="webhook_endpoint",
                object_id=found.id,
                now=now,
            )
        return found

    return Response(orjson.dumps(endpoint_answer(parts().db.write(work))), content_type="application/json")


def endpoint_answer(endpoint: WebhookEndpoint) -> dict[str, object]:
    """An endpoint as it is answered; never its secrets."""
    names = ("id", "url", "format", "event_types", "shop_ids", "created_at", "disabled_at", "disabled_why")
    return {name: getattr(endpoint, name) for name in (*names, "failures", "failing_since", "rests_until")}

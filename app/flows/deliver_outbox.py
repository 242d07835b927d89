"""Delivering one webhook message: open the endpoint's secrets, send, keep what happened, retry or give up.

claimed row ─ message + endpoint + secrets ─ send (outside any transaction) ─ note the attempt ─ done | later | dead
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.metrics import DELIVERIES
from app.models import WebhookEndpoint, new_id
from app.outbox.messages import check_event_types, give_up, load, new_secret, note_attempt
from app.outbox.sending import Sent, send, wait_after
from app.queue import Claim, fail, finish, retry
from app.values.access import Caller
from app.values.addresses import check_url

_GONE = 410


def deliver_outbox(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one claimed delivery."""
    message_id = claim.payload["message_id"]
    with parts.db.read() as session:
        message, endpoint = load(session, message_id)
        secrets = _open_secrets(parts, session, endpoint)
        url, body, is_off = endpoint.url, message.body, endpoint.disabled_at is not None
    if is_off:
        parts.db.write(lambda session: _drop(session, claim, now=now))
        return
    sent = send(
        url=url,
        secrets=secrets,
        message_id=message_id,
        body=body,
        now=now,
        allow_private=parts.settings.outbox_allow_private,
    )
    DELIVERIES.labels("ok" if sent.ok else "failed").inc()
    parts.db.write(lambda session: _note(parts, session, claim, sent, now=now))


def create_endpoint(
    parts: Parts,
    *,
    url: str,
    event_types: list[str],
    shop_ids: Iterable[str] | None,
    caller: Caller,
    now: datetime,
) -> tuple[str, str]:
    """Add an endpoint; returns its id and its secret, which is shown this once."""
    check_url(url, allow_private=parts.settings.outbox_allow_private)
    check_event_types(event_types)
    shops = None if shop_ids is None else sorted(set(shop_ids))
    for shop_id in shops or ():
        caller.require_shop(shop_id)
    if shops is None and caller.shop_ids is not None:
        shops = sorted(caller.shop_ids)
    secret, endpoint_id = new_secret(), new_id()

    def work(session: Session) -> None:
        sealed = parts.people.seal(
            session, orjson.dumps([secret]), person=f"webhook:{endpoint_id}", now=now, **_place(endpoint_id)
        )
        session.add(
            WebhookEndpoint(
                id=endpoint_id, url=url, secrets=sealed, event_types=event_types, shop_ids=shops, created_at=now
            )
        )
        audit.record(
            session,
            actor=caller.name,
            action="webhook.create",
            object_type="webhook_endpoint",
            object_id=endpoint_id,
            details={"event_types": event_types, "shop_ids": shops},
            now=now,
        )

    parts.db.write(work)
    return endpoint_id, secret


def _open_secrets(parts: Parts, session: Session, endpoint: WebhookEndpoint) -> list[str]:
    opened = parts.people.unseal(session, endpoint.secrets, person=f"webhook:{endpoint.id}", **_place(endpoint.id))
    secrets: list[str] = orjson.loads(opened)
    return secrets


def _place(endpoint_id: str) -> dict[str, Any]:
    return {"table": "webhook_endpoint", "column": "secrets", "row": endpoint_id}


def _drop(session: Session, claim: Claim, *, now: datetime) -> None:
    give_up(session, claim.payload["message_id"], state="dropped")
    fail(session, claim, error="the endpoint is disabled", now=now)


def _note(parts: Parts, session: Session, claim: Claim, sent: Sent, *, now: datetime) -> None:
    message_id = claim.payload["message_id"]
    note_attempt(
        session, message_id, ok=sent.ok, http_status=sent.http_status, error=sent.error, took_ms=sent.took_ms, now=now
    )
    if sent.ok:
        finish(session, claim, now=now)
    elif sent.http_status == _GONE:
        fail(session, claim, error="410 Gone: the endpoint is disabled", now=now)
    else:
        if claim.attempt >= claim.max_attempts:
            give_up(session, message_id, state="failed")
        due_at = now + wait_after(claim.attempt, chance=parts.chance)
        retry(session, claim, error=sent.error or "failed", due_at=due_at, now=now)

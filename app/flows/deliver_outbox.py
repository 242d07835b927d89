"""Delivering one message: signed to a system, or as a notice to a robot; keep what happened, retry or give up.

claimed row ─ disabled? → dropped ─ resting or over its rate? → later, no attempt lost
            └ send (outside any transaction) ─ note the attempt ─ done | later | dead ─ the receiver rests?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.metrics import DELIVERIES
from app.models import WebhookEndpoint, new_id
from app.outbox.messages import check_event_types, give_up, load, new_secret, note_attempt
from app.outbox.receivers import give_up_old, note_failure, note_success, sent_since
from app.outbox.robots import hide, next_place, send_robot
from app.outbox.secrets_at_hand import Secret, read_secrets, write_secrets
from app.outbox.sending import Sent, send, wait_after
from app.queue import Claim, fail, finish, postpone, retry
from app.values.access import Caller
from app.values.addresses import check_url

STANDARD, WECOM = "standard", "wecom"
FORMATS = (STANDARD, WECOM)
_JITTER_S = 5


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What is sent where, opened."""

    id: str
    url: str
    body: bytes
    format: str
    secrets: tuple[Secret, ...]


def deliver_outbox(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one claimed delivery."""
    with parts.db.read() as session:
        message, endpoint = load(session, claim.payload["message_id"])
        is_off, rests_until = endpoint.disabled_at is not None, _rests_until(session, endpoint, now=now)
        parcel = _Parcel(
            message.id, endpoint.url, message.body, endpoint.format, open_secrets(parts, session, endpoint)
        )
    if is_off:
        parts.db.write(lambda session: _drop(session, claim, now=now))
        return
    if rests_until is not None:
        due_at = rests_until + timedelta(seconds=parts.chance.uniform(0, _JITTER_S))
        parts.db.write(lambda session: postpone(session, claim, due_at=due_at))
        return
    sent = _send(parts, parcel, now=now)
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
    format_: str = STANDARD,
) -> tuple[str, str | None]:
    """Add an endpoint; returns its id and its secret, which is shown this once (a robot has none but its address)."""
    check_url(url, allow_private=parts.settings.outbox_allow_private)
    check_event_types(event_types)
    shops = None if shop_ids is None else sorted(set(shop_ids))
    for shop_id in shops or ():
        caller.require_shop(shop_id)
    if shops is None and caller.shop_ids is not None:
        shops = sorted(caller.shop_ids)
    endpoint_id = new_id()
    secret = new_secret() if format_ == STANDARD else None

    def work(session: Session) -> None:
        session.add(
            WebhookEndpoint(
                id=endpoint_id,
                url=url if secret else hide(url),
                secrets=seal_secrets(parts, session, endpoint_id, (Secret(secret or url),), now=now),
                event_types=event_types,
                shop_ids=shops,
                created_at=now,
                format=format_,
            )
        )
        audit.record(
            session,
            actor=caller.name,
            action="webhook.create",
            object_type="webhook_endpoint",
            object_id=endpoint_id,
            details={"event_types": event_types, "shop_ids": shops, "format": format_},
            now=now,
        )

    parts.db.write(work)
    return endpoint_id, secret


def open_secrets(parts: Parts, session: Session, endpoint: WebhookEndpoint) -> tuple[Secret, ...]:
    """The endpoint's secrets; of a robot its address."""
    place = _place(endpoint.id)
    return read_secrets(parts.people.unseal(session, endpoint.secrets, person=f"webhook:{endpoint.id}", **place))


def seal_secrets(
    parts: Parts, session: Session, endpoint_id: str, secrets: Sequence[Secret], *, now: datetime
) -> bytes:
    """The same, for its row."""
    place = _place(endpoint_id)
    return parts.people.seal(session, write_secrets(secrets), person=f"webhook:{endpoint_id}", now=now, **place)


def _place(endpoint_id: str) -> dict[str, Any]:
    return {"table": "webhook_endpoint", "column": "secrets", "row": endpoint_id}


def _rests_until(session: Session, endpoint: WebhookEndpoint, *, now: datetime) -> datetime | None:
    """Until when nothing is sent there: the receiver fails and rests, or a robot had its fill of this minute."""
    if endpoint.rests_until is not None and endpoint.rests_until > now:
        return endpoint.rests_until
    if endpoint.format == WECOM:
        return next_place(*sent_since(session, endpoint.id, since=now - timedelta(minutes=1)))
    return None


def _send(parts: Parts, parcel: _Parcel, *, now: datetime) -> Sent:
    settings = parts.settings
    if parcel.format == WECOM:
        console_url = f"{settings.base_url}/console" if settings.public_url else None
        return send_robot(
            url=parcel.secrets[0].value,
            body=parcel.body,
            console_url=console_url,
            allow_private=settings.outbox_allow_private,
        )
    return send(
        url=parcel.url,
        secrets=[each.value for each in parcel.secrets if each.is_live(now)],
        message_id=parcel.id,
        body=parcel.body,
        now=now,
        allow_private=settings.outbox_allow_private,
    )


def _drop(session: Session, claim: Claim, *, now: datetime) -> None:
    give_up(session, claim.payload["message_id"], state="dropped")
    fail(session, claim, error="the endpoint is disabled", now=now)


def _note(parts: Parts, session: Session, claim: Claim, sent: Sent, *, now: datetime) -> None:
    message_id = claim.payload["message_id"]
    note_attempt(session, message_id, sent, now=now)
    _, endpoint = load(session, message_id)
    if sent.ok:
        note_success(endpoint)
        finish(session, claim, now=now)
    elif sent.is_gone:
        fail(session, claim, error=f"{sent.error}: the endpoint is disabled", now=now)
    else:
        if claim.attempt >= claim.max_attempts:
            give_up(session, message_id, state="failed")
        due_at = now + wait_after(claim.attempt, chance=parts.chance)
        rests_until = note_failure(session, endpoint, asked=sent.retry_after, now=now)
        retry(session, claim, error=sent.error or "failed", due_at=max(due_at, rests_until or due_at), now=now)
        if endpoint.failing_since is not None:
            give_up_old(session, endpoint, now=now)

"""The inbox: every genuine message is a row before anything is made of it, and the platform is answered then.

A message is worked by a row of the queue, so a slow or failing rule never makes a platform wait or a message disappear.
Rows that used up their attempts are dead letters: they stay until a person has them worked again.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import InboundMessage, new_id
from app.models.base import ORG

WORK = "work_inbound"
LOOK_UP = "look_up_platform"


def keep(
    session: Session, *, provider: str, account: str, message_id: str, kind: str, content: Any, now: datetime
) -> str | None:
    """A row for a message, without its body; None when the same was kept before."""
    digest = hashlib.sha256(orjson.dumps(_plain(content), option=orjson.OPT_SORT_KEYS)).hexdigest()
    values = {
        "id": new_id(),
        "org_id": ORG,
        "provider": provider,
        "account": account,
        "message_id": message_id.replace("\0", "")[:128],
        "digest": f"sha256:{digest}",
        "kind": kind.replace("\0", "")[:128],
        "state": "waiting",
        "received_at": now,
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    key = ["org_id", "provider", "account", "message_id", "digest"]
    statement = insert(InboundMessage).values(values).on_conflict_do_nothing(index_elements=key)
    return session.execute(statement.returning(InboundMessage.id)).scalar()


def put_body(session: Session, message_pk: str, sealed: bytes) -> None:
    """The sealed body into its row, in the transaction that made the row."""
    session.execute(update(InboundMessage).where(InboundMessage.id == message_pk).values(body=sealed))


def close(session: Session, message_pk: str, *, ignored: str | None, now: datetime) -> None:
    """The message was worked, or is of no use."""
    message = session.get_one(InboundMessage, message_pk)
    message.state, message.why, message.worked_at = ("ignored" if ignored else "done"), ignored, now
    session.flush()


def forget_bodies(session: Session, *, before: datetime) -> None:
    """Drop the bodies of messages worked before an instant; that they came stays known."""
    old = (InboundMessage.worked_at < before) & InboundMessage.body.is_not(None)
    session.execute(update(InboundMessage).where(old).values(body=None))


def oldest_waiting(session: Session, *, now: datetime) -> timedelta:
    """How long the oldest message that is not worked has been waiting."""
    first = session.scalar(select(func.min(InboundMessage.received_at)).where(InboundMessage.state == "waiting"))
    return now - first if first is not None else timedelta()


def _plain(value: Any) -> Any:
    """Integers of more than 64 bits as texts, which is what orjson can write."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value

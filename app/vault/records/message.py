"""Messages to webhooks and the attempts to deliver them: six months (网络安全法 art. 21, network logs)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import DeliveryAttempt, OutboxMessage
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, _held: Held, limit: int) -> int:
    """Remove old messages that are no longer on their way."""
    is_over = (OutboxMessage.created_at < before) & (OutboxMessage.state != "waiting")
    ids = session.scalars(select(OutboxMessage.id).where(is_over).order_by(OutboxMessage.id).limit(limit)).all()
    session.execute(delete(DeliveryAttempt).where(DeliveryAttempt.message_id.in_(ids)))
    session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


KIND = RecordKind("message", "回调消息与投递日志", 184, 184, "网络安全法第21条：日志不少于六个月", prune)

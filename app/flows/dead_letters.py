"""Dead letters: inbound messages and questions to platforms that need a person, listed and worked again.

What is shown is where it stands and why it failed; the message itself stays sealed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import audit, inbox, queue
from app.errors import NotFound
from app.flows.parts import Parts
from app.metrics import INBOUND_DEAD, INBOUND_WAITING_SECONDS
from app.models import InboundMessage, QueueRow

KINDS = (inbox.WORK, inbox.LOOK_UP)


def dead_letters(session: Session) -> list[dict[str, Any]]:
    """Up to 200 of them, oldest first."""
    return [_told(session, row) for row in queue.failed(session, kinds=KINDS)]


def retry_letter(parts: Parts, letter_id: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Have one worked again with all its attempts; raises NotFound."""

    def work(session: Session) -> dict[str, Any]:
        row = queue.revive(session, letter_id, kinds=KINDS, now=now)
        if row is None:
            raise NotFound(f"no dead letter {letter_id}")
        details = {"kind": row.kind}
        audit.record(
            session,
            actor=by,
            action="inbound.retry",
            object_type="queue_row",
            object_id=letter_id,
            details=details,
            now=now,
        )
        return _told(session, row)

    return parts.db.write(work)


def watch_inbox(parts: Parts, *, now: datetime) -> None:
    """Show how the inbox stands, and forget old bodies."""
    with parts.db.read() as session:
        INBOUND_DEAD.set(queue.count_failed(session, kinds=KINDS))
        INBOUND_WAITING_SECONDS.set(inbox.oldest_waiting(session, now=now).total_seconds())
    before = now - timedelta(days=parts.settings.inbound_keep_days)
    parts.db.write(lambda session: inbox.forget_bodies(session, before=before))


def _told(session: Session, row: QueueRow) -> dict[str, Any]:
    """Where a letter comes from: its message, or what was asked."""
    message = session.get(InboundMessage, row.payload["inbound_id"]) if "inbound_id" in row.payload else None
    return {
        "id": row.id,
        "kind": row.kind,
        "provider": message.provider if message else row.payload["provider"],
        "account": message.account if message else row.payload["account"],
        "message_id": message.message_id if message else None,
        "what": message.kind if message else row.payload["what"],
        "asked": {} if message else row.payload["asked"],
        "state": row.state,
        "attempts": row.attempts,
        "error": row.last_error,
        "created_at": row.created_at,
        "failed_at": row.finished_at,
    }

"""``freeze``: nothing may be shared or paid for the subject while this stands.

The register itself is the freeze: whoever pays or shares asks ``app.effects.is_frozen``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.flows.carry_effects import Ask
from app.flows.parts import Parts
from app.models import Effect

VERB = "freeze"


def carry_out(session: Session, ask: Ask) -> Mapping[str, Any]:
    """Say in the audit log that it is frozen, and why."""
    _record(
        session, "subject.freeze", ask.key.shop_id, ask.key.subject_type, ask.key.subject, ask.firing.reason, ask.now
    )
    return {"frozen": True}


def withdraw(session: Session, effect: Effect, *, parts: Parts, now: datetime) -> None:
    """Say that it is free again."""
    del parts
    _record(session, "subject.unfreeze", effect.shop_id, effect.subject_type, effect.subject, "事后收到的事件", now)


def _record(
    session: Session, action: str, shop_id: str, subject_type: str, subject: str, reason: str, now: datetime
) -> None:
    audit.record(
        session,
        actor="system",
        action=action,
        object_type=subject_type,
        object_id=subject,
        shop_id=shop_id,
        reason=reason,
        now=now,
    )

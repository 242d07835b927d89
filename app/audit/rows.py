"""Audit rows: who did what, to what, why; written in the transaction of the deed itself.

Rows only grow. They never hold personal values: callers give identifiers, counts and digests.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import AuditRow


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    object_type: str,
    object_id: str,
    now: datetime,
    shop_id: str | None = None,
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add one row. ``actor`` is ``key:NAME``, ``officer:NAME``, ``system`` or ``cli``; ``action`` is ``noun.verb``."""
    session.add(
        AuditRow(
            at=now,
            actor=actor,
            action=action,
            object_type=object_type,
            object_id=object_id,
            shop_id=shop_id,
            reason=reason,
            details=details or {},
        )
    )

"""Requests of persons and their answers: three years after the answer, the general limitation period (民法典 188)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import PersonRequest
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, held: Held, limit: int) -> int:
    """Remove requests answered long ago."""
    is_over = (PersonRequest.answered_at < before) & PersonRequest.person_ref.not_in(held.of("person"))
    is_free = PersonRequest.shop_id.is_(None) | PersonRequest.shop_id.not_in(held.of("shop"))
    wanted = select(PersonRequest.id).where(is_over, is_free).order_by(PersonRequest.id).limit(limit)
    ids = session.scalars(wanted).all()
    session.execute(delete(PersonRequest).where(PersonRequest.id.in_(ids)))
    return len(ids)


KIND = RecordKind("person_request", "个人信息请求", 1_096, 1_096, "民法典第188条：诉讼时效三年", prune)

"""Exports for inquiries: thirty days, so that copies of records do not outlive their use; the audit rows stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Inquiry, InquiryPart
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, _held: Held, limit: int) -> int:
    """Remove old exports that have ended."""
    is_over = (Inquiry.created_at < before) & Inquiry.finished_at.is_not(None)
    ids = session.scalars(select(Inquiry.id).where(is_over).order_by(Inquiry.id).limit(limit)).all()
    session.execute(delete(InquiryPart).where(InquiryPart.inquiry_id.in_(ids)))
    session.execute(delete(Inquiry).where(Inquiry.id.in_(ids)))
    return len(ids)


KIND = RecordKind("inquiry", "协查导出文件", 30, 1, "个人信息保护法第19条：实现目的所必要的最短时间", prune)

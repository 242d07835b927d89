"""Evidence that has ended, with its files: three years after (互联网广告管理办法 art. 14, archives)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Evidence, EvidenceFile, EvidenceUse
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, held: Held, limit: int) -> int:
    """Remove what ended long ago, of shops that are not held."""
    is_over = (Evidence.ended_at < before) & Evidence.shop_id.not_in(held.of("shop"))
    ids = session.scalars(select(Evidence.id).where(is_over).order_by(Evidence.ended_at).limit(limit)).all()
    session.execute(delete(EvidenceFile).where(EvidenceFile.evidence_id.in_(ids)))
    session.execute(delete(EvidenceUse).where(EvidenceUse.evidence_id.in_(ids)))
    session.execute(delete(Evidence).where(Evidence.id.in_(ids)))
    return len(ids)


KIND = RecordKind("evidence", "已失效的凭证", 1_096, 1_096, "互联网广告管理办法第14条：广告档案自行为终了起三年", prune)

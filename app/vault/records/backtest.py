"""Backtests: two years, so that last year's is at hand when a rule is reviewed. Nothing in the law asks for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Backtest
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, _held: Held, limit: int) -> int:
    """Remove old backtests that have ended."""
    is_over = (Backtest.created_at < before) & Backtest.finished_at.is_not(None)
    ids = session.scalars(select(Backtest.id).where(is_over).order_by(Backtest.id).limit(limit)).all()
    session.execute(delete(Backtest).where(Backtest.id.in_(ids)))
    return len(ids)


KIND = RecordKind("backtest", "回测记录", 731, 1, "工程设定：两年", prune)

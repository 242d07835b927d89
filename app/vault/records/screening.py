"""Screenings with their cases and contents: three years (电商法 art. 31 for goods and services; review records)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.models import Case, Content, Screening
from app.vault.holds import Held
from app.vault.retention import RecordKind


def prune(session: Session, before: datetime, held: Held, limit: int) -> int:
    """Remove old screenings whose cases are closed, then contents of which nothing is left."""
    still_open = exists().where(Case.screening_id == Screening.id, Case.state == "open")
    held_case = exists().where(Case.screening_id == Screening.id, Case.id.in_(held.of("case")))
    old = (
        select(Screening.id, Screening.content_pk)
        .where(Screening.created_at < before, ~still_open, ~held_case)
        .where(Screening.id.not_in(held.of("screening")), Screening.shop_id.not_in(held.of("shop")))
        .where(Screening.sealed_for.is_(None) | Screening.sealed_for.not_in(held.of("person")))
        .where(Screening.author_id.is_(None) | ("author:" + Screening.author_id).not_in(held.of("person")))
        .order_by(Screening.created_at)
        .limit(limit)
    )
    found = session.execute(old).all()
    ids, contents = [row[0] for row in found], list({row[1] for row in found})
    session.execute(delete(Case).where(Case.screening_id.in_(ids)))
    session.execute(delete(Screening).where(Screening.id.in_(ids)))
    is_left = exists().where(Screening.content_pk == Content.id) | exists().where(Case.content_pk == Content.id)
    session.execute(
        delete(Content).where(Content.id.in_(contents), ~is_left).execution_options(synchronize_session=False)
    )
    return len(ids)


KIND = RecordKind("screening", "送审记录与案件", 1_096, 1_096, "电子商务法第31条：不少于三年", prune)

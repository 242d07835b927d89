"""Screenings with their cases and contents: three years (电商法 art. 31 for goods and services; review records)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.models import (
    Appeal,
    AppealFile,
    AwaitedCheck,
    Case,
    CaseFile,
    CaseMember,
    CaseShingle,
    Content,
    GoldAnswer,
    GoldCase,
    Mention,
    NoteDraft,
    Precedent,
    ReviewerOpinion,
    Screening,
    SecondReview,
)
from app.vault.holds import Held
from app.vault.retention import RecordKind

_UNFINISHED = ("open", "held", "second", "appealed")


def prune(session: Session, before: datetime, held: Held, limit: int) -> int:
    """Remove old screenings whose cases are closed, then contents of which nothing is left."""
    unfinished = Case.state.in_(_UNFINISHED)
    still_open = exists().where(Case.screening_id == Screening.id, unfinished) | exists().where(
        CaseMember.screening_id == Screening.id, CaseMember.case_id == Case.id, unfinished
    )
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
    _prune_cases(session, ids)
    for said in (ReviewerOpinion, AwaitedCheck):
        session.execute(delete(said).where(said.screening_id.in_(ids)).execution_options(synchronize_session=False))
    session.execute(delete(Screening).where(Screening.id.in_(ids)))
    is_left = exists().where(Screening.content_pk == Content.id) | exists().where(Case.content_pk == Content.id)
    session.execute(
        delete(Content).where(Content.id.in_(contents), ~is_left).execution_options(synchronize_session=False)
    )
    return len(ids)


def _prune_cases(session: Session, screening_ids: list[str]) -> None:
    """Remove the cases that show these screenings, with what stands beside them; a cluster that is younger goes on."""
    session.execute(delete(CaseMember).where(CaseMember.screening_id.in_(screening_ids)))
    shown = session.scalars(select(Case.id).where(Case.screening_id.in_(screening_ids))).all()
    younger = set(session.scalars(select(CaseMember.case_id).where(CaseMember.case_id.in_(shown))))
    appeals = select(Appeal.id).where(Appeal.case_id.in_(shown))
    session.execute(delete(AppealFile).where(AppealFile.appeal_id.in_(appeals)))
    gone = [case_id for case_id in shown if case_id not in younger]
    gold = select(GoldCase.id).where(GoldCase.case_id.in_(gone))
    session.execute(delete(GoldAnswer).where(GoldAnswer.gold_id.in_(gold)).execution_options(synchronize_session=False))
    for beside in (Appeal, NoteDraft, Precedent, CaseShingle, CaseMember, SecondReview, GoldCase, Mention, CaseFile):
        going = beside.case_id.in_(gone)
        session.execute(delete(beside).where(going).execution_options(synchronize_session=False))
    session.execute(delete(Case).where(Case.id.in_(gone)))
    for case_id in sorted(younger):
        _show_another(session, case_id)


def _show_another(session: Session, case_id: str) -> None:
    """Put a younger content in the place of the one a case showed."""
    other = session.scalars(select(CaseMember).where(CaseMember.case_id == case_id).order_by(CaseMember.id)).first()
    assert other is not None, "a cluster that goes on has another content"
    shown = {"content_pk": other.content_pk, "screening_id": other.screening_id, "size": Case.size - 1}
    session.execute(update(Case).where(Case.id == case_id).values(shown))
    session.delete(other)
    session.flush()


KIND = RecordKind("screening", "送审记录与案件", 1_096, 1_096, "电子商务法第31条：不少于三年", prune)

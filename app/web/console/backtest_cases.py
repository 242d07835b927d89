"""The cases behind what a backtest found: from a sample that would be decided otherwise to the case officers know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, CaseMember, Screening
from app.values.access import Caller


def cases_of_contents(session: Session, samples: Sequence[Mapping[str, Any]], *, caller: Caller) -> dict[str, str]:
    """The newest case about each sample's content, or with it behind, by the sample's screening."""
    ids = [sample["screening_id"] for sample in samples]
    own, oldest_first = caller.only_own(Case.shop_id), (Case.opened_at, Case.id)
    member = (
        select(CaseMember.screening_id, Case.id)
        .join(Case, Case.id == CaseMember.case_id)
        .where(CaseMember.screening_id.in_(ids), own)
    )
    about = (
        select(Screening.id, Case.id)
        .join(Case, Case.content_pk == Screening.content_pk)
        .where(Screening.id.in_(ids), own)
        .order_by(*oldest_first)
    )
    found = [*session.execute(member), *session.execute(about)]
    return {row[0]: row[1] for row in found}


def cases_of_events(
    session: Session, samples: Sequence[Mapping[str, Any]], *, caller: Caller
) -> dict[tuple[str, str], str]:
    """The newest case about each sample's subject, by shop and subject."""
    shops, subjects = {each["shop_id"] for each in samples}, {each["subject"] for each in samples}
    theirs = Case.shop_id.in_(shops) & Case.subject.in_(subjects) & caller.only_own(Case.shop_id)
    found = session.execute(select(Case.shop_id, Case.subject, Case.id).where(theirs).order_by(Case.opened_at, Case.id))
    return {(shop_id, subject): case_id for shop_id, subject, case_id in found if subject}

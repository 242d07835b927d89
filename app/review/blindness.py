"""Who may not know a first decision: the person who reviews its case blind; and what else is about that case.

Told apart from ``second_reviews`` because what has nothing to do with reviews asks here: messages, hand-overs, exports.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AuditRow, Case, CaseMember, Content, SecondReview
from app.review.second_reviews import blind_cases, taken_by
from app.values.access import Caller

TELLING = ("appealed", "upheld", "overturned")
"""States that only a case decided against its merchant has."""
_MEMBERS = 1_000


def waiting_review(session: Session, case_id: str) -> SecondReview | None:
    """The review of a case that nobody has decided yet."""
    return session.scalar(select(SecondReview).where(SecondReview.case_id == case_id, SecondReview.state == "waiting"))


def waiting_cases(session: Session, content_pk: str) -> list[str]:
    """The cases about a content, or with it behind, whose review nobody has decided yet."""
    shown = select(SecondReview.case_id).join(Case, Case.id == SecondReview.case_id)
    behind = select(SecondReview.case_id).join(CaseMember, CaseMember.case_id == SecondReview.case_id)
    waits = SecondReview.state == "waiting"
    found = {
        *session.scalars(shown.where(waits, Case.content_pk == content_pk)),
        *session.scalars(behind.where(waits, CaseMember.content_pk == content_pk)),
    }
    return sorted(found)


def blind_in_shop(session: Session, shop_id: str, who: Caller, *, until: datetime) -> SecondReview | None:
    """A review that a person has, of a case of the shop that was decided before an instant."""
    theirs = (SecondReview.shop_id == shop_id) & (SecondReview.drawn_at <= until) & taken_by(who)
    return session.scalar(select(SecondReview).where(theirs).limit(1))


def decided_before(session: Session, who: Caller, *, at: datetime, shop_ids: Collection[str] | None) -> bool:
    """Whether a person reviews a case blind that was decided by an instant; of these shops, or of any."""
    theirs = (SecondReview.drawn_at <= at) & taken_by(who)
    if shop_ids is not None:
        theirs &= SecondReview.shop_id.in_(sorted(shop_ids))
    return session.scalar(select(SecondReview.id).where(theirs).limit(1)) is not None


def exported(session: Session, who: Caller, *, since: datetime) -> Mapping[str, datetime]:
    """The shops whose decisions a person has in an export, with when they last downloaded one."""
    theirs = (AuditRow.object_type == "inquiry") & (AuditRow.action == "inquiry.download")
    theirs &= AuditRow.actor.in_(sorted({*who.names})) & (AuditRow.at >= since)
    found = session.execute(select(AuditRow.shop_id, func.max(AuditRow.at)).where(theirs).group_by(AuditRow.shop_id))
    return {row[0]: row[1] for row in found if row[0] is not None}


def blind_names(session: Session, who: Caller) -> frozenset[str]:
    """By which names messages are about the cases a person reviews blind: the cases', their screenings', contents'."""
    blind = blind_cases(session, who)
    if not blind:
        return frozenset()
    shown = select(Case.screening_id, Case.content_pk).where(Case.id.in_(blind))
    behind = select(CaseMember.screening_id, CaseMember.content_pk).where(CaseMember.case_id.in_(blind))
    found = [*session.execute(shown), *session.execute(behind.limit(_MEMBERS))]
    contents = {row[1] for row in found if row[1]}
    named = session.execute(select(Content.shop_id, Content.content_id).where(Content.id.in_(contents)))
    theirs = {content_name(shop_id, content_id) for shop_id, content_id in named}
    return frozenset({*blind, *(row[0] for row in found if row[0]), *theirs})


def contents_of(session: Session, case_ids: Collection[str]) -> Sequence[str]:
    """The contents about which cases are, shown or behind them, by their keys."""
    shown = select(Case.content_pk).where(Case.id.in_(case_ids), Case.content_pk.is_not(None))
    behind = select(CaseMember.content_pk).where(CaseMember.case_id.in_(case_ids)).limit(_MEMBERS)
    return sorted({*session.scalars(shown), *session.scalars(behind)})


def content_name(shop_id: object, content_id: object) -> str:
    """What a content is called among the names: the uploader's identifier says nothing without its shop."""
    return f"{shop_id}\n{content_id}"


def is_about(data: Mapping[str, Any], names: Collection[str]) -> bool:
    """Whether a message is about one of them."""
    said = {data.get("case_id"), data.get("screening_id")}
    return bool(names) and not names.isdisjoint({*said, content_name(data.get("shop_id"), data.get("content_id"))})  # type: ignore[attr-defined]

"""What stands beside a case on its page: whose it is, what may be done, time line, history, likes of it, appeals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.reading import of_object
from app.flows.appeal_case import link_of, name_of, text_of
from app.flows.attach_file import files_of as files_of_case
from app.flows.decide_case import needs_two
from app.flows.keep_wordings import wording_of
from app.flows.parts import Parts
from app.flows.work_case import draft_of
from app.models import (
    Appeal,
    AppealFile,
    AuditRow,
    Case,
    CaseFile,
    CaseMember,
    Content,
    EntityMark,
    Officer,
    Precedent,
    Wording,
)
from app.officers import as_caller
from app.review import cases, clusters, marks, precedents, rosters, second_reviews, wordings
from app.review.appeals import files_of
from app.review.claiming import DECIDERS, SENIORS
from app.review.marks import History, Standing
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.web.console import titles
from app.web.console.policy_choices import PolicyGroup, policy_groups

_STEPS, _MEMBERS, _SIMILAR, _NEWEST, _MARKS = 100, 20, 8, 5, 20
_LOOKED_BACK = timedelta(days=90)
_COLLEAGUES = 200


@dataclass(frozen=True, slots=True)
class Entity:
    """A shop or an author as the case shows it."""

    entity_type: str
    entity_id: str
    standing: Standing
    step: str
    missing: tuple[int, str] | None
    marks: Sequence[EntityMark]
    history: History


@dataclass(frozen=True, slots=True)
class Contested:
    """An appeal in the clear: what the merchant wrote, personal data starred, and the files by name."""

    row: Appeal
    link: str
    text: str
    files: Sequence[tuple[AppealFile, str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything beside the content itself. ``why_not`` names why the officer may not decide, None when they may."""

    is_open: bool
    is_mine: bool
    is_others: bool
    why_not: str | None
    needs_two: bool
    policies: tuple[PolicyGroup, ...]
    draft: str
    steps: Sequence[AuditRow]
    members: Sequence[tuple[CaseMember, str]]
    entities: Sequence[Entity]
    similar: Sequence[Case]
    precedents: Sequence[Precedent]
    appeals: Sequence[Contested]
    may_appeal: bool
    may_decide_appeal: bool
    colleagues: Sequence[Officer]
    may_note: bool
    is_senior: bool
    wording: Wording | None
    wordings: Mapping[str, Wording]
    files: Sequence[tuple[CaseFile, str]]
    file_bytes: int


def open_beside(parts: Parts, session: Session, case: Case, *, caller: Caller, now: datetime) -> Beside:
    """Read it all; each part is bounded, so that a big cluster or an old shop costs no more."""
    is_claimed = cases.is_claimed(case, now)
    is_open = case.state in cases.OPEN_STATES
    may_note = bool(caller.grants & DECIDERS)
    found = session.scalars(select(Appeal).where(Appeal.case_id == case.id).order_by(Appeal.id.desc()).limit(5)).all()
    is_offered = any(each.state == "offered" and each.link_expires_at > now for each in found)
    had_a_say = {case.decided_by, case.first_by, (case.first or {}).get("disputed_by")}
    return Beside(
        is_open=is_open,
        is_mine=is_claimed and case.claimed_by == caller.name,
        is_others=is_claimed and case.claimed_by != caller.name,
        why_not=_why_not(case, caller, now),
        needs_two=needs_two(parts, case),
        policies=policy_groups(parts, session, case, titles.in_force(parts, session)) if is_open and may_note else (),
        draft=draft_of(parts, session, case.id, caller.name) if may_note else "",
        steps=of_object(session, "case", case.id, limit=_STEPS),
        members=_members(session, case),
        entities=_entities(parts, session, case, caller=caller, now=now),
        similar=marks.similar(session, case, but=second_reviews.blind_cases(session, caller), limit=_SIMILAR),
        precedents=precedents.of_case(session, case.id),
        appeals=[_contested(parts, session, each) for each in found],
        may_appeal=may_note and case.state == "decided" and case.outcome in cases.BOUND and not is_offered,
        may_decide_appeal=bool(caller.grants & SENIORS) and caller.name not in had_a_say,
        colleagues=_colleagues(parts, session, case, caller, now) if is_open and may_note else (),
        may_note=may_note,
        is_senior=bool(caller.grants & SENIORS),
        wording=wording_of(session, case),
        files=files_of_case(parts, session, case.id) if may_note else (),
        file_bytes=parts.settings.appeal_file_bytes,
        wordings=wordings.by_outcome(session, case.category) if is_open and may_note else {},
    )


def _contested(parts: Parts, session: Session, row: Appeal) -> Contested:
    files = [(each, name_of(parts, session, each)) for each in files_of(session, row.id)]
    return Contested(row, link_of(parts, row), without_personal(text_of(parts, session, row)), files)


def _why_not(case: Case, caller: Caller, now: datetime) -> str | None:
    if case.state not in cases.OPEN_STATES:
        return "work.appealed" if case.state == "appealed" else "work.closed"
    if not caller.grants & (SENIORS if case.queue == "senior" else DECIDERS):
        return "work.not_senior" if caller.grants & DECIDERS else "work.viewer"
    if case.first_by is not None and caller.name in {case.first_by, (case.first or {}).get("disputed_by")}:
        return "work.second_is_another"
    if case.bulk_id is not None:
        return "work.in_bulk"
    return "work.others" if cases.is_claimed(case, now) and case.claimed_by != caller.name else None


def _members(session: Session, case: Case) -> list[tuple[CaseMember, str]]:
    if case.size < 2:  # noqa: PLR2004 - the case's own content alone
        return []
    found = clusters.members(session, case.id, limit=_MEMBERS)
    named = select(Content.id, Content.content_id).where(Content.id.in_([each.content_pk for each in found]))
    names = {row[0]: row[1] for row in session.execute(named)}
    return [(each, names.get(each.content_pk, "")) for each in found]


def _entities(parts: Parts, session: Session, case: Case, *, caller: Caller, now: datetime) -> list[Entity]:
    named = [("shop", case.shop_id), *([("author", case.author_id)] if case.author_id else [])]
    blind = second_reviews.blind_cases(session, caller)
    shown = []
    for entity_type, entity_id in named:
        standing = marks.standing_without(session, (case.shop_id, entity_type, entity_id), without=blind, now=now)
        author_id = entity_id if entity_type == "author" else None
        about: dict[str, Any] = {
            "shop_id": case.shop_id,
            "author_id": author_id,
            "since": now - _LOOKED_BACK,
            "but": {case.id, *blind},
        }
        shown.append(
            Entity(
                entity_type,
                entity_id,
                standing,
                parts.ladder.step(standing.points),
                parts.ladder.missing(standing.points),
                marks.marks_of(session, case.shop_id, entity_type, entity_id, limit=_MARKS, without=blind),
                marks.history(session, **about, limit=_NEWEST),
            )
        )
    return shown


def colleagues_of(session: Session, caller: Caller) -> list[Officer]:
    """Other officers who decide cases."""
    return [
        officer
        for officer in _everybody(session)
        if (theirs := as_caller(officer)).grants & DECIDERS and theirs.name != caller.name
    ]


def _everybody(session: Session) -> Sequence[Officer]:
    active = select(Officer).where(Officer.disabled_at.is_(None)).order_by(Officer.username).limit(_COLLEAGUES)
    return session.scalars(active).all()


def _colleagues(parts: Parts, session: Session, case: Case, caller: Caller, now: datetime) -> list[Officer]:
    """Officers the case may be given to: of its shop and queue, on duty, and able to judge it."""
    needed = SENIORS if case.queue == "senior" else DECIDERS
    shifts = rosters.shifts_of(session)
    return [
        officer
        for officer in _everybody(session)
        if (theirs := as_caller(officer)).grants & needed
        and theirs.may_see(case.shop_id)
        and theirs.name not in {caller.name, case.first_by}
        and rosters.standing(shifts.get(officer.id, ()), now, parts.clocks.working).may_take
        and rosters.skills_of(officer).cover(queue=case.queue, category=case.category, script=case.script)
    ]

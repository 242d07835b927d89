"""Legal holds: what must neither be pruned nor erased, why, on whose word, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import Case, LegalHold, PersonRequest, Screening

TYPES = ("person", "shop", "screening", "case", "kind")


@dataclass(frozen=True, slots=True)
class Held:
    """Everything held at one moment: ids by type of object."""

    ids: dict[str, frozenset[str]]

    def of(self, object_type: str) -> frozenset[str]:
        """The held ids of a type."""
        return self.ids.get(object_type, frozenset())


def place(
    session: Session,
    *,
    object_type: str,
    object_id: str,
    reason: str,
    owner: str,
    ends_at: datetime,
    by: str,
    now: datetime,
) -> LegalHold:
    """Hold an object; reason, owner and an end in the future are required."""
    problems = []
    if object_type not in TYPES:
        problems.append(Problem("object_type", f"unknown: {object_type}", ", ".join(TYPES)))
    if ends_at <= now:
        problems.append(Problem("ends_at", "has passed", "an instant in the future"))
    problems += [
        Problem(name, "is empty", "a text")
        for name, value in (("object_id", object_id), ("reason", reason), ("owner", owner))
        if not value.strip()
    ]
    if problems:
        raise InvalidInput("the hold is wrong", problems=problems)
    hold = LegalHold(
        object_type=object_type,
        object_id=object_id,
        reason=reason,
        owner=owner,
        placed_by=by,
        placed_at=now,
        ends_at=ends_at.astimezone(UTC),
    )
    session.add(hold)
    session.flush()
    return hold


def release(session: Session, hold_id: str, *, reason: str, by: str, now: datetime) -> LegalHold:
    """End a hold before its time, once; a reason is required."""
    hold = session.get(LegalHold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound(f"no legal hold {hold_id}")
    if not reason.strip():
        raise InvalidInput("a reason is needed", problems=[Problem("reason", "is empty", "why the hold may end")])
    if hold.released_at is not None:
        raise Conflict(f"released already by {hold.released_by}")
    hold.released_at, hold.released_by, hold.release_reason = now, by, reason
    session.flush()
    return hold


def listed(session: Session, *, now: datetime, only_active: bool, limit: int) -> list[LegalHold]:
    """Holds, newest first."""
    found = select(LegalHold).order_by(LegalHold.id.desc()).limit(limit)
    return list(session.scalars(found.where(is_active(now)) if only_active else found))


def held(session: Session, *, now: datetime) -> Held:
    """What is held now."""
    by_type: defaultdict[str, set[str]] = defaultdict(set)
    for object_type, object_id in session.execute(
        select(LegalHold.object_type, LegalHold.object_id).where(is_active(now))
    ):
        by_type[object_type].add(object_id)
    return Held({object_type: frozenset(ids) for object_type, ids in by_type.items()})


def on_person(session: Session, ref: str, *, shop_id: str | None, now: datetime) -> LegalHold | None:
    """A hold that keeps this person from being erased: their own, their shop's, or one on something of theirs."""
    theirs = select(Screening.id).where(Screening.sealed_for == ref)
    cases = select(Case.id).where(Case.screening_id.in_(theirs))
    shops = select(Screening.shop_id).where(Screening.sealed_for == ref)
    asked = select(PersonRequest.id).where(PersonRequest.person_ref == ref)
    covering = (
        _is_on("person", [ref])
        | _is_on("shop", [shop_id] if shop_id is not None else [])
        | _is_on("kind", ["person"])
        | (_is_on("kind", ["screening"]) & theirs.exists())
        | (_is_on("kind", ["person_request"]) & asked.exists())
        | ((LegalHold.object_type == "screening") & LegalHold.object_id.in_(theirs))
        | ((LegalHold.object_type == "case") & LegalHold.object_id.in_(cases))
        | ((LegalHold.object_type == "shop") & LegalHold.object_id.in_(shops))
    )
    return session.scalar(select(LegalHold).where(is_active(now), covering).order_by(LegalHold.ends_at.desc()).limit(1))


def is_active(now: datetime) -> ColumnElement[bool]:
    """The condition that keeps a query to holds in force."""
    return LegalHold.released_at.is_(None) & (LegalHold.ends_at > now)


def _is_on(object_type: str, object_ids: Collection[str]) -> ColumnElement[bool]:
    return (LegalHold.object_type == object_type) & LegalHold.object_id.in_(object_ids)

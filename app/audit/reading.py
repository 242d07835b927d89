"""Looking audit rows up: filtered, newest first, and each with what is known about its place in the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import AuditCheckpoint, AuditLeaf, AuditRow
from app.values.access import Caller


@dataclass(frozen=True, slots=True)
class Filters:
    """What rows are looked for; None: not asked for. The period is from ``from_at`` until before ``to_at``."""

    actor: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    shop_id: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, and its number once it is sealed."""

    row: AuditRow
    seq: int | None


def listed(
    session: Session,
    filters: Filters,
    *,
    caller: Caller,
    before: str | None = None,
    limit: int = 50,
    without: Collection[str] = (),
) -> list[Entry]:
    """Rows the caller may see, newest first, older than the row ``before``; none about the cases ``without``.

    Whoever is bound to shops sees those shops' rows alone; rows that concern no shop are for callers of all shops.
    """
    found = _rows().where(caller.only_own(AuditRow.shop_id)).order_by(AuditRow.id.desc()).limit(limit)
    for name in ("actor", "action", "object_type", "object_id", "shop_id"):
        if (wanted := getattr(filters, name)) is not None:
            found = found.where(getattr(AuditRow, name) == wanted)
    if filters.from_at is not None:
        found = found.where(AuditRow.at >= filters.from_at)
    if filters.to_at is not None:
        found = found.where(AuditRow.at < filters.to_at)
    if before is not None:
        found = found.where(AuditRow.id < before)
    if without:
        named = func.coalesce(AuditRow.details["case_id"].as_string(), "")
        found = found.where(AuditRow.object_id.not_in(without), named.not_in(without))
    return [Entry(row, seq) for row, seq in session.execute(found)]


def find(session: Session, row_id: str, *, caller: Caller) -> Entry:
    """One row; raises NotFound where there is none, or it is not for the caller's eyes."""
    found = session.execute(_rows().where(AuditRow.id == row_id, caller.only_own(AuditRow.shop_id))).first()
    if found is None:
        raise NotFound(f"no audit row {row_id}")
    row, seq = found
    return Entry(row, seq)


def checkpoints(session: Session, *, before: int | None = None, limit: int = 50) -> list[AuditCheckpoint]:
    """Checkpoints, largest first, smaller than ``before``."""
    found = select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(limit)
    if before is not None:
        found = found.where(AuditCheckpoint.size < before)
    return list(session.scalars(found))


def of_object(session: Session, object_type: str, object_id: str, *, limit: int) -> list[AuditRow]:
    """What was done to one thing, oldest first."""
    about = (AuditRow.object_type == object_type) & (AuditRow.object_id == object_id)
    return list(session.scalars(select(AuditRow).where(about).order_by(AuditRow.id).limit(limit)))


def newest_of(
    session: Session, object_type: str, object_id: str, actions: Collection[str], *, limit: int
) -> list[AuditRow]:
    """Who did any of these things to it, newest first."""
    about = (AuditRow.object_type == object_type) & (AuditRow.object_id == object_id) & AuditRow.action.in_(actions)
    return list(session.scalars(select(AuditRow).where(about).order_by(AuditRow.id.desc()).limit(limit)))


def entries_of(session: Session, object_type: str, object_id: str, *, limit: int) -> list[Entry]:
    """The same with each row's number in the log."""
    about = (AuditRow.object_type == object_type) & (AuditRow.object_id == object_id)
    return [Entry(row, seq) for row, seq in session.execute(_rows().where(about).order_by(AuditRow.id).limit(limit))]


def _rows() -> Select[AuditRow, int | None]:
    return select(AuditRow, AuditLeaf.seq).outerjoin(AuditLeaf, AuditLeaf.row_id == AuditRow.id)

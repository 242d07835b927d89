"""Strikes and labels of shops and authors: they expire by themselves, and overturning a case takes its strikes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import Case, EntityMark
from app.prepared import Prepared
from app.values.penalties import POINTS_BY_SEVERITY

ENTITIES = ("shop", "author")
LONGEST = timedelta(days=1_096)
_IN_MAX = 400
_LOOKED_AT = 500
"""So many of the newest cases a history counts: a shop with a million costs no more than one with a hundred."""
_MARKS = EntityMark.__table__.c
_SAID = (_MARKS.shop_id, _MARKS.entity_type, _MARKS.entity_id, _MARKS.kind, _MARKS.value, _MARKS.points)
_ALIVE = select(*_SAID).where(_MARKS.expires_at > bindparam("now"), _MARKS.voided_at.is_(None))
"""Made once, and of the table rather than of the model: every screening asks it."""
_LIVING = _ALIVE.where(
    _MARKS.shop_id.in_(bindparam("shops", expanding=True)), _MARKS.entity_id.in_(bindparam("ids", expanding=True))
)
_LIVING_ONE = Prepared(_ALIVE.where(_MARKS.shop_id == bindparam("shop"), _MARKS.entity_id == bindparam("entity")))
_FEW = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """How a shop or an author stands: points of living strikes, how many, and living labels."""

    points: int = 0
    strikes: int = 0
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What became of the newest 500 cases of a shop or an author: how many were decided how, and the newest few."""

    by_outcome: Mapping[str, int]
    open: int
    newest: Sequence[Case] = field(default_factory=tuple)


def strike(session: Session, case: Case, *, authors: Iterable[str], by: str, days: int, now: datetime) -> int:
    """A strike for the shop and for each author behind a case that was decided against them; returns how many."""
    points = POINTS_BY_SEVERITY[max(1, min(5, case.severity))]
    struck = [("shop", case.shop_id), *(("author", author) for author in authors)]
    for entity_type, entity_id in struck:
        session.add(
            EntityMark(
                shop_id=case.shop_id,
                entity_type=entity_type,
                entity_id=entity_id,
                kind="strike",
                value=(case.policy or case.category)[:100],
                points=points,
                reason=case.reason or "",
                case_id=case.id,
                made_by=by,
                made_at=now,
                expires_at=now + timedelta(days=days),
            )
        )
    session.flush()
    return len(struck)


def label(
    session: Session,
    *,
    shop_id: str,
    entity_type: str,
    entity_id: str,
    value: str,
    reason: str,
    by: str,
    expires_at: datetime,
    now: datetime,
) -> EntityMark:
    """Put a label on a shop or an author until an instant; raises InvalidInput naming what is wrong."""
    problems = []
    if entity_type not in ENTITIES:
        problems.append(Problem("entity_type", entity_type, ", ".join(ENTITIES)))
    if not value.strip() or len(value) > 100:  # noqa: PLR2004 - the column's
        problems.append(Problem("value", value[:40], "1 to 100 characters"))
    if not reason.strip():
        problems.append(Problem("reason", "is empty", "why"))
    if not now < expires_at <= now + LONGEST:
        problems.append(Problem("expires_at", expires_at.isoformat(), f"within {LONGEST.days} days"))
    if problems:
        raise InvalidInput("the label is wrong", problems=problems)
    place = {"shop_id": shop_id, "entity_type": entity_type, "entity_id": entity_id}
    when = {"made_by": by, "made_at": now, "expires_at": expires_at}
    row = EntityMark(**place, kind="label", value=value.strip(), points=0, reason=reason, **when)
    session.add(row)
    session.flush()
    return row


def void(session: Session, mark_id: str, *, by: str, now: datetime) -> EntityMark:
    """End a mark before its time; a second time changes nothing."""
    row = session.get(EntityMark, mark_id)
    if row is None:
        raise NotFound(f"no mark {mark_id}")
    if row.voided_at is None:
        row.voided_at, row.voided_by = now, by
        session.flush()
    return row


def void_of(session: Session, case_id: str, *, by: str, now: datetime) -> int:
    """Take back the strikes of a case; returns how many."""
    alive = (EntityMark.case_id == case_id) & EntityMark.voided_at.is_(None)
    gone = update(EntityMark).where(alive).values(voided_at=now, voided_by=by).returning(EntityMark.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def standings(
    connection: Connection, entities: Iterable[tuple[str, str, str]], *, now: datetime
) -> dict[tuple[str, str, str], Standing]:
    """The standing of each (shop, type, id) that has living marks."""
    wanted = set(entities)
    found: dict[tuple[str, str, str], Standing] = {}
    for shop_id, entity_type, entity_id, kind, value, points in _living(connection, wanted, now):
        key = (shop_id, entity_type, entity_id)
        before = found.get(key, Standing())
        labels = tuple(sorted({*before.labels, value})) if kind == "label" else before.labels
        found[key] = Standing(before.points + points, before.strikes + (kind == "strike"), labels)
    return {key: standing for key, standing in found.items() if key in wanted}


def standing_without(
    session: Session, entity: tuple[str, str, str], *, without: Collection[str], now: datetime
) -> Standing:
    """How (shop, type, id) would stand without its strikes from some cases: for whoever may not know their outcome."""
    known = standings(session.connection(), [entity], now=now).get(entity, Standing())
    if not without:
        return known
    named = (_MARKS.shop_id == entity[0]) & (_MARKS.entity_type == entity[1]) & (_MARKS.entity_id == entity[2])
    struck = _ALIVE.where(named, _MARKS.kind == "strike", _MARKS.case_id.in_(without))
    points = [row.points for row in session.execute(struck, {"now": now})]
    return Standing(known.points - sum(points), known.strikes - len(points), known.labels)


def _living(connection: Connection, wanted: Collection[tuple[str, str, str]], now: datetime) -> Iterator[Sequence[Any]]:
    """The living marks of at least those entities, each once."""
    named = {(shop_id, entity_id) for shop_id, _, entity_id in wanted}
    if len(named) <= _FEW:
        for shop_id, entity_id in named:
            yield from _LIVING_ONE.rows(connection, shop=shop_id, entity=entity_id, now=now)
        return
    shops, ids = sorted({shop_id for shop_id, _ in named}), sorted({entity_id for _, entity_id in named})
    for start in range(0, len(ids), _IN_MAX):
        yield from connection.execute(_LIVING, {"shops": shops, "ids": ids[start : start + _IN_MAX], "now": now})


def marks_of(
    session: Session, shop_id: str, entity_type: str, entity_id: str, *, limit: int, without: Collection[str] = ()
) -> Sequence[EntityMark]:
    """The marks of a shop or an author, living and past, the newest first; none from the cases ``without``."""
    named = (EntityMark.shop_id == shop_id) & (EntityMark.entity_type == entity_type)
    named &= EntityMark.entity_id == entity_id
    if without:
        named &= func.coalesce(EntityMark.case_id, "").not_in(without)
    return session.scalars(select(EntityMark).where(named).order_by(EntityMark.id.desc()).limit(limit)).all()


def history(
    session: Session, *, shop_id: str, author_id: str | None, since: datetime, but: Collection[str], limit: int
) -> History:
    """Earlier cases of a shop, or of an author in it, since an instant, ``but`` for some: the one that is looked at."""
    theirs = (Case.shop_id == shop_id) & (Case.opened_at >= since)
    if author_id is not None:
        theirs &= Case.author_id == author_id
    lately = select(Case.outcome).where(theirs, Case.id.not_in(but), Case.state != "superseded")
    looked_at = lately.order_by(Case.opened_at.desc()).limit(_LOOKED_AT).subquery()
    rows = {row[0]: row[1] for row in session.execute(select(looked_at.c.outcome, func.count()).group_by("outcome"))}
    unanswered = rows.pop(None, 0)
    newest = (
        select(Case).where(theirs, Case.id.not_in(but)).order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
    )
    return History(rows, unanswered, session.scalars(newest).all())


def similar(session: Session, case: Case, *, limit: int, but: Collection[str] = ()) -> Sequence[Case]:
    """Other cases of the shop about the same text or for the same causes, ``but`` for some, the newest first."""
    alike = [
        # not along the shop's index, which SQLite takes for its order and reads to the end
        (
            case.folded_digest,
            (Case.folded_digest == case.folded_digest) & (func.coalesce(Case.shop_id, "") == case.shop_id),
        ),
        (case.basis, (Case.shop_id == case.shop_id) & (Case.basis == case.basis)),
    ]
    found: dict[str, Case] = {}
    for value, same in alike:
        if value is not None:
            newest = select(Case).where(same, Case.id.not_in({case.id, *but})).order_by(Case.opened_at.desc())
            found |= {each.id: each for each in session.scalars(newest.limit(limit))}
    return sorted(found.values(), key=lambda each: each.opened_at, reverse=True)[:limit]

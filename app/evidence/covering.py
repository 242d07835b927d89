"""What evidence covers a content or an event: the records its rules see, looked up for many at once.

Covering is by shop, and where a piece names them by goods or person, category and claim. What is named by number but
does not hold any more is told too, as lapsed: a caller who names an expired report should hear so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.evidence.registry import ENDED
from app.models import Evidence
from app.prepared import Prepared, connection_of, one_by_one
from app.values.china_days import day_of
from app.values.evidence import IN_FORCE, LAPSED, SUBJECT_TYPES

MOST = 400
"""More pieces than this for one subject are not listed: then it is unknown what covers it, and a person looks."""
_TYPES_OF = {
    "sku_id": "sku",
    "sku_ids": "sku",
    "creative_sku_id": "sku",
    "content_id": "content",
    "author_ref": "person",
    "host_refs": "person",
    "provider_id": "provider",
    "supplier_id": "supplier",
    "campaign_id": "campaign",
    "course_id": "course",
}
_LONGEST_REF = 200
_SHOPS = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: its shop, its category, what it is about (type and id), and the references it names."""

    shop_id: str
    day: date
    category: str | None
    about: frozenset[tuple[str, str]]
    named: frozenset[str]


def subject_of(shop_id: str, subject: str, facts: Mapping[str, Any], *, at: datetime) -> Subject:
    """What an event or content is about, read from its facts."""
    about = {(kind, subject) for kind in SUBJECT_TYPES}
    named: set[str] = set()
    for name, value in facts.items():
        texts = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        short = {each for each in texts if isinstance(each, str) and 0 < len(each) <= _LONGEST_REF}
        named |= short
        kind = _TYPES_OF.get(name)
        about |= {(kind, each) for each in short} if kind else set()
    category = facts.get("category") or facts.get("order.category")
    return Subject(shop_id, day_of(at), str(category) if category else None, frozenset(about), frozenset(named))


def records(session: Session, subjects: Sequence[Subject]) -> list[list[dict[str, str]] | None]:
    """For each subject, in order, the records of what covers it; None where there is too much to list."""
    asked: dict[str, list[Subject]] = {}
    for each in subjects:
        asked.setdefault(each.shop_id, []).append(each)
    shops, by_shop = registered(connection_of(session), asked), dict[str, list[Any]]()
    for part in _portions(shops, _SHOPS):
        by_shop |= _rows(session, part, [each for shop_id in part for each in asked[shop_id]])
    return [_of(each, by_shop.get(each.shop_id, [])) for each in subjects]


def registered(connection: Connection, shops: Iterable[str]) -> set[str]:
    """Those of the shops that have registered anything at all, which most have not: a look into an index each."""
    wanted = sorted(set(shops))
    if connection.dialect.name == "sqlite" or one_by_one(connection, len(wanted)):
        return {shop_id for shop_id in wanted if _ANY.first(connection, shop=shop_id) is not None}
    return {shop_id for (shop_id,) in _ANY_OF.rows(connection, shops=wanted)}


_COLUMNS = (
    Evidence.id,
    Evidence.shop_id,
    Evidence.kind,
    Evidence.number,
    Evidence.subject_type,
    Evidence.subject,
    Evidence.category,
    Evidence.claims,
    Evidence.state,
    Evidence.valid_from,
    Evidence.valid_until,
)


_TABLE = Evidence.__table__.c
_ANY = Prepared(select(_TABLE.id).where(_TABLE.shop_id == bindparam("shop")).limit(1))
_ASKED = func.unnest(bindparam("shops", type_=ARRAY(Text))).column_valued("asked")
_ANY_OF = Prepared(select(_ASKED).where(exists().where(_TABLE.shop_id == _ASKED)))


def _rows(session: Session, shops: Sequence[str], subjects: Sequence[Subject]) -> dict[str, list[Any]]:
    """By shop, everything that may cover one of the subjects, and what they name."""
    own = Evidence.shop_id.in_(shops)
    holds = Evidence.state == "verified"
    place = func.row_number().over(partition_by=Evidence.shop_id, order_by=Evidence.id.desc()).label("place")
    whole = select(*_COLUMNS, place).where(own, holds, Evidence.subject.is_(None)).subquery()
    found: dict[str, Any] = {row.id: row for row in session.execute(select(whole).where(whole.c.place <= MOST + 1))}
    for part in _portions(subject for each in subjects for _, subject in each.about):
        about = select(*_COLUMNS).where(own, holds, Evidence.subject.in_(part))
        found |= {row.id: row for row in session.execute(about.limit(10 * MOST))}
    for part in _portions(name for each in subjects for name in each.named):
        is_named = or_(Evidence.number.in_(part), Evidence.id.in_(part))
        gone = select(*_COLUMNS).where(own, Evidence.state.in_(("verified", *ENDED)), is_named)
        found |= {row.id: row for row in session.execute(gone.limit(MOST))}
    by_shop: dict[str, list[Any]] = {shop_id: [] for shop_id in shops}
    for row in found.values():
        by_shop[row.shop_id].append(row)
    return by_shop


def _portions(values: Iterable[str], size: int = MOST) -> Iterator[list[str]]:
    ordered = sorted(set(values))
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


def _of(subject: Subject, rows: Collection[Any]) -> list[dict[str, str]] | None:
    if not rows:
        return []
    holding = [row for row in rows if _holds(row, subject.day)]
    covering = [row for row in holding if _covers(row, subject)]
    if len(covering) > MOST:
        return None
    alive = {row.number for row in holding}
    lapsed = [
        row
        for row in rows
        if not _holds(row, subject.day) and subject.named & {row.id, row.number} and row.number not in alive
    ]
    told = [(row, IN_FORCE) for row in covering] + [(row, LAPSED) for row in lapsed]
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "number": row.number,
            "subject": row.subject or "",
            "claim": claim,
            "state": state,
        }
        for row, state in sorted(told, key=lambda each: each[0].id)
        for claim in (row.claims or ("",))
    ]


def _holds(row: Any, day: date) -> bool:
    is_begun = row.valid_from <= day
    return bool(row.state == "verified" and is_begun and (row.valid_until is None or day <= row.valid_until))


def _covers(row: Any, subject: Subject) -> bool:
    is_about = row.subject is None or (row.subject_type, row.subject) in subject.about
    return bool(is_about and (row.category is None or row.category == subject.category))

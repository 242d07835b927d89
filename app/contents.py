"""Contents and screenings in the database; this module owns every change of a content's outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ARRAY, Table, Text, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import AuditRow, Case, Content, Screening
from app.models.base import ORG
from app.prepared import Prepared, connection_of, one_by_one
from app.values.access import Caller

_CONTENT, _SCREENING, _CASE, _AUDIT = (cast("Table", model.__table__) for model in (Content, Screening, Case, AuditRow))
_IN_MAX = 500
# Statements of the hot path are made once: building one costs more than running it.
_PAIRS = func.unnest(bindparam("shops", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))
_ASKED = _PAIRS.table_valued("shop_id", "content_id", name="asked").render_derived()
_KNOWN_OF = Prepared(
    select(
        *(_CONTENT.c.shop_id, _CONTENT.c.content_id),
        *(_CONTENT.c.id, _CONTENT.c.version, _CONTENT.c.digest, _CONTENT.c.screening_id),
    )
    .where(_CONTENT.c.org_id == ORG, _CONTENT.c.shop_id == _ASKED.c.shop_id)
    .where(_CONTENT.c.content_id == _ASKED.c.content_id)
    .order_by(_CONTENT.c.id)
    .with_for_update(of=_CONTENT)
)
_KNOWN = (
    select(_CONTENT.c.content_id, _CONTENT.c.id, _CONTENT.c.version, _CONTENT.c.digest, _CONTENT.c.screening_id)
    .where(_CONTENT.c.org_id == ORG, _CONTENT.c.shop_id == bindparam("shop"))
    .where(_CONTENT.c.content_id.in_(bindparam("ids", expanding=True)))
    .order_by(_CONTENT.c.id)
    .with_for_update()
)
_KNOWN_ONE = Prepared(
    select(_CONTENT.c.id, _CONTENT.c.version, _CONTENT.c.digest, _CONTENT.c.screening_id)
    .where(_CONTENT.c.org_id == ORG, _CONTENT.c.shop_id == bindparam("shop"))
    .where(_CONTENT.c.content_id == bindparam("content"))
    .with_for_update()
)
_TABLES = (_CONTENT, _SCREENING, _CASE, _AUDIT)
_ADD = {table: Prepared(insert(table), columns=[column.key for column in table.columns]) for table in _TABLES}


@dataclass(frozen=True, slots=True)
class Known:
    """A content as it stands: what a new upload of it is compared with."""

    pk: str
    version: int
    digest: str
    screening_id: str


@dataclass(slots=True)
class NewRows:
    """Rows of one unit of work, written together at its end: for a batch of 1,000 that is four statements."""

    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    replaced: dict[str, dict[str, Any]] = field(default_factory=dict)
    screenings: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    audits: list[dict[str, Any]] = field(default_factory=list)

    def put_content(self, values: dict[str, Any], *, is_new: bool) -> None:
        """A content's present state; a later version in the same unit replaces an earlier one."""
        pk = values["id"]
        if pk in self.contents:
            self.contents[pk] |= values
        elif is_new:
            self.contents[pk] = values
        else:
            self.replaced[pk] = values

    def write(self, session: Session) -> None:
        """Insert and update everything; contents in one order for all, so that two writers never deadlock."""
        connection = connection_of(session)
        contents = sorted(self.contents.values(), key=lambda row: (row["shop_id"], row["content_id"]))
        for pk, values in self.replaced.items():
            changed = {name: value for name, value in values.items() if name not in {"id", "created_at"}}
            connection.execute(update(_CONTENT).where(_CONTENT.c.id == pk).values(changed))
        together = (contents, self.screenings, self.cases, self.audits)
        for table, rows in zip(_TABLES, together, strict=True):
            if rows:
                _ADD[table].run(connection, rows)


def known(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """What is stored for (shop, content id) pairs, locked against other writers until the transaction ends."""
    found: dict[tuple[str, str], Known] = {}
    connection, wanted = connection_of(session), sorted(set(keys))  # in one order for all: two writers never deadlock
    if one_by_one(connection, len(wanted)):
        for shop_id, content_id in wanted:
            if row := _KNOWN_ONE.first(connection, shop=shop_id, content=content_id):
                found[shop_id, content_id] = Known(*row)
        return found
    if connection.dialect.name == "postgresql":  # where a look is a round trip, one for all shops
        shops, ids = zip(*wanted, strict=True)
        rows = _KNOWN_OF.rows(connection, shops=list(shops), ids=list(ids))
        return {(shop_id, content_id): Known(*row) for shop_id, content_id, *row in rows}
    by_shop: dict[str, set[str]] = defaultdict(set)
    for shop_id, content_id in wanted:
        by_shop[shop_id].add(content_id)
    for shop_id, content_ids in by_shop.items():
        ordered = sorted(content_ids)
        for start in range(0, len(ordered), _IN_MAX):
            asked = {"shop": shop_id, "ids": ordered[start : start + _IN_MAX]}
            for content_id, pk, version, digest, screening_id in connection.execute(_KNOWN, asked):
                found[shop_id, content_id] = Known(pk, version, digest, screening_id)
    return found


def find_screening(session: Session, screening_id: str, *, caller: Caller) -> Screening:
    """The screening, when it is of one of the caller's shops."""
    screening = session.get(Screening, screening_id)
    if screening is None or not caller.may_see(screening.shop_id):
        raise NotFound(f"no screening {screening_id}")
    return screening


def find_content(session: Session, content_id: str, *, shop_id: str | None, caller: Caller) -> Content:
    """The content of that id in one of the caller's shops.

    Raises:
        NotFound: none of the caller's shops has it.
        Conflict: several have it and ``shop_id`` was not given; names them.
    """
    wanted = (Content.org_id == ORG) & (Content.content_id == content_id) & caller.only_own(Content.shop_id)
    if shop_id is not None:
        wanted &= Content.shop_id == shop_id
    found = session.scalars(select(Content).where(wanted).limit(10)).all()
    if not found:
        raise NotFound(f"no content {content_id}")
    if len(found) > 1:
        raise Conflict(f"several shops have {content_id}: add shop_id, one of {', '.join(c.shop_id for c in found)}")
    return found[0]


def set_outcome(
    session: Session, content: Content, *, decision: str, by: str, reason: str | None, now: datetime
) -> None:
    """Say what a content's outcome is now, and by whose word."""
    content.decision, content.status = decision, "final"
    content.outcome_by, content.outcome_at, content.outcome_reason = by, now, reason
    session.flush()

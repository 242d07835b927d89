"""Where a backtest's things come from: stored screenings of a period, in a fixed order, a few at a time.

walk: (shop, created_at, id) by the index, no texts ─ is_chosen ─ opened: requests and answers, unsealed in memory

The walk goes shop by shop, because that is what ``ix_screening_shop_id_created_at`` can seek in: no index more on the
table every upload writes to, and no session stays open between two portions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson
from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.backtesting.span import Place, Span
from app.db import Database
from app.flows.backtest import ToReplay, content_to_replay
from app.flows.stored_screening import open_column, stored_content
from app.models import Case, CaseMember, Content, Screening
from app.review.cases import DECIDED_STATES
from app.review.precedents import VERDICTS
from app.vault.crypto import SealBroken
from app.vault.people import People

_PORTION = 1_000


def count_screenings(session: Session, span: Span) -> int:
    """How many screenings the walk will pass."""
    found = select(func.count()).select_from(Screening).where(_in_period(span), _in_shops(span))
    return session.scalar(found) or 0


def walk(db: Database, span: Span, after: Place | None = None) -> Iterator[Place]:
    """Every screening of the span behind ``after``, chosen or not."""
    shop_id = after.shop_id if after is not None else _next_shop(db, span, None)
    while shop_id is not None:
        while portion := _portion(db, span, shop_id, after):
            yield from portion
            after = portion[-1]
        shop_id, after = _next_shop(db, span, shop_id), None


def opened(db: Database, people: People, screening_ids: Sequence[str]) -> list[ToReplay | None]:
    """These screenings (a hundred or so) in order; None for one whose person was erased."""
    with db.read() as session:
        found = session.execute(
            select(Screening, Content.content_id)
            .join(Content, Content.id == Screening.content_pk)
            .where(Screening.id.in_(screening_ids))
        ).all()
        rows = {screening.id: (screening, content_id) for screening, content_id in found}
        outcomes = _outcomes(session, [screening.content_pk for screening, _ in rows.values()])
        return [
            None if row is None else _opened(people, session, *row, outcome=outcomes.get(row[0].id))
            for row in map(rows.get, screening_ids)
        ]


def _opened(
    people: People, session: Session, screening: Screening, content_id: str, *, outcome: str | None
) -> ToReplay | None:
    try:
        content = stored_content(people, session, screening, content_id=content_id)
        answer = orjson.loads(open_column(people, session, screening, "answer"))
    except SealBroken:
        return None
    return content_to_replay(screening.id, content, answer, at=screening.created_at, outcome=outcome)


def _outcomes(session: Session, content_pks: Sequence[str]) -> dict[str, str | None]:
    """What officers decided, by screening; asked by content, because that is what cases are indexed by."""
    closed = Case.state.in_(DECIDED_STATES)
    shown = select(Case.screening_id, Case.outcome, Case.decided_at).where(Case.content_pk.in_(content_pks), closed)
    joined = (
        select(CaseMember.screening_id, Case.outcome, Case.decided_at)
        .join(Case, Case.id == CaseMember.case_id)
        .where(CaseMember.content_pk.in_(content_pks), closed)
    )
    rows = sorted([*session.execute(shown), *session.execute(joined)], key=lambda row: row[2])
    return {row[0]: VERDICTS.get(row[1], row[1]) for row in rows}


def _next_shop(db: Database, span: Span, before: str | None) -> str | None:
    later = literal(value=True) if before is None else Screening.shop_id > before
    with db.read() as session:
        found: str | None = session.scalar(select(func.min(Screening.shop_id)).where(later, _in_shops(span)))
        return found


def _portion(db: Database, span: Span, shop_id: str, after: Place | None) -> list[Place]:
    found = select(Screening.shop_id, Screening.created_at, Screening.id)
    found = found.where(Screening.shop_id == shop_id, _in_period(span))
    if after is not None:
        edge = tuple_(literal(after.created_at, Screening.created_at.type), literal(after.screening_id))
        found = found.where(tuple_(Screening.created_at, Screening.id) > edge)
    with db.read() as session:
        ordered = found.order_by(Screening.created_at, Screening.id).limit(_PORTION)
        return [Place(*row) for row in session.execute(ordered)]


def _in_shops(span: Span) -> ColumnElement[bool]:
    return literal(value=True) if span.shop_ids is None else Screening.shop_id.in_(span.shop_ids)


def _in_period(span: Span) -> ColumnElement[bool]:
    return (Screening.created_at >= span.from_at) & (Screening.created_at < span.to_at)

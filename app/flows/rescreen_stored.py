"""Re-screening what is in the database: every content's newest screening, with its present outcome.

The walk goes by the contents' primary key, so a piece is named by where it begins, no session stays open between two
pieces, and a run that goes on after a crash finds the same pieces again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.flows.case_settings import ladder_of
from app.flows.rescreen_batch import Before
from app.flows.rescreen_pieces import Unread
from app.flows.standing_facts import standing_facts_of
from app.flows.stored_screening import stored_content
from app.models import Content, Screening
from app.settings import Settings
from app.values.content import ContentToScreen
from app.vault.crypto import SealBroken
from app.vault.people import People

PIECE = 2_000
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class StoredPiece:
    """The contents whose keys lie behind ``after`` and up to ``last``."""

    name: str
    after: str
    last: str
    weight: int
    until: datetime
    shop_ids: tuple[str, ...] | None = None


def count_contents(session: Session, *, until: datetime, shop_ids: tuple[str, ...] | None) -> int:
    """How many contents there are to screen."""
    wanted = select(func.count()).select_from(Content).where(*_wanted(until, shop_ids))
    return session.scalar(wanted) or 0


def stored_pieces(db: Database, *, until: datetime, shop_ids: tuple[str, ...] | None) -> Iterator[StoredPiece]:
    """All contents made before ``until``, in pieces."""
    after = ""
    while True:
        keys = select(Content.id).where(*_wanted(until, shop_ids), Content.id > after).order_by(Content.id)
        with db.read() as session:
            found = list(session.scalars(keys.limit(PIECE)))
        if not found:
            return
        yield StoredPiece(f"contents-{found[0]}", after, found[-1], len(found), until, shop_ids)
        after = found[-1]


def stored_contents(
    db: Database, people: People, piece: StoredPiece, *, settings: Settings, now: datetime
) -> Iterator[Before | Unread]:
    """The piece's contents as they were sent, with what the shop's and the author's standing is now."""
    after = piece.after
    while True:
        with db.read() as session:
            rows = session.execute(
                select(Content, Screening)
                .join(Screening, Screening.id == Content.screening_id)
                .where(*_wanted(piece.until, piece.shop_ids), Content.id > after, Content.id <= piece.last)
                .order_by(Content.id)
                .limit(_AT_A_TIME)
            ).all()
            things = [_opened(people, session, content, screening) for content, screening in rows]
        if not rows:
            return
        after = rows[-1][0].id
        contents = [thing.content for thing in things if isinstance(thing, Before)]
        standing = standing_facts_of(db, ladder_of(settings), contents, now=now)
        for thing in things:
            yield thing if isinstance(thing, Unread) else _standing_now(thing, standing(thing.content))


def one_stored(
    people: People, session: Session, content: Content, db: Database, *, settings: Settings, now: datetime
) -> Before | Unread:
    """One content as it was last sent, with what its standing is now."""
    screening = session.get(Screening, content.screening_id)
    assert screening is not None, "a content's screening is never deleted before the content"
    thing = _opened(people, session, content, screening)
    if isinstance(thing, Unread):
        return thing
    standing = standing_facts_of(db, ladder_of(settings), [thing.content], now=now)
    return _standing_now(thing, standing(thing.content))


def _opened(people: People, session: Session, content: Content, screening: Screening) -> Before | Unread:
    try:
        stored = stored_content(people, session, screening, content_id=content.content_id)
    except SealBroken:  # its person was erased
        return Unread(f"content {content.id}: its person was erased")
    is_for_media = bool(stored.media) and content.outcome_by == "screening" and content.decision == "review"
    is_out = content.status == "pending"
    return Before(stored, content.decision, content.id, is_out, is_for_media and not is_out)


def _standing_now(thing: Before, standing: Mapping[str, object]) -> Before:
    content: ContentToScreen = thing.content
    return replace(thing, content=replace(content, facts={**content.facts, **standing}))


def _wanted(until: datetime, shop_ids: tuple[str, ...] | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Content.created_at < until]
    return wanted if shop_ids is None else [*wanted, Content.shop_id.in_(shop_ids)]

"""How the shop and the author of a content stand, and what evidence covers it, as facts its rules may ask about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app.db import Database
from app.evidence.covering import registered
from app.flows.ask_evidence import evidence_facts
from app.flows.parts import Parts
from app.review.marks import Standing, standings
from app.values.content import ContentToScreen
from app.values.evidence import FACT
from app.values.penalties import Ladder

_CLEAN = Standing()


def standing_facts(
    parts: Parts, contents: Sequence[ContentToScreen], *, now: datetime
) -> Callable[[ContentToScreen], Mapping[str, object]]:
    """Looks all of them up at once; the answer gives one content's facts. Without an author, theirs are unknown."""
    return standing_facts_of(parts.db, parts.ladder, contents, now=now)


def standing_facts_of(
    db: Database, ladder: Ladder, contents: Sequence[ContentToScreen], *, now: datetime
) -> Callable[[ContentToScreen], Mapping[str, object]]:
    """The same for a process that has no more than a database."""
    asked = {("shop", content.shop_id, content.shop_id) for content in contents}
    asked |= {("author", content.shop_id, content.author_id) for content in contents if content.author_id}
    with db.glance() as connection:
        found = standings(connection, [(shop_id, kind, name) for kind, shop_id, name in asked], now=now)
        is_any = registered(connection, (content.shop_id for content in contents))
    covered_by: Callable[[ContentToScreen], Mapping[str, object]] = _nothing_covers
    if is_any:
        with db.read() as session:
            covered_by = evidence_facts(session, contents, now=now)

    def of(content: ContentToScreen) -> Mapping[str, object]:
        shop = found.get((content.shop_id, "shop", content.shop_id), _CLEAN)
        author = None
        if content.author_id:
            author = found.get((content.shop_id, "author", content.author_id), _CLEAN)
        return {
            "shop.strike_points": shop.points,
            "shop.penalty": ladder.step(shop.points),
            "shop.labels": list(shop.labels),
            "author.strike_points": None if author is None else author.points,
            "author.penalty": None if author is None else ladder.step(author.points),
            "author.labels": None if author is None else list(author.labels),
            **covered_by(content),
        }

    return of


def _nothing_covers(_content: ContentToScreen) -> Mapping[str, object]:
    return {FACT: []}

"""Reading a stored screening back, opening its seal where it has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.models import Screening
from app.values.content import ContentToScreen, Medium, Segment
from app.vault.crypto import SealBroken
from app.vault.people import People
from app.word_counts import WORD_MAX


def stored_answer(people: People, session: Session, screening_id: str) -> bytes:
    """The answer exactly as it was given."""
    screening = session.get(Screening, screening_id)
    assert screening is not None, "a content's screening is never deleted before the content"
    return open_column(people, session, screening, "answer")


def open_column(people: People, session: Session, screening: Screening, column: str) -> bytes:
    """The ``request`` or ``answer`` of a screening in the clear; raises SealBroken when its person was erased."""
    value: bytes = getattr(screening, column)
    if not screening.is_sealed or screening.sealed_for is None:
        return value
    return people.unseal(
        session, value, person=screening.sealed_for, table="screening", column=column, row=screening.id
    )


def words_hit(people: People, session: Session, screening: Screening) -> list[tuple[str, str]]:
    """The lists and words that asked for more than a label, each once, as they are counted; none of an erased person.

    A word is cut as its count is.
    """
    try:
        answer = orjson.loads(open_column(people, session, screening, "answer"))
    except SealBroken:
        return []
    hits = [hit for hit in answer.get("hits", ()) if hit["verdict"] != "label"]
    return sorted({(hit["wordlist"], hit["word"][:WORD_MAX]) for hit in hits})


def stored_content(people: People, session: Session, screening: Screening, *, content_id: str) -> ContentToScreen:
    """The content as it was uploaded, ready to be judged again."""
    kept: dict[str, Any] = orjson.loads(open_column(people, session, screening, "request"))
    occurred_at: datetime | None = screening.occurred_at
    return ContentToScreen(
        content_id=content_id,
        kind=kept["kind"],
        shop_id=screening.shop_id,
        fields=kept["fields"],
        author_id=kept["author_id"],
        category=kept["category"],
        segments=tuple(Segment(source, at_ms, text) for source, at_ms, text in kept["segments"]),
        media=tuple(Medium(kind, url, digest) for kind, url, digest in kept["media"]),
        facts=kept["facts"],
        attributes=kept["attributes"],
        occurred_at=occurred_at,
        wants_score=kept.get("score", False),
    )

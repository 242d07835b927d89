"""Single words: what people propose about them, and how often they hit and were right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Key, Name, new_id


class WordChange(Base):
    """One proposed change of one word: ``add`` to a category, ``allow`` a context, ``retire``.

    ``proposed`` until a person takes it up (``waiting``), then a second one lets it in (``accepted``) or not
    (``refused``). An urgent one is ``urgent``, live at once, until confirmed or ``withdrawn`` at ``confirm_by``.
    """

    __tablename__ = "word_change"
    __table_args__ = (
        Index("ix_word_change_state_proposed_at", "state", "proposed_at"),
        Index("ix_word_change_wordlist_word", "wordlist", "word"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    what: Mapped[str] = mapped_column(String(8))
    wordlist: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(64))
    word: Mapped[str] = mapped_column(String(300))
    value: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    reason: Mapped[str] = mapped_column(Text)
    case_id: Mapped[Key | None]
    details: Mapped[dict[str, Any]]
    proposed_by: Mapped[Name]
    proposed_at: Mapped[datetime]
    confirm_by: Mapped[datetime | None]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    snapshot_id: Mapped[Digest | None]


class WordDay(Base):
    """A word on one day: contents it hit, and what officers decided of cases it was hit in."""

    __tablename__ = "word_day"

    wordlist: Mapped[str] = mapped_column(String(64), primary_key=True)
    word: Mapped[str] = mapped_column(String(300), primary_key=True)
    day_at: Mapped[datetime] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(Integer, default=0)
    upheld: Mapped[int] = mapped_column(Integer, default=0)
    cleared: Mapped[int] = mapped_column(Integer, default=0)

"""When officers work, and what they hand over when they stop. What they are able to do stands with the officer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Key, Name, new_id


class OfficerShift(Base):
    """A shift of one officer: ``weekly`` on some weekdays, ``day`` on single days, or ``leave``, days without any.

    ``opens`` and ``closes`` are minutes from midnight in China; a shift that closes before it opens ends the next day.
    ``keeps_calendar``: not on public holidays, but on the days that are worked instead of them. Nothing is removed:
    a shift that no longer holds has ``ended_at``.
    """

    __tablename__ = "officer_shift"
    __table_args__ = (Index("ix_officer_shift_officer_id", "officer_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    officer_id: Mapped[Key] = mapped_column(ForeignKey("officer.id"))
    kind: Mapped[str] = mapped_column(String(8))
    weekdays: Mapped[list[int]] = mapped_column(Json)
    opens: Mapped[int] = mapped_column(Integer)
    closes: Mapped[int] = mapped_column(Integer)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    keeps_calendar: Mapped[bool] = mapped_column(Boolean)
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Name | None]


class Handover(Base):
    """What an officer left at the end of a shift: a note and the cases, to everybody or to one who goes on.

    It is shown until somebody has taken note of it. ``is_automatic``: the shift was over and nobody had handed over.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_made_at_id", "made_at", "id"),
        Index("ix_handover_taken_at_id", "taken_at", "id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    officer: Mapped[Name]
    passed_to: Mapped[Name | None]
    note: Mapped[str] = mapped_column(Text)
    case_ids: Mapped[list[str]]
    is_automatic: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[datetime]
    taken_by: Mapped[Name | None]
    taken_at: Mapped[datetime | None]

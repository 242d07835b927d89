"""What the dashboard counts from: how often something happened in an hour, day or week, and how far counting has come.

A page must not read a million cases to say how many there were. Rows are made anew from what they count, so a wrong
one is mended by counting that hour again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Name


class FigureCount(Base):
    """One count of one shop, or of all shops together (`shop_id` empty), in the span that begins at `at`.

    The grain is `hour`, China's `day`, its `week` (Monday to Sunday, once it is over), or `bare`: a day's sum over all
    keys, of the figures that the whole is told without.

    `figure` says what is counted (`screened`, `decided`, …), `key` of what (a verdict, a category, a rule, an officer),
    `side` how it went (an outcome). Most counts are numbers of things; `paid` holds fen, `handled` seconds.
    """

    __tablename__ = "figure_count"
    __table_args__ = (Index("ix_figure_count_grain_at", "grain", "at"), {"sqlite_with_rowid": False})

    grain: Mapped[str] = mapped_column(String(4), primary_key=True)
    figure: Mapped[str] = mapped_column(String(16), primary_key=True)
    shop_id: Mapped[Name] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    side: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)


class FigureMark(Base):
    """How far counting has come: every hour before `through_at` is whole; when it last counted, for how long."""

    __tablename__ = "figure_mark"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    through_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    took_ms: Mapped[int] = mapped_column(Integer)

"""Backtests: a candidate snapshot replayed over stored screenings, a page at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, new_id


class Backtest(Base):
    """One run of a candidate over a period.

    ``tried`` says which kinds the candidate changes; its files are in ``candidate`` where no snapshot has them.
    ``page`` pages are done, up to ``cursor``; ``tally`` holds their counts, identifiers and listed words only.
    ``most`` is the limit asked for; ``statuses`` are the candidate's rules.
    """

    __tablename__ = "backtest"

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    state: Mapped[str] = mapped_column(String(12), default="running")
    asked_by: Mapped[Name]
    shop_ids: Mapped[list[str] | None]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    most: Mapped[int | None] = mapped_column(Integer)
    tried: Mapped[list[str]]
    rules_snapshot: Mapped[Digest]
    wordlists_snapshot: Mapped[Digest]
    candidate: Mapped[Blob | None]
    statuses: Mapped[dict[str, Any]]
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    page: Mapped[int] = mapped_column(Integer, default=0)
    cursor: Mapped[list[str] | None]
    tally: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

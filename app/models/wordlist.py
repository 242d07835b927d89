"""Refreshing wordlists: the last check, each source's state, each run, uploads, and what waits meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Blob, Digest, Key, Name, new_id


class WordlistCheck(Base):
    """One row: when every source was last checked completely, and which run holds the lock until when."""

    __tablename__ = "wordlist_check"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    checked_at: Mapped[datetime | None]
    locked_by: Mapped[Key | None]
    locked_until: Mapped[datetime | None]


class WordlistSource(Base):
    """What is known of one source. ``seen`` is the content last looked at, whatever became of it.

    A rolled-back snapshot stays rolled back because of it: only what differs from ``seen`` is proposed. ``lists`` are
    all files this source ever gave; ``mark`` is its own (ETag, commit), ``version`` that of its newest manifest.
    """

    __tablename__ = "wordlist_source"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen: Mapped[Digest | None]
    mark: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int | None] = mapped_column(Integer)
    lists: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(12))
    error: Mapped[str | None] = mapped_column(Text)
    held_snapshot: Mapped[Digest | None]
    tried_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]


class WordlistRefresh(Base):
    """One run of the refresh: who asked, its steps with their durations, and what became of it."""

    __tablename__ = "wordlist_refresh"
    __table_args__ = (Index("ix_wordlist_refresh_started_at", "started_at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    asked_by: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12), default="running")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    steps: Mapped[dict[str, Any]]
    sources: Mapped[dict[str, Any]]
    snapshot: Mapped[Digest | None]


class WordlistCanary(Base):
    """What a candidate of a source would change: findings of the checks, the canary's counts, contents by id."""

    __tablename__ = "wordlist_canary"

    snapshot_id: Mapped[Digest] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    refresh_id: Mapped[Key]
    holds: Mapped[list[str]]
    findings: Mapped[dict[str, Any]]
    canary: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class WordlistUpload(Base):
    """The newest upload of a list, in our own format; replaced by the next one of that name.

    ``is_new`` until a second person has decided it.
    """

    __tablename__ = "wordlist_upload"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[Blob]
    file_name: Mapped[str] = mapped_column(String(200))
    encoding: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[Name]
    uploaded_at: Mapped[datetime]
    held_snapshot: Mapped[Digest | None]
    is_new: Mapped[bool] = mapped_column(Boolean, default=True)


class WaitingScreening(Base):
    """A content that would have passed by wordlists too old to trust; screened again once they are fresh."""

    __tablename__ = "waiting_screening"

    screening_id: Mapped[Key] = mapped_column(primary_key=True)
    since: Mapped[datetime]

"""处置话术: what merchants are told with an outcome. A version is never changed; another takes its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Key, Name, new_id


class Wording(Base):
    """One version for an outcome, and a policy or (`policy` empty) any: `waiting`, `approved` or `refused`.

    The approved one with the highest version is in force; an approved one without a text ends what was before.
    """

    __tablename__ = "wording"
    __table_args__ = (
        UniqueConstraint("org_id", "outcome", "policy", "version"),
        Index("ix_wording_state_outcome_policy_version", "state", "outcome", "policy", "version"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    outcome: Mapped[str] = mapped_column(String(8))
    policy: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[Name]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str | None] = mapped_column(Text)

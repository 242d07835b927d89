"""The register of sign-offs: who answers for a number or a rule that nothing public vouches for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Json, Key, Name, new_id


class RuleSignOff(Base):
    """One sign-off: for exactly this value of a parameter, or this wording of a rule, on the basis of a document.

    It holds from `valid_from` to `valid_to` (days in China), once its approval is `approved` and until it is withdrawn.
    Rows are never deleted and their value never changes: another value is another sign-off.
    """

    __tablename__ = "rule_sign_off"
    __table_args__ = (
        Index("ix_rule_sign_off_approval_id", "approval_id", unique=True),
        Index("ix_rule_sign_off_pack_name", "pack", "name"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    object_type: Mapped[str] = mapped_column(String(12))
    pack: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[Any] = mapped_column(Json)
    basis: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[Name]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    approval_id: Mapped[Key] = mapped_column(ForeignKey("approval.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[Name | None]
    withdrawn_why: Mapped[str | None] = mapped_column(Text)

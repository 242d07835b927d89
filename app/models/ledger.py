"""The ledger: accounts with their running totals, postings that only grow, and months that were closed.

The totals on an account exist so that one row decides, under any concurrency, whether money is there; what they say
follows from the postings, and ``weiheng fund check`` compares the two. The database refuses to change or delete a
posting (triggers, made by the migration).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Json, Key, Name, new_id

_COVERED = (
    "may_overdraw OR (normal = 'debit' AND debits_fen - credits_fen - pending_credits_fen >= 0)"
    " OR (normal = 'credit' AND credits_fen - debits_fen - pending_debits_fen >= 0)"
)


class LedgerAccount(Base):
    """One account. ``normal`` is the side on which it grows; ``pending_…`` is money that is reserved, not yet moved.

    Unless ``may_overdraw``, a balance less what is reserved on the other side never falls below zero.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("org_id", "code"),
        CheckConstraint(_COVERED, name="covered"),
        CheckConstraint("normal IN ('debit', 'credit')", name="normal"),
        CheckConstraint(
            "debits_fen >= 0 AND credits_fen >= 0 AND pending_debits_fen >= 0 AND pending_credits_fen >= 0",
            name="totals",
        ),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    code: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(24))
    shop_id: Mapped[Name | None]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    normal: Mapped[str] = mapped_column(String(6))
    may_overdraw: Mapped[bool] = mapped_column(Boolean)
    debits_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    credits_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    pending_debits_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    pending_credits_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]


class Posting(Base):
    """One entry with a debit and a credit side, under an id its maker chose; written once, never changed.

    ``phase`` is ``single`` (moves money), ``pending`` (reserves it), ``posted`` or ``voided`` (ends a pending one).
    A ``refused`` entry moved nothing; it is kept because a failed id stays failed.
    """

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("pending_id"),
        UniqueConstraint("reverses_id"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        CheckConstraint("phase IN ('single', 'pending', 'posted', 'voided')", name="phase"),
        CheckConstraint("(phase IN ('posted', 'voided')) = (pending_id IS NOT NULL)", name="ends_pending"),
        Index("ix_posting_debit_account_id_at", "debit_account_id", "at"),
        Index("ix_posting_credit_account_id_at", "credit_account_id", "at"),
        Index("ix_posting_at_id", "at", "id"),
        Index("ix_posting_claim_id", "claim_id"),
    )

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    digest: Mapped[Digest]
    phase: Mapped[str] = mapped_column(String(8))
    debit_account_id: Mapped[Key] = mapped_column(ForeignKey("ledger_account.id"))
    credit_account_id: Mapped[Key] = mapped_column(ForeignKey("ledger_account.id"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    purpose: Mapped[str] = mapped_column(String(32))
    pending_id: Mapped[str | None] = mapped_column(String(128), ForeignKey("posting.id"))
    reverses_id: Mapped[str | None] = mapped_column(String(128), ForeignKey("posting.id"))
    refused: Mapped[str | None] = mapped_column(String(32))
    claim_id: Mapped[Key | None]
    actor: Mapped[Name]
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class LedgerPeriod(Base):
    """A month that was closed, with every balance at its end; nothing is entered into it any more."""

    __tablename__ = "ledger_period"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    ends_at: Mapped[datetime]
    balances: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime]
    closed_by: Mapped[Name]


class BooksCheck(Base):
    """What the last whole check of the books found; one row. A check reads every posting, and a page must not."""

    __tablename__ = "books_check"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    checked_at: Mapped[datetime]
    checked_by: Mapped[Name]
    took_ms: Mapped[int]
    findings: Mapped[list[Any]] = mapped_column(Json)

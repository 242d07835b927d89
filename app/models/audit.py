"""The audit log as it is sealed: rows that wait, leaves with their numbers, the tree's nodes, signed checkpoints.

Rows, leaves, nodes and checkpoints only grow: triggers of the database refuse to change or delete one. A trigger also
puts every new row among those that wait, so nothing that writes rows can forget to.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Blob, Key


class AuditPending(Base):
    """A committed row that has no number yet."""

    __tablename__ = "audit_pending"

    row_id: Mapped[Key] = mapped_column(primary_key=True)


class AuditLeaf(Base):
    """A sealed row: its number in the log and its leaf's hash (RFC 6962)."""

    __tablename__ = "audit_leaf"
    __table_args__ = (UniqueConstraint("row_id"),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    row_id: Mapped[Key]
    hash: Mapped[Blob]
    sealed_at: Mapped[datetime]


class AuditNode(Base):
    """A complete subtree above the leaves: ``position`` counts those of its level from the left."""

    __tablename__ = "audit_node"

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[Blob]


class AuditCheckpoint(Base):
    """A signed statement of how long the log is and what its root is; copies stand outside the database."""

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[Blob]
    note: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]

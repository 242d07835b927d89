"""Sealing: committed rows get the next numbers, their leaves join the tree, and the tree's root is signed.

Which rows: those that stand in ``audit_pending``, where the row's own transaction puts them. Whatever a sealer sees
there is committed, and what commits late is seen by the next one, so no row is lost however long its writer took; a
sealer that goes by ids or transaction numbers loses rows, waits for the slowest transaction of the whole server, or
breaks when a database is restored elsewhere. Writers never wait for a sealer; sealers wait for each other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from app.audit import tree
from app.audit.leaf import leaf_of
from app.audit.merkle import Node, leaf_hash
from app.audit.note import Signer
from app.models import AuditCheckpoint, AuditLeaf, AuditPending, AuditRow

BATCH = 500  # on SQLite a batch holds the one writer for some 30 ms
_SEALERS = 727_007


def seal_batch(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Seal up to ``limit`` rows, oldest first; returns how many."""
    _one_at_a_time(session)
    waits = AuditRow.id.in_(select(AuditPending.row_id))
    rows = session.scalars(select(AuditRow).where(waits).order_by(AuditRow.id).limit(limit)).all()
    if not rows:
        return 0
    frontier = tree.frontier(session)
    first, nodes, leaves = frontier.size, list[Node](), list[dict[str, object]]()
    for row in rows:
        hashed = leaf_hash(leaf_of(row, frontier.size))
        leaves.append({"seq": frontier.size, "row_id": row.id, "hash": hashed, "sealed_at": now})
        nodes += frontier.add(hashed)
    session.execute(insert(AuditLeaf), leaves)
    tree.store_nodes(session, nodes)
    sealed = select(AuditLeaf.row_id).where(AuditLeaf.seq >= first)
    session.execute(delete(AuditPending).where(AuditPending.row_id.in_(sealed)))
    return len(rows)


def add_checkpoint(session: Session, signer: Signer, *, now: datetime) -> str | None:
    """Sign the tree as it is, unless its size has a checkpoint already; returns the note that was added."""
    _one_at_a_time(session)
    frontier = tree.frontier(session)
    if frontier.size == 0 or session.get(AuditCheckpoint, frontier.size) is not None:
        return None
    root = frontier.root()
    note = signer.sign(size=frontier.size, root=root, now=now)
    session.add(AuditCheckpoint(size=frontier.size, root=root, note=note, key_id=signer.public.id.hex(), at=now))
    return note


def waiting(session: Session) -> tuple[int, datetime | None]:
    """How many rows are not sealed yet, and since when the oldest waits."""
    waits = AuditRow.id.in_(select(AuditPending.row_id))
    count, oldest = session.execute(select(func.count(), func.min(AuditRow.at)).where(waits)).one()
    return count, oldest


def checkpoints_after(session: Session, size: int, *, limit: int = 1_000) -> list[AuditCheckpoint]:
    """Stored checkpoints larger than ``size``, smallest first."""
    larger = AuditCheckpoint.size > size
    return list(session.scalars(select(AuditCheckpoint).where(larger).order_by(AuditCheckpoint.size).limit(limit)))


def newest_checkpoint(session: Session) -> AuditCheckpoint | None:
    """The checkpoint of the largest tree, if any."""
    return session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))


def _one_at_a_time(session: Session) -> None:
    """On SQLite the writer is alone anyway; on PostgreSQL sealers take a lock of their own until they commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:sealers)"), {"sealers": _SEALERS})

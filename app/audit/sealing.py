"""Sealing: committed rows get the next numbers, their leaves join the tree, and the tree's root is signed.

Which rows: those that stand in ``audit_pending``, where the row's own transaction puts them. Whatever a sealer sees
there is committed, and what commits late is seen by the next one, so no row is lost however long its writer took; a
sealer that goes by ids or transaction numbers loses rows, waits for the slowest transaction of the whole server, or
breaks when a database is restored elsewhere. Writers never wait for a sealer; sealers wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from app.audit import tree
from app.audit.leaf import COLUMNS, leaf_of
from app.audit.merkle import Node, leaf_hash
from app.audit.note import Signer
from app.models import AuditCheckpoint, AuditLeaf, AuditPending, AuditRow
from app.prepared import Prepared, settled

BATCH = 200  # on SQLite everybody else who writes waits for as long as storing a batch takes: some 3 ms
_SEALERS = 727_007
_LEAVES = Prepared(insert(AuditLeaf), columns=["seq", "row_id", "hash", "sealed_at"])


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that wait, as they join a tree of ``size`` leaves: their ids and hashes, and the subtrees they complete."""

    size: int
    leaves: Sequence[tuple[str, bytes]]
    nodes: Sequence[Node]


def next_batch(session: Session, *, limit: int = BATCH) -> Batch | None:
    """Up to ``limit`` rows that wait, oldest first, worked out but not sealed; None: nothing waits.

    Reading and hashing is nearly all of what sealing costs, and needs nobody to wait: rows never change, and those
    that are read are committed.
    """
    waits = AuditRow.id.in_(select(AuditPending.row_id))
    rows = session.execute(select(*COLUMNS).where(waits).order_by(AuditRow.id).limit(limit)).all()
    if not rows:
        return None
    frontier = tree.frontier(session)
    size, nodes, leaves = frontier.size, list[Node](), list[tuple[str, bytes]]()
    for row in rows:
        hashed = leaf_hash(leaf_of(row, frontier.size))
        leaves.append((row.id, hashed))
        nodes += frontier.add(hashed)
    return Batch(size, leaves, nodes)


def seal(session: Session, batch: Batch, *, now: datetime) -> bool:
    """Store a batch; False, and nothing is stored, where another sealer was faster: its rows are worked out again."""
    _one_at_a_time(session)
    if tree.size_of(session) != batch.size:
        return False
    numbered = enumerate(batch.leaves, start=batch.size)
    leaves = [{"seq": seq, "row_id": row_id, "hash": hashed, "sealed_at": now} for seq, (row_id, hashed) in numbered]
    _LEAVES.run(settled(session), leaves)
    tree.store_nodes(session, batch.nodes)
    sealed = select(AuditLeaf.row_id).where(AuditLeaf.seq >= batch.size)
    session.execute(delete(AuditPending).where(AuditPending.row_id.in_(sealed)))
    return True


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

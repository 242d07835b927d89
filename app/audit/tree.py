"""The log's tree in the database: appending leaves, looking nodes up, proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.audit import merkle
from app.audit.merkle import Frontier, Lookup, Node
from app.errors import AppError
from app.models import AuditLeaf, AuditNode
from app.prepared import Prepared, settled

_NODES = Prepared(insert(AuditNode), columns=["level", "position", "hash"])


class LogBroken(AppError):
    """The audit log contradicts itself or its checkpoints: somebody changed it, or an older copy was restored."""

    code = "audit_log_broken"
    status = 500
    title = "The audit log does not verify"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why something is so in the tree of ``size``; hashes from the lowest level up."""

    size: int
    root: bytes
    hashes: Sequence[bytes]


def size_of(session: Session) -> int:
    """How many rows are sealed."""
    last = session.scalar(select(func.max(AuditLeaf.seq)))
    return 0 if last is None else last + 1


def lookup_in(session: Session) -> Lookup:
    """Looks up the hash of a complete subtree; raises LogBroken where it is missing."""

    def lookup(level: int, position: int) -> bytes:
        if level == 0:
            found = session.scalar(select(AuditLeaf.hash).where(AuditLeaf.seq == position))
        else:
            here = (AuditNode.level == level) & (AuditNode.position == position)
            found = session.scalar(select(AuditNode.hash).where(here))
        if found is None:
            raise LogBroken(f"node {level}/{position} of the audit log's tree is missing")
        return found

    return lookup


def frontier(session: Session) -> Frontier:
    """The right edge of the tree as it is stored."""
    return Frontier.at(size_of(session), lookup_in(session))


def store_nodes(session: Session, nodes: Sequence[Node]) -> None:
    """Add complete subtrees above the leaves."""
    above = [{"level": node.level, "position": node.position, "hash": node.hash} for node in nodes if node.level]
    if above:
        _NODES.run(settled(session), above)


def prove_row(session: Session, seq: int, size: int) -> Proof:
    """That row number ``seq`` is in the tree of this size."""
    lookup = lookup_in(session)
    return Proof(size, merkle.root_at(size, lookup), merkle.inclusion_proof(seq, size, lookup))


def prove_growth(session: Session, first: int, second: int) -> Proof:
    """That the tree of size ``first`` is a beginning of that of size ``second``."""
    lookup = lookup_in(session)
    return Proof(second, merkle.root_at(second, lookup), merkle.consistency_proof(first, second, lookup))

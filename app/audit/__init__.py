"""The audit log: rows that only grow, a Merkle tree over them, signed checkpoints, and what proves them."""

from app.audit.rows import record

__all__ = ["record"]

"""Verifying the audit log with what this deployment knows: its keys, and the copies of checkpoints outside."""

from __future__ import annotations

from app.audit.verifying import Report, verify
from app.flows.parts import Parts
from app.flows.seal_audit import keys_of, open_outside


def verify_audit(parts: Parts, *, since: int = 0) -> Report:
    """Read the log, from its beginning or the checkpoint of ``since`` rows.

    Raises:
        NotReady: the place outside cannot be read: then nothing can be said.
    """
    outside = open_outside(parts).all()
    with parts.db.read() as session:
        return verify(session, keys=keys_of(parts), outside=outside, since=since)

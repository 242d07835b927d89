"""Verifying the audit log with what this deployment knows: its keys, and the copies of checkpoints outside."""

from __future__ import annotations

from datetime import timedelta

from app.audit.verifying import Report, verify
from app.flows.parts import Parts
from app.flows.seal_audit import keys_of, open_outside

_COPIED_WITHIN = timedelta(minutes=10)  # the service seals every ten seconds and copies at once


def verify_audit(parts: Parts, *, since: int = 0) -> Report:
    """Read the log, from its beginning or the checkpoint of ``since`` rows.

    Raises:
        NotReady: the place outside cannot be read: then nothing can be said.
    """
    outside, now = open_outside(parts), parts.now()
    with parts.db.read() as session:
        report = verify(
            session, keys=keys_of(parts), outside=outside.all(), since=since, copied_before=now - _COPIED_WITHIN
        )
    for gap in outside.gaps():
        report.find("copy", gap)
    return report

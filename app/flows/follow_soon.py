"""Changing over soon: whoever put something in force lets the follower build, and answers without waiting for it.

Building a thousand rules or a hundred thousand words takes a second in which the interpreter is shared; in a request's
thread it would be one request's time and everybody's. A process without a follower (a command, a test) builds itself.
"""

from __future__ import annotations

from app import snapshots
from app.flows.follow_snapshots import follow_once
from app.flows.parts import Parts


def follow_soon(parts: Parts) -> bool:
    """Have this process go by what is in force; True when it does already."""
    if parts.live.wake is None:
        follow_once(parts)
        return True
    parts.live.wake()
    if not parts.live.is_ready:
        return False
    judge = parts.live.current
    with parts.db.read() as session:
        wanted = [snapshots.pointer(session, kind).snapshot_id for kind in ("rules", "wordlists")]
    return wanted == [judge.rules_id, judge.wordlists_id]

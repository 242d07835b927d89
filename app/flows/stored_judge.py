"""Finding the judge of any two stored snapshots: the one in force, one asked for lately, or a new one."""

from __future__ import annotations

from app.flows.follow_snapshots import build_judge
from app.flows.judge_content import Judge
from app.flows.parts import Parts


def stored_judge(parts: Parts, rules_id: str, wordlists_id: str) -> Judge:
    """The judge that two stored snapshots make.

    Raises:
        NotFound: a snapshot is not stored.
        BadDefinition: this program cannot read it any more.
    """
    live = parts.live.current if parts.live.is_ready else None
    if live is not None and (live.rules_id, live.wordlists_id) == (rules_id, wordlists_id):
        return live
    return parts.stored.get(rules_id, wordlists_id, lambda: build_judge(parts, rules_id, wordlists_id, before=live))

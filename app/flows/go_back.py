"""Going back: rules or wordlists that were in force once are put in force again, by a reason that is on record.

a version that was in force ─ can this program read it? ─ does it touch a rule that blocks, holds or pays?
        ├ no, or approval is off, or they are wordlists: activate
        └ yes: ask a second person, as for every other change; what is in force stays
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app import approvals, audit, snapshots
from app.errors import BadDefinition, Conflict, InvalidInput, Problem
from app.flows.decide_candidate import check_readable
from app.flows.diff_snapshots import Diff, diff_stored
from app.flows.follow_soon import follow_soon
from app.flows.parts import Parts
from app.flows.propose_snapshot import ACTION, Proposal, State, ask_second_person
from app.flows.settle_source import follow_back
from app.metrics import SNAPSHOT_WAITING
from app.models import Snapshot

_log = structlog.get_logger(__name__)


def go_back(parts: Parts, snapshot: Snapshot, *, reason: str, by: str, now: datetime) -> State:
    """Put a snapshot in force again, or leave that to a second person; ``unchanged`` where it is in force.

    Raises:
        InvalidInput: no reason.
        Conflict: a candidate that never was in force and has to be proposed, or that a second person decides; or
            another snapshot took force meanwhile.
        BadDefinition: this program cannot read it.
    """
    if not reason.strip():
        raise InvalidInput("going back needs a reason", problems=[Problem("reason", "is empty", "why")])
    if snapshot.first_active_at is None and _needs_second(parts, snapshot):
        raise Conflict("this snapshot was never in force: it has to be proposed, and a second person approves it")
    check_readable(parts, snapshot)
    with parts.db.read() as session:
        base = snapshots.pointer(session, snapshot.kind).snapshot_id
        if base == snapshot.id:
            return "unchanged"
        diff = _what_changes(session, base, snapshot) if _is_guarded(parts, snapshot) else Diff(())
    edits_of = snapshot.summary.get("edits_of")

    def ask(session: Session) -> str:
        _still(session, snapshot.kind, base)
        proposal = Proposal(snapshot.kind, {}, by=by, reason=reason)
        payload: dict[str, Any] = {
            "kind": snapshot.kind,
            "base": base,
            "rules": list(diff.hard_rules),
            "summary": diff.summary("zh"),
        }
        payload |= {"undoes": [], "edits_of": edits_of, "holds": [], "proposers": [], "goes_back": True}
        return ask_second_person(session, proposal, snapshot.id, payload=payload, now=now)

    def activate(session: Session) -> None:
        if _is_guarded(parts, snapshot):
            _still(session, snapshot.kind, base)
        snapshots.activate(session, snapshot.kind, snapshot.id, by=by, now=now, edits_of=edits_of)
        if snapshot.kind == "wordlists":
            follow_back(session, snapshots.load(session, snapshot.id), now=now)
        audit.record(
            session,
            actor=by,
            action=ACTION,
            object_type=snapshot.kind,
            object_id=snapshot.id,
            now=now,
            reason=reason,
            details={"goes_back": True},
        )

    if diff.hard_rules:
        parts.db.write(ask)
        SNAPSHOT_WAITING.labels(snapshot.kind).set(1)
        _log.warning("snapshot_waiting", kind=snapshot.kind, snapshot=snapshot.id, by=by, rules=diff.hard_rules)
        return "waiting"
    parts.db.write(activate)
    follow_soon(parts)
    return "active"


def _is_guarded(parts: Parts, snapshot: Snapshot) -> bool:
    return snapshot.kind == "rules" and parts.settings.needs_rule_approval


def _needs_second(parts: Parts, snapshot: Snapshot) -> bool:
    """Whether a candidate may take force by a second person's word alone; one that was ever left to them stays so."""
    with parts.db.read() as session:
        asked = approvals.newest_of(session, action=ACTION, object_id=snapshot.id)
    return asked is not None or _is_guarded(parts, snapshot)


def _what_changes(session: Session, base: str | None, snapshot: Snapshot) -> Diff:
    """The difference; what this program can no longer read counts as empty, so that everything is new."""
    try:
        return diff_stored(session, snapshot.kind, base, snapshot.id)
    except BadDefinition:
        return diff_stored(session, snapshot.kind, None, snapshot.id)


def _still(session: Session, kind: str, base: str | None) -> None:
    if snapshots.pointer(session, kind, locked=True).snapshot_id != base:
        raise Conflict("another snapshot took force meanwhile; look at it again")

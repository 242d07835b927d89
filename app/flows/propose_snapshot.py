"""Proposing: files become a checked, tried, stored candidate; it takes force at once or waits for a second person.

files ─ check (in a child, with a time-out) ─ diff to what is in force ─ touches a rule that blocks, holds or pays?
        ├ no, or approval is off: store, activate
        └ yes: store, ask a second person; what is in force stays (log, metric, /readyz, the caller's answer)

What needs no second person: the first snapshot of an empty database (without it nothing can be judged at all), and one
that was in force before (going back must be quick).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

import structlog
from sqlalchemy.orm import Session

from app import approvals, audit, snapshots
from app.db import Database
from app.errors import BadDefinition, Conflict
from app.events.kind import load_kinds
from app.flows.diff_snapshots import Diff, diff_files
from app.metrics import SNAPSHOT_WAITING
from app.models import Approval
from app.rules.pack import load_packs
from app.rules.trial import try_in_child
from app.settings import Settings
from app.text.wordlist import load_wordlists

ACTION = "snapshot.activate"
State: TypeAlias = Literal["active", "waiting", "unchanged"]
_TRIAL_TIMEOUT_S = 60
_TRIES = 3
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who proposes what and why. ``notes`` are kept beside the counts, ``folder_id`` is set for a folder's files.

    ``holds`` are reasons why it waits for a second person whatever it touches; ``base`` is the snapshot it was made
    from, where it must not be laid over another one; none of the ``proposers`` may decide it.
    """

    kind: str
    files: Mapping[str, str]
    by: str
    reason: str
    notes: Mapping[str, Any] = field(default_factory=dict)
    folder_id: str | None = None
    holds: tuple[str, ...] = ()
    proposers: tuple[str, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What became of a proposal, and what it changes; ``approval_id`` is what the second person decides."""

    kind: str
    snapshot_id: str
    state: State
    diff: Diff
    approval_id: str | None = None


def propose(db: Database, settings: Settings, proposal: Proposal, *, now: datetime) -> Candidate:
    """Check, store and activate a set of files, or leave it waiting.

    Raises:
        BadDefinition: naming every problem as ``file:line``; nothing is stored.
        Conflict: other snapshots took force in between, again and again; the diff would be that of another change.
    """
    for _ in range(_TRIES - 1):
        with contextlib.suppress(Conflict):
            return _propose(db, settings, proposal, now=now)
    return _propose(db, settings, proposal, now=now)


def check(kind: str, files: Mapping[str, str]) -> dict[str, Any]:
    """Check a set of files whole; returns its counts, raises BadDefinition with every problem."""
    if kind == "wordlists":
        loaded = load_wordlists(files)
        return {"lists": len(loaded.lists), "words": loaded.words, "exemptions": len(loaded.exemptions)}
    packs = load_packs(files, kinds=load_kinds())
    try_in_child(files, timeout_s=_TRIAL_TIMEOUT_S)
    return {"packs": len(packs), "rules": sum(len(pack.rules) for pack in packs)}


def _propose(db: Database, settings: Settings, proposal: Proposal, *, now: datetime) -> Candidate:
    candidate = snapshots.content_id(proposal.kind, proposal.files)
    with db.read() as session:
        base = snapshots.pointer(session, proposal.kind).snapshot_id
        was_active = snapshots.was_active(session, candidate)
        before = snapshots.load(session, base) if base else {}
    if proposal.base is not None and base != proposal.base:
        raise Conflict("another snapshot took force meanwhile; propose again")
    if base == candidate:
        return Candidate(proposal.kind, candidate, "unchanged", Diff(()))
    summary = check(proposal.kind, proposal.files) | dict(proposal.notes)
    diff = _diff(proposal.kind, before, proposal.files)
    asks = settings.needs_rule_approval and base is not None and not was_active and bool(diff.hard_rules)
    asks |= base is not None and bool(proposal.holds)

    def work(session: Session) -> str | None:
        snapshots.store(session, proposal.kind, proposal.files, summary=summary, by=proposal.by, now=now)
        guarded = settings.needs_rule_approval or proposal.base is not None
        if guarded and snapshots.pointer(session, proposal.kind).snapshot_id != base:
            raise Conflict("another snapshot took force meanwhile; propose again")
        if asks:
            return _ask(session, proposal, candidate, base=base, diff=diff, now=now)
        _activate(session, proposal, candidate, summary=summary, now=now)
        return None

    approval_id = db.write(work)
    if approval_id is not None:
        SNAPSHOT_WAITING.labels(proposal.kind).set(1)
        _log.warning("snapshot_waiting", kind=proposal.kind, snapshot=candidate, by=proposal.by, rules=diff.hard_rules)
        return Candidate(proposal.kind, candidate, "waiting", diff, approval_id)
    _log.info("snapshot_activated", kind=proposal.kind, snapshot=candidate, by=proposal.by, **summary)
    return Candidate(proposal.kind, candidate, "active", diff)


def _diff(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Diff:
    """The diff; what this program can no longer read counts as empty, so that everything is new and looked at."""
    try:
        return diff_files(kind, before, after)
    except BadDefinition:
        return diff_files(kind, {}, after)


def _ask(
    session: Session, proposal: Proposal, candidate: str, *, base: str | None, diff: Diff, now: datetime
) -> str | None:
    """The waiting request for this candidate on top of what is in force; an older one is closed."""
    if proposal.folder_id is not None:
        snapshots.note_folder(session, proposal.kind, folder_id=proposal.folder_id, error=None, now=now)
    earlier = approvals.newest_of(session, action=ACTION, object_id=candidate)
    if earlier is not None and earlier.state == "waiting":
        if earlier.payload["base"] == base:
            return earlier.id
        approvals.supersede(session, earlier, now=now)
    payload = {"kind": proposal.kind, "base": base, "rules": list(diff.hard_rules), "summary": diff.summary("zh")}
    payload |= {"holds": list(proposal.holds), "proposers": list(proposal.proposers)}
    asked: Approval = approvals.ask(
        session, action=ACTION, object_id=candidate, payload=payload, reason=proposal.reason, by=proposal.by, now=now
    )
    _record(session, proposal, candidate, action="snapshot.propose", details=payload, now=now)
    return asked.id


def _activate(session: Session, proposal: Proposal, candidate: str, *, summary: dict[str, Any], now: datetime) -> None:
    snapshots.activate(session, proposal.kind, candidate, by=proposal.by, now=now)
    if proposal.folder_id is not None:
        snapshots.note_folder(session, proposal.kind, folder_id=proposal.folder_id, error=None, now=now)
    _record(session, proposal, candidate, action=ACTION, details=summary, now=now)


def _record(
    session: Session, proposal: Proposal, candidate: str, *, action: str, details: dict[str, Any], now: datetime
) -> None:
    audit.record(
        session,
        actor=proposal.by,
        action=action,
        object_type=proposal.kind,
        object_id=candidate,
        now=now,
        reason=proposal.reason,
        details=details,
    )

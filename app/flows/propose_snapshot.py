"""Proposing: files become a checked, tried, stored candidate; it takes force at once or waits for a second person.

files ─ check (in a child, with a time-out) ─ diff to what is in force ─ touches a rule that blocks, holds or pays?
        ├ no, or approval is off: store, activate
        └ yes: store, ask a second person; what is in force stays (log, metric, /readyz, webhook, the caller's answer)

What needs no second person: the first snapshot of an empty database (without it nothing can be judged at all). One that
was in force before needs one like any other: what was right then need not be right now. What always needs one: files
that would undo edits made in the console or through the API to what is in force; whoever saved the files may not know
of them. And wordlists that stop honest titles which pass today.
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
from app.flows.honest_words import honest_holds
from app.flows.open_matcher import check_wordlists
from app.flows.try_rules import make_ready, try_rules
from app.flows.undone_edits import undone_edits
from app.metrics import SNAPSHOT_WAITING
from app.models import Approval
from app.outbox.messages import announce
from app.rules.pack import load_packs, unread
from app.rules.trial import try_in_child
from app.settings import Settings
from app.text.wordlist import load_wordlists
from app.values.pause import Rests, yielding

ACTION = "snapshot.activate"
State: TypeAlias = Literal["active", "waiting", "unchanged"]
_TRIAL_TIMEOUT_S = 60
_TRIES = 3
_READ_HERE = 200_000
"""Characters that are read in a tenth of a second, sooner than a child starts: a mistake in them is told at once."""
_RESTS_S = 1.0
_WORDS_RESTS_S = 5.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who proposes what and why.

    ``notes`` are kept beside the counts, ``folder_id`` is set for a folder's files. ``base`` is what was edited, where
    something was; ``overwrites`` says that undoing such edits is meant. ``made_from`` is the snapshot that it must not
    be laid over another than; ``holds`` are reasons why it waits for a second person whatever it touches; none of the
    ``proposers`` may decide it.
    """

    kind: str
    files: Mapping[str, str]
    by: str
    reason: str
    notes: Mapping[str, Any] = field(default_factory=dict)
    folder_id: str | None = None
    base: str | None = None
    overwrites: bool = False
    holds: tuple[str, ...] = ()
    proposers: tuple[str, ...] = ()
    made_from: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What became of a proposal, and what it changes; ``approval_id`` is what the second person decides.

    ``holds`` are in Chinese.
    """

    kind: str
    snapshot_id: str
    state: State
    diff: Diff
    approval_id: str | None = None
    undoes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


def propose(db: Database, settings: Settings, proposal: Proposal, *, now: datetime) -> Candidate:
    """Check, store and activate a set of files, or leave it waiting.

    Raises:
        BadDefinition: naming every problem as ``file:line``; nothing is stored.
        Conflict: something else is in force than what was edited, or other snapshots took force in between, again and
            again; the diff would be that of another change.
    """
    with yielding:  # the process may be one that serves
        for _ in range(_TRIES - 1):
            with contextlib.suppress(Conflict):
                return _propose(db, settings, proposal, now=now)
        return _propose(db, settings, proposal, now=now)


def check(
    kind: str, files: Mapping[str, str], *, settings: Settings | None = None, db: Database | None = None
) -> dict[str, Any]:
    """Check a set of files whole; returns its counts, raises BadDefinition with every problem.

    With ``settings`` rules that stood their trial on this machine before are not tried again; with ``db`` they are then
    ready to be opened by every process.
    """
    if kind == "wordlists":
        loaded = load_wordlists(files, pause=Rests(_WORDS_RESTS_S))
        return {"lists": len(loaded.lists), "words": loaded.words, "exemptions": len(loaded.exemptions)}
    kinds = load_kinds()
    if unread(files, kinds=kinds) <= _READ_HERE:  # else the child reads, and passes on what it read
        load_packs(files, kinds=kinds, pause=Rests(_RESTS_S))
    if settings is None:
        try_in_child(files, timeout_s=_TRIAL_TIMEOUT_S)
    elif db is None:
        try_rules(settings, files)
    else:
        make_ready(settings, files, db=db)
    packs = load_packs(files, kinds=kinds, pause=Rests(_RESTS_S))
    return {"packs": len(packs), "rules": sum(len(pack.rules) for pack in packs)}


def _propose(db: Database, settings: Settings, proposal: Proposal, *, now: datetime) -> Candidate:
    candidate = snapshots.content_id(proposal.kind, proposal.files)
    with db.read() as session:
        pointer = snapshots.pointer(session, proposal.kind)
        base = pointer.snapshot_id
        was_active = snapshots.was_active(session, candidate)
        before = snapshots.load(session, base) if base else {}
    if proposal.base is not None and proposal.base != base:
        raise Conflict(f"{base} is in force and not {proposal.base}; look at it again")
    if proposal.made_from is not None and proposal.made_from != base:
        raise Conflict("another snapshot took force meanwhile; propose again")
    if base == candidate:
        return Candidate(proposal.kind, candidate, "unchanged", Diff(()))
    summary = _counts(db, settings, proposal, candidate, is_first=base is None) | dict(proposal.notes)
    diff = _diff(proposal.kind, before, proposal.files)
    undoes = _undoes(db, proposal)
    is_hard = base is not None and bool(diff.hard_rules)
    holds = proposal.holds if was_active else _holds(db, settings, proposal, base, before, candidate, now=now)
    asks = bool(undoes) or (settings.needs_rule_approval and is_hard) or (base is not None and bool(holds))
    edits_of = pointer.edits_of if proposal.made_from is not None else None
    if proposal.base is not None:
        edits_of = pointer.edits_of or base
    if edits_of is not None:
        summary |= {"edits_of": edits_of}

    def work(session: Session) -> str | None:
        snapshots.store(session, proposal.kind, proposal.files, summary=summary, by=proposal.by, now=now)
        is_other = snapshots.pointer(session, proposal.kind).snapshot_id != base
        is_guarded = settings.needs_rule_approval or undoes or edits_of is not None or proposal.made_from is not None
        if is_other and is_guarded:
            raise Conflict("another snapshot took force meanwhile; propose again")
        if asks:
            payload = {"kind": proposal.kind, "base": base, "rules": list(diff.hard_rules)}
            payload |= {"summary": diff.summary("zh"), "undoes": undoes, "edits_of": edits_of}
            payload |= {"holds": list(holds), "proposers": list(proposal.proposers)}
            return ask_second_person(session, proposal, candidate, payload=payload, now=now)
        _activate(session, proposal, candidate, summary=summary, edits_of=edits_of, now=now)
        return None

    approval_id = db.write(work)
    if approval_id is not None:
        SNAPSHOT_WAITING.labels(proposal.kind).set(1)
        _log.warning("snapshot_waiting", kind=proposal.kind, snapshot=candidate, by=proposal.by, rules=diff.hard_rules)
        return Candidate(proposal.kind, candidate, "waiting", diff, approval_id, tuple(undoes), holds)
    _log.info("snapshot_activated", kind=proposal.kind, snapshot=candidate, by=proposal.by, **summary)
    return Candidate(proposal.kind, candidate, "active", diff)


def _counts(db: Database, settings: Settings, proposal: Proposal, candidate: str, *, is_first: bool) -> dict[str, Any]:
    """The counts of files that are right; what serving processes open is then ready: a matcher, compiled rules.

    Nobody serves before the first snapshot, so nobody has to be spared compiling it.
    """
    if proposal.kind == "wordlists":
        return check_wordlists(settings, candidate, proposal.files, db=db)
    return check(proposal.kind, proposal.files, settings=settings, db=None if is_first else db)


def _holds(
    db: Database,
    settings: Settings,
    proposal: Proposal,
    base: str | None,
    before: Mapping[str, str],
    candidate: str,
    *,
    now: datetime,
) -> tuple[str, ...]:
    """Why a second person has to look, whatever it touches; a refresh has tried its candidate already."""
    if proposal.kind != "wordlists" or base is None or proposal.made_from is not None:
        return proposal.holds
    there, new = (base, before), (candidate, proposal.files)
    return proposal.holds + honest_holds(settings, db, in_force=there, candidate=new, now=now)


def _diff(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Diff:
    """The diff; what this program can no longer read counts as empty, so that everything is new and looked at."""
    try:
        return diff_files(kind, before, after, pause=Rests(_RESTS_S))
    except BadDefinition:
        return diff_files(kind, {}, after)


def _undoes(db: Database, proposal: Proposal) -> list[str]:
    if proposal.base is not None or proposal.overwrites:
        return []
    with db.read() as session:
        return undone_edits(session, proposal.kind, proposal.files)


def ask_second_person(
    session: Session, proposal: Proposal, candidate: str, *, payload: dict[str, Any], now: datetime
) -> str:
    """The waiting request for this candidate on top of what is in force; an older one is closed."""
    if proposal.folder_id is not None:
        snapshots.note_folder(session, proposal.kind, folder_id=proposal.folder_id, error=None, now=now)
        payload = payload | {"of_folder": True}
        _close_folders_earlier(session, proposal.kind, candidate, now=now)
    earlier = approvals.newest_of(session, action=ACTION, object_id=candidate)
    if earlier is not None and earlier.state == "waiting":
        if earlier.payload["base"] == payload["base"]:
            return earlier.id
        approvals.supersede(session, earlier, now=now)
    asked: Approval = approvals.ask(
        session, action=ACTION, object_id=candidate, payload=payload, reason=proposal.reason, by=proposal.by, now=now
    )
    _record(session, proposal, candidate, action="snapshot.propose", details=payload, now=now)
    told = {name: payload[name] for name in ("kind", "base", "rules")}
    announce(
        session,
        type_="snapshot.waiting",
        natural_key=f"waiting:{asked.id}",
        shop_id=None,
        data={"snapshot": candidate, "approval_id": asked.id, "requested_by": proposal.by, **told},
        now=now,
    )
    return asked.id


def _close_folders_earlier(session: Session, kind: str, candidate: str, *, now: datetime) -> None:
    """What the same folder held before and nobody decided is no longer what anybody proposes."""
    for each in approvals.waiting(session):
        is_folders = each.action == ACTION and each.payload["kind"] == kind and each.payload.get("of_folder")
        if is_folders and each.object_id != candidate:
            approvals.supersede(session, each, now=now)


def _activate(
    session: Session,
    proposal: Proposal,
    candidate: str,
    *,
    summary: dict[str, Any],
    edits_of: str | None,
    now: datetime,
) -> None:
    snapshots.activate(session, proposal.kind, candidate, by=proposal.by, now=now, edits_of=edits_of)
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

"""A second person decides a waiting candidate: approved it takes force, refused it stays where it is, stored.

the waiting request ─ somebody else than the proposer? ─ still on top of what is in force? ─ can this program read it?
─ one unit of work: decide, activate, record ─ this process changes over, others follow within two seconds
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app import approvals, audit, snapshots
from app.errors import Conflict, InvalidInput, NotFound, Problem, SamePerson
from app.flows.follow_soon import follow_soon
from app.flows.parts import Parts
from app.flows.propose_snapshot import ACTION
from app.flows.settle_source import settle_decided
from app.flows.try_rules import make_readable
from app.metrics import SNAPSHOT_WAITING
from app.models import Approval, Snapshot
from app.text.wordlist import load_wordlists
from app.values.pause import Rests

_RESTS_S = 5.0
_log = structlog.get_logger(__name__)


def decide_candidate(parts: Parts, snapshot_id: str, *, approve: bool, reason: str, by: str, now: datetime) -> Approval:
    """Approve or refuse the candidate that waits.

    Raises:
        NotFound: no such snapshot.
        Conflict: it does not wait, or another snapshot took force since it was proposed.
        SamePerson: the decider is the proposer.
        BadDefinition: this program cannot read it.
    """
    snapshot, asked = waiting_request(parts, snapshot_id, reason=reason, by=by)
    if approve:
        check_readable(parts, snapshot)
    approval_id = asked.id

    def work(session: Session) -> Approval:
        decided = approvals.decide(session, approval_id, approve=approve, reason=reason, by=by, now=now)
        if approve:
            if snapshots.pointer(session, snapshot.kind).snapshot_id != decided.payload["base"]:
                raise Conflict("another snapshot took force since it was proposed; propose it again")
            edits_of = decided.payload.get("edits_of")
            snapshots.activate(session, snapshot.kind, snapshot_id, by=by, now=now, edits_of=edits_of)
        settle_decided(session, snapshot_id, approved=approve, by=by, now=now)
        audit.record(
            session,
            actor=by,
            action=ACTION if approve else "snapshot.refuse",
            object_type=snapshot.kind,
            object_id=snapshot_id,
            now=now,
            reason=reason,
            details={"proposed_by": decided.requested_by, "rules": decided.payload["rules"]},
        )
        return decided

    decided = parts.db.write(work)
    note_waiting(parts, snapshot.kind)
    _log.info("snapshot_decided", kind=snapshot.kind, snapshot=snapshot_id, approved=approve, by=by)
    if approve:
        follow_soon(parts)
    return decided


def waiting_request(parts: Parts, snapshot_id: str, *, reason: str, by: str) -> tuple[Snapshot, Approval]:
    """The candidate and the request that somebody is about to decide; raises as ``decide_candidate`` does."""
    if not reason.strip():
        raise InvalidInput("a decision needs a reason", problems=[Problem("reason", "is empty", "why")])
    snapshot, asked = find_waiting(parts, snapshot_id)
    if any(approvals.is_same_person(each, by) for each in asked.payload.get("proposers", ())):
        raise SamePerson
    return snapshot, asked


def find_waiting(parts: Parts, snapshot_id: str) -> tuple[Snapshot, Approval]:
    """A candidate that waits and its request; raises NotFound, or Conflict when it does not wait."""
    with parts.db.read() as session:
        snapshot = session.get(Snapshot, snapshot_id)
        asked = approvals.newest_of(session, action=ACTION, object_id=snapshot_id)
    if snapshot is None:
        raise NotFound(f"no snapshot {snapshot_id}")
    if asked is None or asked.state != "waiting":
        raise Conflict("the snapshot does not wait" + (f": it was {asked.state}" if asked else ""))
    return snapshot, asked


def waiting_candidates(session: Session, kind: str) -> list[Approval]:
    """Requests for snapshots of a kind that nobody has decided, oldest first."""
    return [each for each in approvals.waiting(session) if each.action == ACTION and each.payload["kind"] == kind]


def note_waiting(parts: Parts, kind: str) -> None:
    """Set the metric that says whether anything of a kind waits."""
    with parts.db.read() as session:
        SNAPSHOT_WAITING.labels(kind).set(int(bool(waiting_candidates(session, kind))))


def check_readable(parts: Parts, snapshot: Snapshot) -> None:
    """What this program cannot read must not be put in force; raises BadDefinition. What can is ready to be opened."""
    with parts.db.read() as session:
        files = snapshots.load(session, snapshot.id)
    if snapshot.kind == "wordlists":
        load_wordlists(files, pause=Rests(_RESTS_S))
    else:
        make_readable(parts.settings, files, db=parts.db)

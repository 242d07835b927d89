"""What is remembered of a source between refreshes: what was last looked at, and what a second person made of it.

A candidate that waits stays waiting while its source says the same; when something else took force meanwhile it is made
anew, because its difference would be another one.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import approvals, queue, refreshes, snapshots
from app.errors import BadDefinition
from app.flows.parts import Parts
from app.flows.propose_snapshot import ACTION
from app.flows.source_outcome import Outcome
from app.models import WordChange, WordlistUpload
from app.text.edit_lists import is_made
from app.wordlist_sources.configured import FOLDER, PROPOSALS, UPLOADS
from app.wordlist_sources.kinds.proposals import edit_of
from app.wordlist_sources.source import Fetched, Known, Source

REFRESH_JOB = "refresh_wordlists"


def order_of(sources: Iterable[Source]) -> list[Source]:
    """Those that may take force by themselves first: what waits is then on top of them and not stale at once."""
    return sorted(sources, key=_is_for_people)


def known_of(session: Session, source: Source) -> Known:
    """What a source is told of the last time; nothing where it has to give its lists again."""
    row = refreshes.source_rows(session).get(source.name)
    if row is None:
        return Known()
    has_to = row.held_snapshot is not None and _still_waits(session, row.held_snapshot) is False
    return Known(None if has_to else row.mark, row.version)


def is_looked_at(session: Session, source: Source, fetched: Fetched) -> Outcome | bool:
    """Whether this content was looked at before; an outcome where it still waits."""
    row = refreshes.source_rows(session).get(source.name)
    held = _still_waits(session, row.held_snapshot) if row is not None and row.held_snapshot is not None else True
    if fetched.unchanged:  # it gave nothing, so nothing can be made of it
        return held or True
    if not fetched.files and not fetched.edits and source.name in {UPLOADS, PROPOSALS}:
        return row is None or not row.lists
    if source.name == FOLDER:
        pointer = snapshots.pointer(session, "wordlists")
        if row is None and pointer.snapshot_id is not None and pointer.folder_id is None:
            return True  # what is in force never came from the folder, but from Git or the API: only its changes count
        if _folder_id(fetched) == pointer.folder_id:
            return held if pointer.error is None else Outcome("failed", error=pointer.error)
    return held if row is not None and row.seen == fetched.digest() else False


def keep_source(parts: Parts, source: Source, fetched: Fetched | None, outcome: Outcome) -> None:
    """Remember what became of a source."""
    now = parts.now()

    def work(session: Session) -> None:
        if fetched is None or outcome.state == "failed":
            refreshes.note_source(session, source.name, state="failed", error=outcome.error or "", now=now)
            return
        known: dict[str, Any] = {"mark": fetched.mark, "version": fetched.version}
        if not fetched.unchanged:
            known["seen"] = fetched.digest()
        held = outcome.snapshot_id if outcome.state == "held" else None
        if outcome.state != "unchanged" or outcome.files:
            known["held_snapshot"] = held
            _close_others(session, source.name, held, now=now)
        state = outcome.state
        refreshes.note_source(session, source.name, state=state, now=now, lists=_owned(source, fetched), **known)
        if source.name == FOLDER and not fetched.unchanged:
            snapshots.note_folder(session, "wordlists", folder_id=_folder_id(fetched) or "", error=None, now=now)

    parts.db.write(work)


def settle_decided(session: Session, snapshot_id: str, *, approved: bool, by: str, now: datetime) -> None:
    """The second person has decided: the sources and the proposed changes follow, and what else waits is made anew."""
    names = refreshes.settle_held(session, snapshot_id, state="active" if approved else "refused")
    state = "accepted" if approved else "refused"
    session.execute(
        update(WordChange)
        .where(WordChange.state == "waiting", WordChange.snapshot_id == snapshot_id)
        .values(state=state, decided_by=by, decided_at=now)
    )
    if UPLOADS in names:
        _settle_uploads(session, snapshot_id, approved=approved)
    if names and approved:
        ask_for_refresh(session, by="system", now=now)


def settle_withdrawn(session: Session, snapshot_id: str, *, by: str, now: datetime) -> None:
    """Somebody took back what they proposed: their changes and uploads go, and those of others are tried anew."""
    names = refreshes.settle_held(session, snapshot_id, state="withdrawn")
    waits = (WordChange.state == "waiting") & (WordChange.snapshot_id == snapshot_id)
    for row in session.scalars(select(WordChange).where(waits)):
        if approvals.is_same_person(row.proposed_by, by):
            row.state, row.decided_by, row.decided_at = "withdrawn", by, now
    if UPLOADS in names:
        _settle_uploads(session, snapshot_id, approved=False, only_of=by)
    session.flush()
    more = [session.scalar(select(WordChange.id).where(waits).limit(1))]
    more.append(session.scalar(select(WordlistUpload.name).where(WordlistUpload.is_new).limit(1)))
    if names and any(more):
        ask_for_refresh(session, by=by, now=now)


def follow_back(session: Session, files: Mapping[str, str], *, now: datetime) -> None:
    """An earlier snapshot was put in force: officers' changes that are not in it are no longer laid over anything."""
    for row in session.scalars(select(WordChange).where(WordChange.state.in_(("accepted", "urgent")))):
        if not is_made(files, edit_of(row)):
            row.state, row.decided_at = "rolled_back", now
    session.flush()


def note_held(session: Session, source: Source, fetched: Fetched, snapshot_id: str, *, now: datetime) -> None:
    """Before a candidate is proposed: which changes and uploads it is made of, so that a decision finds them."""
    session.execute(update(WordChange).where(WordChange.id.in_(fetched.change_ids)).values(snapshot_id=snapshot_id))
    if source.name == UPLOADS:
        session.execute(update(WordlistUpload).values(held_snapshot=snapshot_id))
    row = refreshes.source_rows(session).get(source.name)
    state = row.state if row is not None else "held"
    _close_others(session, source.name, snapshot_id, now=now)
    refreshes.note_source(
        session, source.name, state=state, now=now, lists=_owned(source, fetched), held_snapshot=snapshot_id
    )


def _settle_uploads(session: Session, snapshot_id: str, *, approved: bool, only_of: str | None = None) -> None:
    """A refused upload becomes again what is in force, or nothing; ``only_of`` one person, others' stay new."""
    active = snapshots.pointer(session, "wordlists").snapshot_id
    in_force = snapshots.load(session, active) if active and not approved else {}
    for row in session.scalars(select(WordlistUpload).where(WordlistUpload.held_snapshot == snapshot_id)):
        row.held_snapshot = None
        if only_of is not None and row.is_new and not approvals.is_same_person(row.uploaded_by, only_of):
            continue
        row.is_new = False
        if approved:
            continue
        if (text := in_force.get(f"{row.name}.txt")) is not None:
            row.text = gzip.compress(text.encode(), mtime=0)
        else:
            session.delete(row)
    session.flush()


def ask_for_refresh(session: Session, *, by: str, now: datetime) -> str | None:
    """Have a worker refresh as soon as it can; None when one was asked for in this very second."""
    slot = f"{REFRESH_JOB}:asked:{int(now.timestamp())}"
    return queue.add(session, kind=REFRESH_JOB, payload={"by": by}, due_at=now, now=now, slot_key=slot, max_attempts=3)


def _still_waits(session: Session, snapshot_id: str) -> Outcome | bool:
    """The held outcome; False when something else took force and the candidate has to be made anew."""
    asked = approvals.newest_of(session, action=ACTION, object_id=snapshot_id)
    if asked is None or asked.state != "waiting":
        return True
    if asked.payload["base"] != snapshots.pointer(session, "wordlists").snapshot_id:
        return False
    return Outcome("held", snapshot_id=snapshot_id, holds=tuple(asked.payload.get("holds", ())))


def _close_others(session: Session, name: str, held: str | None, *, now: datetime) -> None:
    """The source says something else now: what it had waiting before nobody need decide any more."""
    row = refreshes.source_rows(session).get(name)
    if row is None or row.held_snapshot is None or row.held_snapshot == held:
        return
    asked = approvals.newest_of(session, action=ACTION, object_id=row.held_snapshot)
    if asked is not None:
        approvals.supersede(session, asked, now=now)


def _is_for_people(source: Source) -> bool:
    if source.name in {UPLOADS, PROPOSALS}:
        return True
    return source.kind != FOLDER and not getattr(source.options, "public_keys", ())


def _owned(source: Source, fetched: Fetched) -> list[str]:
    """The files that are this source's; the folder owns whatever nobody else does."""
    return [] if source.name == FOLDER else [name for name in fetched.files if name.endswith(".txt")]


def _folder_id(fetched: Fetched) -> str | None:
    """The folder's state as the watcher names it."""
    try:
        return snapshots.content_id("wordlists", snapshots.as_texts("wordlists", fetched.files))
    except BadDefinition:
        return fetched.digest()

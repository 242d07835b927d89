"""A second person lets waiting wordlists in without some of the words they add.

the waiting request ─ only words it adds? ─ the files without them ─ checked, matcher built
─ one unit of work: decided, stored, in force, left-out words kept out of later refreshes, recorded ─ processes follow

A source gives its whole list again with the next refresh. So a word that was left out is kept as an officers' change
(``retire``), which is laid over whatever a source gives; going back to an earlier version ends it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import approvals, audit, snapshots, word_changes
from app.errors import Conflict, InvalidInput, Problem
from app.flows.decide_candidate import note_waiting, waiting_request
from app.flows.follow_soon import follow_soon
from app.flows.open_matcher import check_wordlists
from app.flows.parts import Parts
from app.flows.settle_source import settle_decided
from app.models import WordChange
from app.text.edit_lists import OFFICERS
from app.text.left_out import Added, added, keys_of, without
from app.text.wordlist import load_wordlists, read_heads
from app.text.words import WordlistSet
from app.values.pause import Rests

MOST = 1_000
_RESTS_S = 10.0
_log = structlog.get_logger(__name__)


def accept_without(
    parts: Parts, snapshot_id: str, *, left_out: Collection[tuple[str, str]], reason: str, by: str, now: datetime
) -> str:
    """Let a candidate in without words, each named by list and word; returns the id of what is in force then.

    Raises:
        InvalidInput: none or too many, a word that it does not add, or nothing would be left of the change.
        NotFound, Conflict, Forbidden: as ``decide_candidate``.
    """
    snapshot, asked = waiting_request(parts, snapshot_id, reason=reason, by=by)
    base = asked.payload["base"]
    with parts.db.read() as session:
        files = snapshots.load(session, snapshot_id)
        before = snapshots.load(session, base) if base else {}
    words = _words(snapshot.kind, before, files, left_out)
    less = without(files, [each.key for each in words])
    made = snapshots.content_id("wordlists", less)
    if made == base:
        problem = Problem("leave_out", "names all that it changes", "some of it, or to refuse the whole")
        raise InvalidInput("nothing would be left of the candidate", problems=[problem])
    summary = check_wordlists(parts.settings, made, less, db=parts.db) | {"left_out": len(words), "of": snapshot_id}

    def work(session: Session) -> None:
        decided = approvals.decide(session, asked.id, approve=True, reason=reason, by=by, now=now)
        if snapshots.pointer(session, "wordlists").snapshot_id != base:
            raise Conflict("another snapshot took force since it was proposed; propose it again")
        snapshots.store(session, "wordlists", less, summary=summary, by=decided.requested_by, now=now)
        snapshots.activate(session, "wordlists", made, by=by, now=now, edits_of=decided.payload.get("edits_of"))
        _keep_out(session, words, snapshot_id, categories=_categories(files), reason=reason, by=by, now=now)
        settle_decided(session, snapshot_id, approved=True, by=by, now=now)
        details: dict[str, Any] = {"proposed_by": decided.requested_by, "of": snapshot_id}
        details["left_out"] = [f"{each.wordlist}/{each.word}" for each in words][:200]
        audit.record(
            session,
            actor=by,
            action="snapshot.accept_without",
            object_type="wordlists",
            object_id=made,
            reason=reason,
            details=details,
            now=now,
        )

    parts.db.write(work)
    note_waiting(parts, "wordlists")
    _log.info("snapshot_accepted_without", snapshot=made, of=snapshot_id, left_out=len(words), by=by)
    follow_soon(parts)
    return made


def _words(
    kind: str, before: dict[str, str], files: dict[str, str], left_out: Collection[tuple[str, str]]
) -> list[Added]:
    """The added words that were named."""
    if kind != "wordlists":
        problem = Problem("leave_out", "can be said of wordlists only", "to be left out")
        raise InvalidInput("rules come into force whole", problems=[problem])
    if not 0 < len(left_out) <= MOST:
        raise InvalidInput("which words?", problems=[Problem("leave_out", f"{len(left_out)} words", f"1 to {MOST:,}")])
    pause = Rests(_RESTS_S)
    old = load_wordlists(before, pause=pause) if before else WordlistSet({}, ())
    known = {each.key: each for each in added(old, load_wordlists(files, pause=pause))}
    wanted = keys_of(left_out)
    if strange := sorted("/".join(key) for key in wanted - known.keys()):
        problem = Problem(
            "leave_out", f"are not added by it: {'、'.join(strange[:8])}", "words that the candidate adds"
        )
        raise InvalidInput("only words that a candidate adds can be left out", problems=[problem])
    return [each for key, each in known.items() if key in wanted]


def _categories(files: dict[str, str]) -> dict[str, str]:
    return {each.name: each.category for each in read_heads(files)[1]}


def _keep_out(
    session: Session,
    words: Collection[Added],
    snapshot_id: str,
    *,
    categories: dict[str, str],
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Proposals of officers are refused; of what sources give, a change keeps the word out from now on."""
    waits = (WordChange.state == "waiting") & (WordChange.snapshot_id == snapshot_id) & (WordChange.what == "add")
    proposed = {key: row for row in session.scalars(select(WordChange).where(waits)) for key in _key(row)}
    for each in words:
        if (row := proposed.get(each.key)) is not None:
            row.state, row.decided_by, row.decided_at = "refused", by, now
        elif not each.wordlist.startswith(OFFICERS):
            word_changes.propose(
                session,
                what="retire",
                wordlist=each.wordlist,
                category=categories[each.wordlist],
                word=each.word,
                value="",
                state="accepted",
                reason=reason,
                case_id=None,
                details={"left_out_of": snapshot_id},
                proposed_by=by,
                proposed_at=now,
                confirm_by=None,
                decided_by=by,
                decided_at=now,
                snapshot_id=snapshot_id,
            )
    session.flush()


def _key(row: WordChange) -> set[tuple[str, str]]:
    return keys_of([(row.wordlist, row.word)])

"""What runs: snapshots load, wordlists are fresh, jobs are in time, webhooks arrive, the audit log stands outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import breakers, queue, snapshots
from app.audit import sealing
from app.audit.note import open_note
from app.errors import AppError
from app.flows.dead_letters import ALL
from app.flows.follow_snapshots import build_judge
from app.flows.parts import Parts
from app.flows.seal_audit import keys_of, open_outside
from app.flows.wordlist_freshness import measured, read_checked_at
from app.models import QueueRow, WebhookEndpoint, WordlistSource
from app.values.finding import Finding, fail, ok, warn

_LAG_WARN, _LAG_FAIL = timedelta(minutes=2), timedelta(minutes=15)
_UNSEALED_MAX = timedelta(seconds=60)


def check_snapshots(parts: Parts, session: Session) -> Iterator[Finding]:
    """Whether what is in force can be loaded by this very program, on this very machine."""
    pointers = {kind: snapshots.pointer(session, kind) for kind in snapshots.KINDS}
    missing = [kind for kind, pointer in pointers.items() if pointer.snapshot_id is None]
    if missing:
        todo = "run `weiheng rules publish` and `weiheng wordlists publish`"
        yield fail("snapshots", f"nothing was published yet: {', '.join(missing)}", todo)
        return
    for kind, pointer in pointers.items():
        if pointer.error:
            todo = f"mend the folder and publish again; until then what was in force of {kind} goes on"
            yield warn(f"folder of {kind}", f"refused: {pointer.error}", todo)
    rules, wordlists = (str(pointers[kind].snapshot_id) for kind in ("rules", "wordlists"))
    try:
        judge = build_judge(parts, rules, wordlists)
    except (AppError, OSError, ImportError) as error:
        yield fail(
            "snapshots", f"{type(error).__name__}: {error}", "activate an earlier snapshot, or mend what is said"
        )
    else:
        judge.engine.close()
        yield ok("snapshots", f"rules {rules[:19]}…, wordlists {wordlists[:19]}… load, by {judge.engine.evaluator}")
    if tripped := sorted(breakers.tripped(session)):
        todo = "look at the rules, then reset them on the console or by POST /v1/rules/{rule_id}/reset"
        yield warn("rules", f"tripped, people decide instead: {', '.join(tripped)}", todo)


def check_wordlists(parts: Parts, session: Session, *, now: datetime) -> Iterator[Finding]:
    """How old the wordlists are, and whose source fails."""
    seen = measured(read_checked_at(session), parts.settings, now=now)
    told = seen.level.value + ("" if seen.age_s is None else f", checked {seen.age_s} s ago")
    if seen.level.value == "fresh":
        yield ok("wordlists", told)
    else:
        todo = "see that a worker runs, or that cron calls `weiheng wordlists refresh`; `weiheng wordlists sources`"
        yield warn("wordlists", told, todo)
    for source in session.scalars(select(WordlistSource).where(WordlistSource.error.is_not(None))):
        yield warn(f"source {source.name}", str(source.error), "see docs/how-to/refresh-wordlists.md")


def check_jobs(session: Session, *, now: datetime) -> Iterator[Finding]:
    """How late the queue is, and what was given up."""
    is_due = (QueueRow.state == "waiting") & (QueueRow.due_at <= now)
    count, oldest = session.execute(select(func.count(), func.min(QueueRow.due_at)).where(is_due)).one()
    lag = timedelta(0) if oldest is None else now - oldest
    told = "nothing is due" if oldest is None else f"{count} are due, the oldest for {int(lag.total_seconds())} s"
    todo = "see that a worker runs (`weiheng worker`, or WEIHENG_EMBEDDED=true), and start more of them"
    if lag > _LAG_FAIL:
        yield fail("jobs", told, todo)
    else:
        yield warn("jobs", told, todo) if lag > _LAG_WARN else ok("jobs", told)
    if dead := queue.count_failed(session, kinds=ALL):
        yield warn("dead letters", f"{dead} need a person", "run `weiheng dead-letters list`")
    else:
        yield ok("dead letters", "none")
    ill = session.scalars(
        select(WebhookEndpoint.url).where(WebhookEndpoint.failures > 0, WebhookEndpoint.disabled_at.is_(None))
    ).all()
    if ill:
        yield warn("webhooks", f"receivers fail: {', '.join(sorted(ill))}", "run `weiheng webhooks list`")
    else:
        yield ok("webhooks", "every receiver takes what it is told")


def check_audit(parts: Parts, session: Session, *, now: datetime) -> Iterator[Finding]:
    """Whether the log is sealed in time, and its signed copies stand outside, on another disk."""
    count, since = sealing.waiting(session)
    if since is not None and now - since > _UNSEALED_MAX:
        told = f"{count} rows are not sealed, the oldest for {int((now - since).total_seconds())} s"
        yield fail("audit", told, "see that a worker runs; `weiheng audit verify` says whether the log holds")
    else:
        yield ok("audit", "sealed up to the last minute")
    newest = sealing.newest_checkpoint(session)
    try:
        note = open_outside(parts).newest()
        outside = 0 if note is None else open_note(note, keys_of(parts)).size
    except AppError as error:
        yield fail("copies outside", str(error), "see docs/how-to/verify-the-audit-log.md")
        return
    size = 0 if newest is None else newest.size
    if outside != size:
        told = f"the newest copy outside speaks of {outside} rows, the log's newest checkpoint of {size}"
        grade = fail if outside > size else warn
        yield grade("copies outside", told, "run `weiheng audit verify` before anything else")
        return
    folder = parts.settings.audit_copies_dir
    if folder is None or (folder.exists() and folder.stat().st_dev == parts.settings.data_dir.stat().st_dev):
        todo = "set WEIHENG_AUDIT_COPIES_DIR to a place the database's owner cannot write, best on another machine"
        yield warn("copies outside", f"{outside} rows, on the same disk as the data", todo)
    else:
        yield ok("copies outside", f"{outside} rows")

"""Following: a process asks what is in force and swaps its judge, whole, when that changes.

every poll: pointers  ─ changed? ─ open the compiled rules / the matcher ┬─ one reference assignment
            sign-offs ─ changed? ─ load the register ────────────────────┘
            breakers  ─ which rules have tripped
(embedded)  folders  ─ changed? ─ publish    (a bad folder is looked at once, not every half second)
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import breakers, sign_offs, snapshots
from app.errors import AppError, BadDefinition, NotReady
from app.events.kind import load_kinds
from app.flows.follow_model import follow_model
from app.flows.judge_content import Judge, judge_content
from app.flows.open_matcher import open_matcher
from app.flows.open_rules import open_rules
from app.flows.parts import Parts
from app.flows.publish_snapshot import folder_id, publish
from app.flows.watch_rules import write_counts
from app.flows.wordlist_freshness import follow_freshness, read_checked_at
from app.loop import Loop
from app.metrics import RULE_TRIPPED, SNAPSHOT_SWAPS
from app.rules.engine import Engine
from app.text.beside import AnyMatcher
from app.values.content import ContentToScreen
from app.values.pause import yielding

_WRITE_EVERY_S = 3.0
_log = structlog.get_logger(__name__)
# Judged once before a judge is put in force: what is made on first use is made then, and not in a request.
_WARM_UP = ContentToScreen("warm-up", "video_caption", "warm-up", {"text": "全国最*佳，联系 13-8"})


def follow_once(parts: Parts, *, rests: bool = False) -> bool:
    """Swap in what the pointers name and what was signed off, and take over which rules have tripped.

    True when something was swapped. The judge that was in force stays so until its successor is completely built.
    """
    with parts.db.read() as session:
        rules_id = snapshots.pointer(session, "rules").snapshot_id
        wordlists_id = snapshots.pointer(session, "wordlists").snapshot_id
        mark = sign_offs.mark(session)
        tripped = frozenset(breakers.tripped(session))
        checked_at = read_checked_at(session)
    _follow_breakers(parts, tripped)
    follow_model(parts)
    follow_freshness(parts, checked_at, now=parts.now())
    if rules_id is None or wordlists_id is None:
        raise NotReady("no snapshot was activated yet", retry_after_s=1)
    before = parts.live.current if parts.live.is_ready else None
    is_built = before is not None and (before.rules_id, before.wordlists_id) == (rules_id, wordlists_id)
    if before is not None and is_built and before.sign_offs_mark == mark:
        return False
    if before and is_built:
        judge = before
    else:
        with yielding:
            judge = build_judge(parts, rules_id, wordlists_id, before=before, rests=rests)
    if judge.sign_offs_mark != mark:
        with parts.db.read() as session:  # read after the mark: what comes in between is looked at on the next poll
            judge = replace(judge, sign_offs=sign_offs.in_force(session), sign_offs_mark=mark)
        _log.info("sign_offs_followed", sign_offs=len(judge.sign_offs.all))
    parts.live.swap(judge)
    for kind, old, new in (
        ("rules", before and before.rules_id, rules_id),
        ("wordlists", before and before.wordlists_id, wordlists_id),
    ):
        if old != new:
            SNAPSHOT_SWAPS.labels(kind).inc()
            _log.info("snapshot_swapped", kind=kind, snapshot=new)
    return True


def _follow_breakers(parts: Parts, tripped: frozenset[str]) -> None:
    before, parts.live.tripped = parts.live.tripped, tripped
    for rule in before ^ tripped:
        RULE_TRIPPED.labels(rule).set(int(rule in tripped))


def build_judge(
    parts: Parts, rules_id: str, wordlists_id: str, *, before: Judge | None = None, rests: bool = False
) -> Judge:
    """A judge for two stored snapshots; reuses the half that ``before`` already has.

    ``rests`` gives the requests that this process answers meanwhile their turns.
    """
    kinds = load_kinds()
    engine: Engine
    matcher: AnyMatcher
    severities: Mapping[str, int]
    if before is not None and before.rules_id == rules_id:
        engine = before.engine
    else:
        old = before.engine if before else None
        engine = open_rules(parts.settings, rules_id, kinds, db=parts.db, before=old, rests=rests)
    if before is not None and before.wordlists_id == wordlists_id:
        matcher, severities = before.matcher, before.severities
    else:
        with parts.db.read() as session:
            files = snapshots.load(session, wordlists_id)
        matcher, severities = open_matcher(parts.settings, wordlists_id, files, db=parts.db)
    judge = Judge(rules_id, wordlists_id, engine, matcher, kinds, severities)
    if before is not None:
        judge = replace(judge, sign_offs=before.sign_offs, sign_offs_mark=before.sign_offs_mark)
    judge_content(judge, _WARM_UP, now=parts.now())
    return judge


def publish_if_changed(parts: Parts, kind: str, *, now: datetime) -> None:
    """Publish a folder that moved on from the state last looked at; a refused one is reported and left alone."""
    with parts.db.read() as session:
        seen = snapshots.pointer(session, kind).folder_id
    if folder_id(parts.settings, kind) == seen:
        return
    with contextlib.suppress(BadDefinition):  # publish has noted and reported it
        publish(parts.db, parts.settings, kind, by="watcher", now=now)


class FolderWatch:
    """Notices that a folder has changed and come to rest.

    Two looks in a row must agree, so a file half written or a save in several steps is never published.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind, self._folder = kind, folder
        self._published: object = None
        self._last: object = None

    def is_settled(self) -> bool:
        """Whether there is a changed state that did not move since the last look; says so once."""
        now = snapshots.fingerprint(self._kind, self._folder)
        settled = now == self._last and now != self._published
        self._last = now
        if settled:
            self._published = now
        return settled


class Follower(Loop):
    """The thread that keeps one process on the active snapshots and sign-offs."""

    def __init__(self, parts: Parts) -> None:
        super().__init__("follow-snapshots", self._follow)
        self._parts = parts
        self._write_at = 0.0
        folders = {"rules": parts.settings.rules_dir, "wordlists": parts.settings.wordlists_dir}
        self._watches = {kind: FolderWatch(kind, folder) for kind, folder in folders.items()}

    def start(self) -> None:
        """Begin; from now on whoever changes what is in force leaves it to this thread."""
        self._parts.live.wake = self.wake
        super().start()

    def stop(self, *, within_s: float = 30) -> None:
        """Finish, and write down what was counted last."""
        self._parts.live.wake = None
        super().stop(within_s=within_s)
        try:
            write_counts(self._parts)
        except (AppError, SQLAlchemyError, OSError) as error:
            _log.warning("counts_lost", error=f"{type(error).__name__}: {error}"[:500])

    def _follow(self) -> float:
        try:
            if self._parts.shared_clock is not None:
                self._parts.shared_clock.look()
            if self._parts.settings.watches:
                for kind, watch in self._watches.items():
                    if watch.is_settled():
                        publish_if_changed(self._parts, kind, now=self._parts.now())
            follow_once(self._parts, rests=True)
            if time.monotonic() >= self._write_at:
                self._write_at = time.monotonic() + _WRITE_EVERY_S
                write_counts(self._parts)
        except (AppError, SQLAlchemyError, OSError) as error:
            _log.warning("following_failed", error=f"{type(error).__name__}: {error}"[:500])
        return self._parts.settings.poll_s

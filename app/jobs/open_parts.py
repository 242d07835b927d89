"""The long-lived parts, opened from the settings: for commands, workers and the web alike.

It stands below the web, so that a command or a worker does not load 200 calls and pages first, which takes longer than
most commands do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.consents import is_given
from app.db import Database
from app.events.provider import load_providers, read_accounts
from app.flows.case_settings import clocks_of, ladder_of
from app.flows.feed_watch import FeedTable
from app.flows.fetch_platform_keys import share_keys
from app.flows.follow_snapshots import follow_once
from app.flows.judge_content import Judge
from app.flows.parts import LiveJudge, Parts
from app.flows.publish_snapshot import publish
from app.jobs.refresh import start_process
from app.money.channel import open_channel
from app.review.backend import open_backends
from app.review.review_settings import read_review_settings
from app.settings import Settings
from app.shared_clock import SharedClock
from app.snapshots import KINDS, pointer
from app.vault.ciphers import NAMES
from app.vault.erasure_list import ErasureList
from app.vault.keyring import open_keyring
from app.vault.people import People

_kept: list[Judge] = []
"""What this process, or the one it was forked from, keeps for those to come; empty where processes are not forked."""


def build_parts(settings: Settings, *, now: Callable[[], datetime] | None = None) -> Parts:
    """Everything long-lived, opened but not started: no thread runs, no lock is held. The time is the database's."""
    db = Database(settings.url, pool_size=settings.threads + 4)
    shared = SharedClock(
        db.clock,
        differs_max=timedelta(seconds=settings.clock_differs_max_s),
        stands_for=timedelta(seconds=settings.clock_stands_for_s),
    )
    keyring, live = open_keyring(settings), LiveJudge()
    providers = load_providers()
    given = settings.platform_accounts
    parts = Parts(
        settings=settings,
        db=db,
        keyring=keyring,
        people=People(keyring, algorithm=NAMES[settings.vault_algorithm]),
        live=live,
        reviewers=open_backends(settings),
        review_settings=read_review_settings(settings),
        now=now or shared,
        shared_clock=shared if now is None else None,
        erasure_list=ErasureList(settings.erasure_file),
        consents=is_given,
        start_refresh=start_process,
        channel=open_channel(settings),
        feeds=FeedTable(live),
        providers=providers,
        accounts=read_accounts(given.get_secret_value() if given else None, providers),
        clocks=clocks_of(settings),
        ladder=ladder_of(settings),
    )
    share_keys(parts)
    return parts


def prepare(parts: Parts) -> None:
    """Load what is in force; a database without any snapshot gets the folders as they are."""
    with parts.db.read() as session:
        parts.people.check(session)
    for kind in KINDS:
        with parts.db.read() as session:
            is_empty = pointer(session, kind).snapshot_id is None
        if is_empty:
            publish(parts.db, parts.settings, kind, by="first start", now=parts.now())
    if _kept and not parts.live.is_ready:
        parts.live.swap(_kept[0])
    follow_once(parts)


def keep_for_children(parts: Parts) -> None:
    """Have processes that are forked from this one begin with the judge it has, in memory that all of them share.

    Their ``prepare`` takes it over and then follows, as whoever missed a change does.
    """
    _kept[:] = [parts.live.current]

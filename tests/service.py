"""A whole service for story tests: real database, shipped rules and lists, a Flask client per key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app import access, snapshots
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.flows.screen_file import judge_from_folders
from app.jobs.open_parts import build_parts
from app.models import Snapshot
from app.settings import Settings
from app.values.access import Scope

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

MATCHERS = Path(__file__).parents[1] / ".pytest_cache" / "matchers"
"""Built matchers for all workers and runs: a file holds for the very wordlists and program it was made from."""


SECRET = "for-tests-alone-and-nothing-secret-at-all"


class Clock:
    """Time that moves only when a test moves it."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@dataclass
class Service:
    parts: Parts
    clock: Clock
    app: Any

    def key(self, *scopes: str, shops: list[str] | None = None, name: str = "hook") -> str:
        wanted = scopes or tuple(Scope)
        return self.parts.db.write(
            lambda session: access.create_api_key(
                session,
                name=name,
                scopes=wanted,
                shop_ids=shops,
                hash_key=self.parts.keyring.api_keys,
                now=self.clock(),
            )
        )

    def client(self, *scopes: str, shops: list[str] | None = None) -> Any:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.key(*scopes, shops=shops)}"
        return client

    def screen(self, client: Any, text: str = "今天天气不错", **more: Any) -> Any:
        body = {"content_id": "v-1", "kind": "video_caption", "shop_id": "shop-1", "text": text} | more
        return client.post("/v1/screenings", json=body)


def make_settings(database: Any, folder: Any, **more: Any) -> Settings:
    values = {"database_url": database.url, "data_dir": folder, "cache_dir": MATCHERS}
    values |= {"secret_key": SECRET}  # one for all, so that what is compiled and sealed once can be opened by all
    values |= {"outbox_allow_private": True, "sample_bp": 10_000}
    values |= {"wordlist_refresh_minutes": 0, "wordlist_allow_private": True}
    return Settings.model_validate(values | more)


def make_service(database: Any, folder: Any, judge: Any = None, **more: Any) -> Service:
    """A service over an empty migrated database; with ``judge`` its snapshots are in force without publishing."""
    from tests.applications import application  # it loads the web, which most children of tests do without

    settings = make_settings(database, folder, **more)
    clock = Clock()
    parts = build_parts(settings, now=clock)
    parts.db.engine.dispose()
    parts = replace(parts, db=database, start_refresh=None)
    if judge is not None:
        _store(parts, settings)
        parts.live.swap(judge)
    return Service(parts, clock, application(parts))


def shipped_judge(folder: Any, **more: Any) -> Any:
    """The judge of the shipped files, one for the whole process, or of those in ``rules_dir`` and ``wordlists_dir``."""
    if not more:
        return _shipped()
    return judge_from_folders(Settings.model_validate({"data_dir": folder, "cache_dir": MATCHERS} | more))


@cache
def _shipped() -> Judge:
    return judge_from_folders(Settings.model_validate({"data_dir": MATCHERS.parent, "cache_dir": MATCHERS}))


_packed: dict[Any, tuple[str, bytes]] = {}
"""Id and content of each folder's stored snapshot, by how the folder was: packing takes longer than a small test."""


def _store(parts: Parts, settings: Settings) -> None:
    def work(session: Any) -> None:
        for kind, where in (("rules", settings.rules_dir), ("wordlists", settings.wordlists_dir)):
            stored = _put_snapshot(session, kind, where, now=parts.now())
            snapshots.activate(session, kind, stored, by="test", now=parts.now())

    parts.db.write(work)


def _put_snapshot(session: Any, kind: str, folder: Path, *, now: datetime) -> str:
    as_it_is = snapshots.fingerprint(kind, folder)
    if as_it_is not in _packed:
        stored = snapshots.store(session, kind, snapshots.read_folder(kind, folder), summary={}, by="test", now=now)
        _packed[as_it_is] = stored, session.get(Snapshot, stored).files
    stored, packed = _packed[as_it_is]
    if session.get(Snapshot, stored) is None:
        kept = {"summary": {}, "proposed_by": "test", "created_at": now}
        session.add(Snapshot(id=stored, kind=kind, files=packed, **kept))
        session.flush()
    return stored

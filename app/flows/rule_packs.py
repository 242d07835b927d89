"""Compiled rules as they are kept: sealed, because what is opened runs, and bound to their snapshot and program.

    seal = HMAC-SHA256(key, snapshot ┊ program ┊ pack)      key: derived from WEIHENG_SECRET_KEY

Whoever can write to the cache folder or the database can spoil a pack, which costs the time to compile it again; only
who has the service's secret could make one that is opened. The name holds the program's digest and the key's, so that
neither an upgrade nor a new secret finds packs that it would have to refuse.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import packed_matchers, snapshots
from app.clock import utc_now
from app.db import Database
from app.errors import SettingsError
from app.events.kind import load_kinds
from app.flows.rules_program import variant
from app.metrics import RULE_PACKS_REFUSED
from app.packed_matchers import RULES, PackFolder
from app.rules.passed_on import take_over
from app.rules.trial import READ, try_in_child
from app.settings import Settings
from app.values.pause import Rests
from app.vault.crypto import branch, length_prefixed, mac
from app.vault.keyring import rules_seal

_SEAL_BYTES = 32
_TIMEOUT_S = 120  # it runs at a low priority, beside a service that may be busy
_RESTS_S = 0.6
_log = structlog.get_logger(__name__)


class RulePacks:
    """The packs that this process may open and keep: in a folder, and on PostgreSQL in the database."""

    def __init__(self, settings: Settings, db: Database | None) -> None:
        self._folder = PackFolder(settings.cache, RULES)
        self._db = db if db is not None and not db.is_sqlite else None
        self._key: bytes | None = None
        try:
            self._key = rules_seal(settings)
        except (SettingsError, OSError) as error:  # a command without the service's secret: it compiles for itself
            _log.info("rules_not_sealed", error=str(error)[:200])
            return
        name = branch(self._key, f"name/{variant()}")
        self._variant = name.hex()[:32]

    @property
    def seals(self) -> bool:
        """Whether there is a secret to seal with; else nothing is kept."""
        return self._key is not None

    def get(self, rules_id: str) -> bytes | None:
        """The pack of a snapshot, or None where there is none that we sealed."""
        if self._key is None:
            return None
        packed = self._in_folder(rules_id)
        if packed is None and (packed := self._in_database(rules_id)) is not None:
            self._put_in_folder(rules_id, packed + self._seal(rules_id, packed))
        return packed

    def put(self, rules_id: str, packed: bytes) -> None:
        """Keep a pack for every process; where that fails it is only compiled again."""
        if self._key is None:
            return
        sealed = packed + self._seal(rules_id, packed)
        self._put_in_folder(rules_id, sealed)
        self._put_in_database(rules_id, sealed)

    def share(self, rules_id: str) -> bool:
        """Whether every process can open the pack; what only this machine has is given to the others."""
        if self._key is None:
            return False
        packed = self._in_folder(rules_id)
        if packed is None:
            return self.get(rules_id) is not None
        if self._db is not None and self._in_database(rules_id) is None:
            self._put_in_database(rules_id, packed + self._seal(rules_id, packed))
        return True

    def refuse(self, rules_id: str, *, why: str) -> None:
        """Forget a pack that cannot be opened, wherever it is."""
        self._refuse_in_folder(rules_id, why)
        self._refuse_in_database(rules_id, why)

    def building(self) -> AbstractContextManager[None]:
        """Alone among the processes of this machine; raises OSError where there is no folder."""
        return nullcontext() if self._key is None else self._folder.building()

    def make_ready(self, files: Mapping[str, str], *, is_tried: bool) -> None:
        """Try the files in a child, or only compile them; its pack is kept. Raises BadDefinition."""
        began = time.monotonic()
        rules_id = snapshots.content_id("rules", files)
        with TemporaryDirectory() as made:
            into = Path(made) / "rules"
            try_in_child(files, timeout_s=_TIMEOUT_S, into=into, is_tried=is_tried)
            if into.exists():
                self.put(rules_id, into.read_bytes())
                if not is_tried:
                    take_over(into.with_suffix(READ).read_bytes(), load_kinds(), Rests(_RESTS_S))
            else:
                _log.warning("rules_not_packed", rules=rules_id)
        _log.info("rules_tried", rules=rules_id, again=is_tried, seconds=round(time.monotonic() - began, 1))

    def _in_folder(self, rules_id: str) -> bytes | None:
        packed = self._opened(rules_id, self._folder.get(rules_id, self._variant))
        if packed is None and self._folder.has(rules_id, self._variant):
            self._refuse_in_folder(rules_id, "what the folder has is cut off or not sealed by this service")
        return packed

    def _in_database(self, rules_id: str) -> bytes | None:
        if self._db is None:
            return None
        with self._db.read() as session:
            packed = self._opened(rules_id, packed_matchers.load(session, rules_id, self._variant, RULES))
            is_there = packed is not None or packed_matchers.has(session, rules_id, self._variant, RULES)
        if packed is None and is_there:
            self._refuse_in_database(rules_id, "what the database has is cut off or not sealed by this service")
        return packed

    def _opened(self, rules_id: str, sealed: bytes | None) -> bytes | None:
        if sealed is None:
            return None
        packed, seal = sealed[:-_SEAL_BYTES], sealed[-_SEAL_BYTES:]
        return packed if hmac.compare_digest(self._seal(rules_id, packed), seal) else None

    def _seal(self, rules_id: str, packed: bytes) -> bytes:
        assert self._key is not None, "asked before there is a key"
        return mac(self._key, length_prefixed(rules_id, self._variant) + packed)

    def _put_in_folder(self, rules_id: str, sealed: bytes) -> None:
        try:
            self._folder.put(rules_id, self._variant, sealed)
        except OSError as error:
            _log.warning("rules_not_kept", rules=rules_id, error=f"{type(error).__name__}: {error}"[:200])

    def _put_in_database(self, rules_id: str, sealed: bytes) -> None:
        now, name = utc_now(), self._variant
        self._write(
            rules_id, lambda session: packed_matchers.store(session, rules_id, name, sealed, now=now, made=RULES)
        )

    def _refuse_in_folder(self, rules_id: str, why: str) -> None:
        _tell_refused(rules_id, why)
        with suppress(OSError):  # it is overwritten, or refused again
            self._folder.drop(rules_id, self._variant)

    def _refuse_in_database(self, rules_id: str, why: str) -> None:
        if self._db is not None:
            _tell_refused(rules_id, why)
            self._write(rules_id, lambda session: packed_matchers.drop(session, rules_id, self._variant, RULES))

    def _write(self, rules_id: str, work: Callable[[Session], None]) -> None:
        """Where the database cannot take it, it serves here all the same."""
        if self._db is None:
            return
        try:
            self._db.write(work)
        except SQLAlchemyError as error:
            _log.warning("rules_not_shared", rules=rules_id, error=f"{type(error).__name__}: {error}"[:200])


def _tell_refused(rules_id: str, why: str) -> None:
    RULE_PACKS_REFUSED.inc()
    _log.warning("rule_pack_refused", rules=rules_id, why=why[:200])

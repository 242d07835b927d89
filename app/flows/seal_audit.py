"""Sealing the audit log: what was signed before still holds? ─ seal batch by batch ─ sign ─ copy outside.

The look at the newest copy outside comes first: a sealer that signs on after somebody cut the log or put an old copy of
the database back would make the forgery official.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import sealing, tree
from app.audit.merkle import root_at
from app.audit.note import NoteBroken, PublicKey, Signer, open_note, read_public_key
from app.audit.outside import Folder, Outside
from app.audit.tree import LogBroken
from app.db import Database
from app.errors import Problem, SettingsError
from app.flows.parts import Parts
from app.metrics import AUDIT_BROKEN, AUDIT_SIZE, AUDIT_UNSEALED, AUDIT_UNSEALED_SECONDS
from app.values.pause import Pause, no_pause
from app.vault.crypto import KEY_BYTES, branch

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one run did."""

    rows: int
    size: int
    copied: int


def seal_audit(parts: Parts, *, now: datetime, pause: Pause = no_pause) -> Sealed:
    """Seal every committed row, sign the tree, copy checkpoints outside; ``pause`` is called after each batch.

    Raises:
        LogBroken: the log is not the one whose checkpoint stands outside; nothing is sealed.
        NotReady: the place outside cannot be used; what is sealed is copied by the next run.
    """
    signer, outside = open_signer(parts), open_outside(parts)
    try:
        _hold_to_its_word(parts, outside, keys_of(parts))
        rows = seal_rows(parts.db, now=now, pause=pause)
        parts.db.write(lambda session: sealing.add_checkpoint(session, signer, now=now))
        copied = _copy(parts, outside, keys_of(parts))
    except (LogBroken, NoteBroken) as broken:
        AUDIT_BROKEN.set(1)
        _log.error("audit_log_broken", detail=broken.detail)
        raise
    AUDIT_BROKEN.set(0)
    note_tail(parts, now=now)
    with parts.db.read() as session:
        return Sealed(rows, tree.size_of(session), copied)


def seal_rows(db: Database, *, now: datetime, limit: int = sealing.BATCH, pause: Pause = no_pause) -> int:
    """Seal every committed row; how many. A batch is worked out before its turn to write: others write meanwhile."""
    rows = 0
    while True:
        with db.read() as session:
            batch = sealing.next_batch(session, limit=limit)
        if batch is None:
            return rows
        if db.write(partial(sealing.seal, batch=batch, now=now)):
            rows += len(batch.leaves)
        pause()


def note_tail(parts: Parts, *, now: datetime) -> None:
    """Measure what is not sealed yet."""
    with parts.db.read() as session:
        count, since = sealing.waiting(session)
        AUDIT_SIZE.set(tree.size_of(session))
    AUDIT_UNSEALED.set(count)
    AUDIT_UNSEALED_SECONDS.set(0 if since is None else max(0.0, (now - since).total_seconds()))


def open_signer(parts: Parts) -> Signer:
    """Who signs: the key of the settings, or one derived from the service's own secret."""
    given = parts.settings.audit_key
    if given is None:
        seed = branch(parts.keyring.api_keys, "audit-checkpoints")
    else:
        try:
            seed = base64.b64decode(given.get_secret_value(), validate=True)
        except (binascii.Error, ValueError):
            seed = b""
        if len(seed) != KEY_BYTES:
            problem = Problem("WEIHENG_AUDIT_KEY", "is malformed", "32 random bytes in base64")
            raise SettingsError("the settings are wrong", problems=[problem])
    return Signer(parts.settings.audit_origin, Ed25519PrivateKey.from_private_bytes(seed))


def keys_of(parts: Parts) -> tuple[PublicKey, ...]:
    """The public keys that checkpoints may be signed by: today's, and those of before that the settings name."""
    old = filter(None, (each.strip() for each in parts.settings.audit_old_keys.split(",")))
    return (open_signer(parts).public, *map(read_public_key, old))


def open_outside(parts: Parts) -> Outside:
    """Where copies of checkpoints are kept."""
    folder = parts.settings.audit_copies_dir or parts.settings.data_dir / "audit"
    return Folder(folder, parts.settings.audit_origin)


def _hold_to_its_word(parts: Parts, outside: Outside, keys: tuple[PublicKey, ...]) -> None:
    note = outside.newest()
    if note is None:
        return
    said = open_note(note, keys)
    with parts.db.read() as session:
        size = tree.size_of(session)
        if said.size > size:
            raise LogBroken(f"a checkpoint outside speaks of {said.size} rows, the log has {size}")
        if root_at(said.size, tree.lookup_in(session)) != said.root:
            raise LogBroken(f"the log's first {said.size} rows are not those that were signed")


def _copy(parts: Parts, outside: Outside, keys: tuple[PublicKey, ...]) -> int:
    newest = outside.newest()
    size = 0 if newest is None else open_note(newest, keys).size
    copied = 0
    while True:
        with parts.db.read() as session:
            rows = sealing.checkpoints_after(session, size)
        mine = [row.note for row in rows if row.note.startswith(f"{parts.settings.audit_origin}\n")]
        if mine:
            outside.keep(mine)
            copied += len(mine)
        if not rows:
            return copied
        size = rows[-1].size

"""The whole sealed log as files that anyone can verify: each line of ``rows.ndjson`` is a leaf, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.leaf import leaf_of
from app.audit.note import PublicKey
from app.errors import Conflict
from app.models import AuditCheckpoint, AuditLeaf, AuditRow

_PAGE = 2_000


def export(session: Session, folder: Path, keys: tuple[PublicKey, ...]) -> int:
    """Write rows, checkpoints and public keys into a new folder; returns how many rows.

    A row that is gone leaves its line out, and the verifier names the gap. Raises Conflict when there is something in
    the folder.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty: an export gets a folder of its own")
    folder.mkdir(parents=True, exist_ok=True)
    notes = session.scalars(select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)).all()
    count = 0
    with (folder / "rows.ndjson").open("wb") as file:
        for line in _lines(session):
            file.write(line + b"\n")
            count += 1
    said = (json.dumps({"note": note}, ensure_ascii=False) + "\n" for note in notes)
    (folder / "checkpoints.ndjson").write_text("".join(said), encoding="utf-8")
    (folder / "public-keys.txt").write_text("".join(f"{key}\n" for key in keys), encoding="utf-8")
    return count


def _lines(session: Session) -> Iterator[bytes]:
    last = -1
    while True:
        rows = session.execute(
            select(AuditLeaf.seq, AuditRow)
            .join(AuditRow, AuditRow.id == AuditLeaf.row_id)
            .where(AuditLeaf.seq > last)
            .order_by(AuditLeaf.seq)
            .limit(_PAGE)
        ).all()
        for seq, row in rows:
            yield leaf_of(row, seq)
            last = seq
        if not rows:
            return
        session.expunge_all()

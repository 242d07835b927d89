"""Evidence is registered, looked at by somebody else, and taken back.

propose ─ fields and files checked ─ piece, sealed files, audit row
decide ─ another person ─ verified (from now on rules see it) or refused ─ audit row
withdraw ─ audit row ─ what rested on it is looked at again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import access, audit
from app.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.evidence import registry
from app.evidence.registry import FILES_MAX, Said
from app.flows.follow_up_evidence import follow_up
from app.flows.parts import Parts
from app.flows.sealed_files import check_files, opened, sealed_columns
from app.models import Evidence, EvidenceFile
from app.review.appeals import Sent
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.access import Caller, Role

READERS = DECIDERS | {Role.AUDITOR}


def propose_evidence(parts: Parts, said: Said, *, files: Sequence[Sent], caller: Caller, now: datetime) -> Evidence:
    """Register a piece for one of the caller's shops; raises InvalidInput, Forbidden or Conflict."""
    caller.require_shop(said.shop_id)
    check_files(files, most=FILES_MAX, largest=parts.settings.appeal_file_bytes)
    clean = replace(
        said,
        number=without_personal(said.number),
        issuer=without_personal(said.issuer),
        note=without_personal(said.note) if said.note else None,
    )

    def work(session: Session) -> Evidence:
        access.ensure_shop(session, said.shop_id, now=now)
        row = registry.propose(session, clean, by=caller.name, now=now)
        _add_files(parts, session, row, files, now=now)
        details = {"kind": row.kind, "number": row.number, "files": _digests(session, row)}
        _record(session, row, "evidence.propose", None, caller, now=now, **details)
        return row

    return parts.db.write(work)


def add_files(parts: Parts, evidence_id: str, *, files: Sequence[Sent], caller: Caller, now: datetime) -> Evidence:
    """Add files to a piece that waits to be looked at; raises NotFound, Conflict or InvalidInput."""
    check_files(files, most=FILES_MAX, largest=parts.settings.appeal_file_bytes)

    def work(session: Session) -> Evidence:
        row = registry.find(session, evidence_id, caller=caller)
        if row.state != "proposed":
            raise Conflict(f"the evidence is already {row.state}")
        there = len(registry.files_of(session, [row.id])[row.id])
        if not files or there + len(files) > FILES_MAX:
            raise InvalidInput("too many files", problems=[Problem("files", f"{there} there", f"1 to {FILES_MAX}")])
        _add_files(parts, session, row, files, now=now)
        _record(session, row, "evidence.add_files", None, caller, now=now, files=_digests(session, row))
        return row

    return parts.db.write(work)


def decide_evidence(
    parts: Parts, evidence_id: str, *, verify: bool, reason: str, caller: Caller, now: datetime
) -> Evidence:
    """Verify or refuse what somebody else registered.

    Raises:
        NotFound: no such piece in the caller's shops.
        Forbidden: the caller may not decide, or registered it.
        Conflict: it was decided before, or its last day is over.
        InvalidInput: no reason.
    """
    if not caller.grants & DECIDERS:
        raise Forbidden(f"verifying evidence needs one of {', '.join(sorted(DECIDERS))}")
    reason = _reason(reason)

    def work(session: Session) -> Evidence:
        row = registry.find(session, evidence_id, caller=caller)
        registry.decide(session, row, verify=verify, reason=reason, by=caller.name, now=now)
        action = "evidence.verify" if verify else "evidence.refuse"
        _record(session, row, action, reason, caller, now=now, kind=row.kind, files=_digests(session, row))
        return row

    return parts.db.write(work)


def withdraw_evidence(parts: Parts, evidence_id: str, *, reason: str, caller: Caller, now: datetime) -> Evidence:
    """Take a piece back; what was let through because of it goes to a person."""
    reason = _reason(reason)

    def work(session: Session) -> Evidence:
        row = registry.find(session, evidence_id, caller=caller)
        if row.state == "verified" and not caller.grants & DECIDERS:
            raise Forbidden(f"taking back what was verified needs one of {', '.join(sorted(DECIDERS))}")
        registry.withdraw(session, row, reason=reason, by=caller.name, now=now)
        _record(session, row, "evidence.withdraw", reason, caller, now=now, kind=row.kind)
        return row

    row = parts.db.write(work)
    if row.decided_at is not None and parts.live.is_ready:  # else the daily look does it
        follow_up(parts, row.id, now=now)
    return row


def open_evidence_file(
    parts: Parts, session: Session, file_id: str, *, caller: Caller
) -> tuple[EvidenceFile, str, bytes]:
    """A file with its name and bytes, for those of its shop who may read evidence; raises NotFound."""
    row = session.get(EvidenceFile, file_id)
    piece = None if row is None else session.get(Evidence, row.evidence_id)
    if row is None or piece is None or not caller.may_see(piece.shop_id) or not caller.grants & READERS:
        raise NotFound(f"no file {file_id}")
    return row, opened(parts, session, row, "name").decode(), opened(parts, session, row, "body")


def record_look(parts: Parts, row: EvidenceFile, *, caller: Caller, now: datetime) -> None:
    """Put on record that somebody opened a file: it may show a person."""

    def work(session: Session) -> None:
        piece = session.get_one(Evidence, row.evidence_id)
        _record(session, piece, "evidence.open_file", None, caller, now=now, file=row.id)

    parts.db.write(work)


def _add_files(parts: Parts, session: Session, row: Evidence, files: Sequence[Sent], *, now: datetime) -> None:
    for each in files:
        place: dict[str, Any] = {"person": f"evidence:{row.id}", "table": "evidence_file"}
        session.add(EvidenceFile(evidence_id=row.id, **sealed_columns(parts, session, each, now=now, **place)))
    session.flush()


def _digests(session: Session, row: Evidence) -> list[str]:
    return [each.sha256 for each in registry.files_of(session, [row.id])[row.id]]


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput(
            "a reason is needed", problems=[Problem("reason", "is empty", "why, in words others may read")]
        )
    return without_personal(reason.strip())


def _record(
    session: Session, row: Evidence, action: str, reason: str | None, by: Caller, *, now: datetime, **details: Any
) -> None:
    about: dict[str, Any] = {"object_type": "evidence", "object_id": row.id, "shop_id": row.shop_id, "reason": reason}
    audit.record(session, actor=by.name, action=action, details=details, now=now, **about)

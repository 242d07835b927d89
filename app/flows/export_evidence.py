"""The evidence pack of a case: one document, the audit log's rows about it, and the proof that both belong together.

case ─ document (what was uploaded, found, decided, contested; masked) ─ its SHA-256 goes into an audit row
     ─ the log is sealed ─ every row about the case with its path to the signed root ─ pack
So the document cannot be changed without changing the log, and whoever has the log's public key needs nothing else of
ours to see that: ``clients/verify_evidence.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import tree
from app.audit.leaf import leaf_of
from app.audit.reading import entries_of
from app.audit.sealing import newest_checkpoint
from app.errors import Conflict, Forbidden, NotReady
from app.flows.appeal_case import text_of
from app.flows.parts import Parts
from app.flows.seal_audit import keys_of, seal_audit
from app.flows.stored_screening import open_column
from app.models import Appeal, Case, Content, Screening
from app.review import appeals, cases
from app.review.cases import OPEN_STATES
from app.review.claiming import DECIDERS
from app.text.personal_data import without_personal
from app.values.access import Caller, Role
from app.vault.crypto import SealBroken

FORMAT = "weiheng-evidence/1"
EXPORTERS = DECIDERS | {Role.AUDITOR}
_ROWS, _APPEALS = 500, 20
_CASE = (
    "id",
    "shop_id",
    "state",
    "decision",
    "category",
    "severity",
    "summary",
    "queue",
    "size",
    "subject_type",
    "subject",
    "opened_at",
    "due_at",
    "first_by",
    "first_at",
    "decided_by",
    "decided_at",
    "outcome",
    "policy",
    "reason",
    "suggestion",
)


def export_evidence(parts: Parts, case_id: str, *, reason: str, caller: Caller, now: datetime) -> dict[str, Any]:
    """The pack as plain data.

    Raises:
        NotFound: no such case in the caller's shops.
        Forbidden: the caller's roles export nothing.
        Conflict: the case hides its opinions, which the pack holds, until the caller has decided it.
        NotReady: the log could not be sealed just now; try again.
    """
    if not caller.grants & EXPORTERS:
        raise Forbidden(f"exporting evidence needs one of {', '.join(sorted(EXPORTERS))}")

    def work(session: Session) -> str:
        case = cases.find(session, case_id, caller=caller)
        if caller.grants & DECIDERS and case.state in OPEN_STATES and parts.review_settings.is_blind(case.id):
            raise Conflict("the case is to be judged without its opinions, which the pack holds; decide it first")
        document = _canonical(_document(parts, session, case, by=caller.name, now=now))
        digest = "sha256:" + hashlib.sha256(document.encode()).hexdigest()
        audit.record(
            session,
            actor=caller.name,
            action="case.export",
            object_type="case",
            object_id=case.id,
            shop_id=case.shop_id,
            reason=reason or None,
            details={"digest": digest, "format": FORMAT},
            now=now,
        )
        return document

    document = parts.db.write(work)
    seal_audit(parts, now=now)
    with parts.db.read() as session:
        return _pack(parts, session, case_id, document)


def _pack(parts: Parts, session: Session, case_id: str, document: str) -> dict[str, Any]:
    newest = newest_checkpoint(session)
    screening_id = json.loads(document)["screening"].get("id")
    entries = entries_of(session, "case", case_id, limit=_ROWS)
    entries += entries_of(session, "screening", screening_id, limit=_ROWS) if screening_id else []
    if newest is None or any(each.seq is None or each.seq >= newest.size for each in entries):
        raise NotReady("the audit log is being sealed", retry_after_s=15)
    rows = []
    for entry in sorted(entries, key=lambda each: each.seq or 0):
        assert entry.seq is not None, "rows are sealed, as was just checked"
        proof = tree.prove_row(session, entry.seq, newest.size)
        rows.append({"leaf": leaf_of(entry.row, entry.seq).decode(), "path": [each.hex() for each in proof.hashes]})
    return {
        "format": FORMAT,
        "document": document,
        "digest": "sha256:" + hashlib.sha256(document.encode()).hexdigest(),
        "rows": rows,
        "checkpoint": newest.note,
        "public_keys": [str(key) for key in keys_of(parts)],
    }


def _document(parts: Parts, session: Session, case: Case, *, by: str, now: datetime) -> dict[str, Any]:
    content = session.get(Content, case.content_pk) if case.content_pk else None
    return {
        "format": FORMAT,
        "exported_at": _plain(now),
        "exported_by": by,
        "case": {name: _plain(getattr(case, name)) for name in _CASE},
        "content": {} if content is None else _content(content),
        "screening": _screening(parts, session, case),
        "appeals": [_appeal(parts, session, each) for each in _appeals(session, case)],
    }


def _content(content: Content) -> dict[str, Any]:
    names = ("content_id", "version", "digest", "decision", "outcome_by", "outcome_at", "outcome_reason")
    return {name: _plain(getattr(content, name)) for name in names}


def _screening(parts: Parts, session: Session, case: Case) -> dict[str, Any]:
    """What was uploaded and found, personal data starred; the excerpt alone where its person was erased."""
    row = session.get(Screening, case.screening_id) if case.screening_id else None
    if row is None:
        return {}
    names = (
        "id",
        "version",
        "digest",
        "kind",
        "decision",
        "excerpt",
        "rules_snapshot",
        "wordlists_snapshot",
        "created_at",
    )
    told = {name: _plain(getattr(row, name)) for name in names}
    try:
        request, answer = (
            orjson.loads(open_column(parts.people, session, row, name)) for name in ("request", "answer")
        )
    except SealBroken:
        return told | {"erased": True}
    masked = {(each["field"], each.get("segment")): each["text"] for each in answer.get("masked") or ()}
    fields = {name: masked.get((name, None), text) for name, text in request.get("fields", {}).items()}
    segments = [
        {"source": source, "at_ms": at_ms, "text": masked.get(("segments", number), text)}
        for number, (source, at_ms, text) in enumerate(request.get("segments", ()))
    ]
    found = {name: answer.get(name, []) for name in ("firings", "opinions", "doubts", "labels")}
    hits = [{name: _starred(value) for name, value in each.items()} for each in answer.get("hits", ())]
    told |= {"author_id": _starred(row.author_id), "fields": fields, "segments": segments, "hits": hits}
    starred: dict[str, Any] = _all_starred(found)
    return told | starred


def _appeals(session: Session, case: Case) -> list[Appeal]:
    found = select(Appeal).where(Appeal.case_id == case.id, Appeal.filed_at.is_not(None)).order_by(Appeal.id)
    return list(session.scalars(found.limit(_APPEALS)))


def _appeal(parts: Parts, session: Session, row: Appeal) -> dict[str, Any]:
    names = ("id", "state", "filed_at", "due_at", "decided_at", "decided_by", "outcome", "reason")
    told = {name: _plain(getattr(row, name)) for name in names}
    files = [
        {"sha256": each.sha256, "size": each.size, "media_type": each.media_type}
        for each in appeals.files_of(session, row.id)
    ]
    return told | {"text": without_personal(text_of(parts, session, row)), "files": files}


def _plain(value: object) -> object:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _starred(value: object) -> object:
    return without_personal(value) if isinstance(value, str) else value


def _all_starred(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _all_starred(each) for name, each in value.items()}
    return [_all_starred(each) for each in value] if isinstance(value, list | tuple) else _starred(value)


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

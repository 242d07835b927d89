"""A merchant contests a decision: offered a link, files once, and another person decides.

offer ─ decided against the merchant? ─ appeal row ─ audit ─ link
file (by the link) ─ text and files checked, sealed under the appeal's own key ─ case appealed, a new due date ─ told
decide ─ somebody without an earlier say ─ upheld
                                        └ overturned ─ precedents end ─ strikes taken back ─ outcomes ─ told
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, NotFound
from app.flows.decide_case import settle
from app.flows.parts import Parts
from app.models import Appeal, AppealFile, Case, new_id
from app.outbox.messages import announce
from app.review import appeals, cases, marks, precedents
from app.review.appeals import Sent
from app.review.claiming import DECIDERS, SENIORS
from app.text.personal_data import without_personal
from app.values.access import Caller

MERCHANT = "merchant:link"
_NAME_MAX = 120


def offer_appeal(parts: Parts, case_id: str, *, caller: Caller, now: datetime) -> tuple[Appeal, str]:
    """The appeal and its link."""

    def work(session: Session) -> Appeal:
        case = cases.find(session, case_id, caller=caller)
        if not caller.grants & DECIDERS:
            raise Forbidden(f"offering an appeal needs one of {', '.join(sorted(DECIDERS))}")
        appeal = appeals.offer(session, case, by=caller.name, days=parts.settings.appeal_link_days, now=now)
        if appeal.offered_at == now:
            until = appeal.link_expires_at.isoformat()
            _record(
                session, case, "case.offer_appeal", None, {"appeal_id": appeal.id, "until": until}, caller.name, now
            )
        return appeal

    appeal = parts.db.write(work)
    return appeal, link_of(parts, appeal)


def link_of(parts: Parts, appeal: Appeal) -> str:
    """The address the merchant opens."""
    return f"{parts.settings.base_url}/appeal/{appeals.token_of(appeal, parts.keyring.appeals)}"


def file_appeal(parts: Parts, token: str, *, text: str, files: Sequence[Sent], now: datetime) -> Appeal:
    """Contest the case of the link; raises NotFound, Conflict or InvalidInput."""
    appeals.check_filing(text, files, largest=parts.settings.appeal_file_bytes)

    def work(session: Session) -> Appeal:
        appeal = appeals.open_token(session, token, key=parts.keyring.appeals, now=now)
        before = session.get_one(Case, appeal.case_id)
        minutes = parts.settings.appeal_answer_minutes
        due_at = parts.clocks.due_at(now, queue="appeals", severity=before.severity, otherwise=minutes)
        person = f"appeal:{appeal.id}"
        place = {"person": person, "table": "appeal", "column": "text", "row": appeal.id}
        sealed = parts.people.seal(session, text.strip().encode(), now=now, **place)
        case = appeals.file(session, appeal, sealed_text=sealed, due_at=due_at, now=now)
        for each in files:
            session.add(_sealed_file(parts, session, appeal.id, each, now=now))
        details: dict[str, Any] = {"appeal_id": appeal.id, "due_at": due_at.isoformat()}
        details |= {"files": [f"sha256:{hashlib.sha256(each.body).hexdigest()}" for each in files]}
        _record(session, case, "case.appeal", None, details, MERCHANT, now)
        _tell(session, "appeal.filed", appeal, case, now=now)
        return appeal

    return parts.db.write(work)


def decide_appeal(
    parts: Parts, case_id: str, *, outcome: str | None, reason: str, caller: Caller, now: datetime
) -> Case:
    """Uphold (``outcome`` None) or overturn to ``pass`` or ``label``; seniors do, who had no say in it before."""

    def work(session: Session) -> Case:
        case = cases.find(session, case_id, caller=caller)
        if not caller.grants & SENIORS:
            raise Forbidden(f"deciding appeals needs one of {', '.join(sorted(SENIORS))}")
        appeal = appeals.decide(session, case, outcome=outcome, reason=reason, by=caller.name, now=now)
        details: dict[str, Any] = {"appeal_id": appeal.id}
        if outcome is not None:
            details |= {
                "outcome": outcome,
                "precedents_ended": precedents.revoke_of(session, case.id, by=caller.name, now=now),
                "strikes_taken_back": marks.void_of(session, case.id, by=caller.name, now=now),
            }
            settle(parts, session, case, by=caller.name, now=now, is_appeal=True)
        action = "case.uphold" if outcome is None else "case.overturn"
        _record(session, case, action, reason, details, caller.name, now)
        _tell(session, "appeal.decided", appeal, case, now=now)
        return case

    return parts.db.write(work)


def text_of(parts: Parts, session: Session, appeal: Appeal) -> str:
    """What the merchant wrote."""
    if appeal.text is None:
        return ""
    place = {"person": f"appeal:{appeal.id}", "table": "appeal", "column": "text", "row": appeal.id}
    return parts.people.unseal(session, appeal.text, **place).decode()


def open_file(parts: Parts, session: Session, file_id: str, *, caller: Caller) -> tuple[AppealFile, str, bytes]:
    """A file with its name and bytes, for callers of its shop."""
    row = session.get(AppealFile, file_id)
    appeal = None if row is None else session.get(Appeal, row.appeal_id)
    if row is None or appeal is None or not caller.may_see(appeal.shop_id) or not caller.grants & DECIDERS:
        raise NotFound(f"no file {file_id}")
    name, body = (_opened(parts, session, row, column) for column in ("name", "body"))
    return row, name.decode(), body


def name_of(parts: Parts, session: Session, row: AppealFile) -> str:
    """A file's name, personal data starred."""
    return without_personal(_opened(parts, session, row, "name").decode())


def _opened(parts: Parts, session: Session, row: AppealFile, column: str) -> bytes:
    place = {"person": f"appeal:{row.appeal_id}", "table": "appeal_file", "column": column, "row": row.id}
    return parts.people.unseal(session, getattr(row, column), **place)


def _sealed_file(parts: Parts, session: Session, appeal_id: str, sent: Sent, *, now: datetime) -> AppealFile:
    row_id, kind = new_id(), sent.media_type
    assert kind is not None, "files were checked"
    place = {"person": f"appeal:{appeal_id}", "table": "appeal_file", "row": row_id}
    name = "".join(each for each in sent.name if each.isprintable() and each not in '/\\"')[-_NAME_MAX:] or "file"
    return AppealFile(
        id=row_id,
        appeal_id=appeal_id,
        name=parts.people.seal(session, name.encode(), column="name", now=now, **place),
        body=parts.people.seal(session, sent.body, column="body", now=now, **place),
        media_type=kind,
        size=len(sent.body),
        sha256="sha256:" + hashlib.sha256(sent.body).hexdigest(),
        added_at=now,
    )


def _tell(session: Session, type_: str, appeal: Appeal, case: Case, *, now: datetime) -> None:
    said: dict[str, Any] = {"appeal_id": appeal.id, "case_id": case.id, "shop_id": case.shop_id, "state": appeal.state}
    said |= {"due_at": appeal.due_at.isoformat() if appeal.due_at else None, "decision": appeal.outcome}
    key = f"{type_}:{appeal.id}"
    announce(session, type_=type_, natural_key=key, shop_id=case.shop_id, data=said, now=now)


def _record(
    session: Session, case: Case, action: str, reason: str | None, details: dict[str, Any], by: str, now: datetime
) -> None:
    about: dict[str, Any] = {"object_type": "case", "object_id": case.id, "shop_id": case.shop_id, "reason": reason}
    audit.record(session, actor=by, action=action, details=details, now=now, **about)

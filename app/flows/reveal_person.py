"""Reading personal data in full: only for a declared purpose with a legal basis and a reason, and always on record.

person (of the caller's shops) ─ purpose ─ legal basis? ── no ── refusal audited ─ 403
                                             └ yes ─ opened ─ audited in the same transaction ─ answered
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, consents
from app.errors import Forbidden, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import Consent, Person, PersonRequest, Screening
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.vault import requests, store
from app.vault.fields import field_kind
from app.vault.people import SealedValue
from app.vault.purposes import Purpose, find_purpose, require_basis

_SCREENINGS_MAX = 10_000


def reveal_person(
    parts: Parts, ref: str, names: Collection[str], *, purpose: str, reason: str, caller: Caller, now: datetime
) -> dict[str, str]:
    """The named fields in full (all when none is named).

    Raises:
        Forbidden: the purpose has no legal basis for this person; that is audited too.
        NotFound: no such person of the caller's, or they do not have one of the fields.
        InvalidInput: an unknown purpose or field, or no reason.
    """
    asked = _asked(purpose, reason)
    for name in names:
        field_kind(name)

    def work(session: Session) -> dict[str, str]:
        person = store.get_person(session, ref, caller=caller)
        _require(parts, session, person, asked, now=now)
        fields = [each for each in store.fields_of(session, [ref]) if not names or each.name in names]
        if missing := set(names) - {field.name for field in fields}:
            raise NotFound(f"{ref} has no {', '.join(sorted(missing))}")
        opened = dict(
            zip([each.name for each in fields], store.open_fields(session, parts.people, fields), strict=True)
        )
        _record(session, "person.reveal", person, asked, reason, caller, now=now, fields=sorted(opened))
        return opened

    return _refusals_audited(parts, work, ref, asked, reason, caller, now=now)


def export_person(
    parts: Parts, ref: str, *, purpose: str, reason: str, caller: Caller, now: datetime
) -> dict[str, Any]:
    """Everything kept of a person, in a portable form; the same conditions as for revealing."""
    asked = _asked(purpose, reason)

    def work(session: Session) -> dict[str, Any]:
        person = store.get_person(session, ref, caller=caller)
        _require(parts, session, person, asked, now=now)
        whole = _whole(parts, session, person, caller)
        _record(session, "person.export", person, asked, reason, caller, now=now, fields=sorted(whole["fields"]))
        return {"format": "weiheng-person/1", "exported_at": now} | whole

    return _refusals_audited(parts, work, ref, asked, reason, caller, now=now)


def _whole(parts: Parts, session: Session, person: Person, caller: Caller) -> dict[str, Any]:
    fields = store.fields_of(session, [person.ref])
    opened = store.open_fields(session, parts.people, fields)
    own = requests.listed(session, caller=caller, ref=person.ref, limit=1_000)
    screened = select(Screening.id, Screening.shop_id, Screening.kind, Screening.decision, Screening.created_at)
    screened = screened.where(Screening.sealed_for == person.ref, caller.only_own(Screening.shop_id))
    return {
        "person": person.ref,
        "created_at": person.created_at,
        "fields": {field.name: value for field, value in zip(fields, opened, strict=True)},
        "kept_until": {field.name: field.keep_until for field in fields if field.keep_until is not None},
        "requests": [_request(parts, session, each) for each in own],
        "consents": [_consent(parts, session, each) for each in consents.history(session, person.ref)],
        "screenings": [
            dict(row) for row in session.execute(screened.order_by(Screening.id).limit(_SCREENINGS_MAX)).mappings()
        ],
    }


def _consent(parts: Parts, session: Session, consent: Consent) -> dict[str, Any]:
    """A consent with the evidence and the guardian that it was given by."""
    names = (
        "id",
        "purpose",
        "scope",
        "is_separate",
        "sensitive",
        "recipient",
        "text_version",
        "text_digest",
        "channel",
    )
    more = ("withdrawal", "is_under_14", "given_at", "expires_at", "recorded_at", "ended_at", "ended_why")
    shown: dict[str, Any] = {name: getattr(consent, name) for name in (*names, *more)}
    for column in ("guardian", "evidence"):
        sealed = getattr(consent, column)
        kept = None if sealed is None else SealedValue(sealed, consent.person, "consent", column, consent.id)
        shown[column] = None if kept is None else parts.people.unseal_many(session, [kept])[0].decode()
    return shown


def _request(parts: Parts, session: Session, request: PersonRequest) -> dict[str, Any]:
    names = ("id", "kind", "state", "received_at", "due_at", "answered_at", "answer")
    note = None
    if request.note is not None:
        kept = SealedValue(request.note, request.person_ref, "person_request", "note", request.id)
        note = parts.people.unseal_many(session, [kept])[0].decode()
    return {name: getattr(request, name) for name in names} | {"note": note}


def _asked(purpose: str, reason: str) -> Purpose:
    if not reason.strip():
        raise InvalidInput("a reason is needed", problems=[Problem("reason", "is empty", "why it is needed now")])
    return find_purpose(purpose)


def _require(parts: Parts, session: Session, person: Person, purpose: Purpose, *, now: datetime) -> None:
    require_basis(
        purpose,
        is_restricted=person.restricted_at is not None,
        is_consented=parts.consents(session, person.ref, purpose.name, now),
    )


def _refusals_audited(
    parts: Parts, work: Any, ref: str, purpose: Purpose, reason: str, caller: Caller, *, now: datetime
) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = parts.db.write(work)
    except Forbidden as refused:
        details = {"purpose": purpose.name, "why": refused.detail}
        parts.db.write(
            lambda session: audit.record(
                session,
                actor=caller.name,
                action="person.reveal_refused",
                object_type="person",
                object_id=ref,
                reason=without_personal(reason),
                details=details,
                now=now,
            )
        )
        raise
    return answer


def _record(
    session: Session,
    action: str,
    person: Person,
    purpose: Purpose,
    reason: str,
    caller: Caller,
    *,
    now: datetime,
    fields: list[str],
) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type="person",
        object_id=person.ref,
        shop_id=person.shop_id,
        reason=without_personal(reason),
        details={"purpose": purpose.name, "basis": purpose.basis.value, "fields": fields},
        now=now,
    )

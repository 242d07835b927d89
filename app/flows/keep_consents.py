"""Keeping consents: checked ─ the one before ends ─ evidence sealed for the person ─ audit row, which names nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, consents
from app.audit.commitment import commitment
from app.consents import Given
from app.errors import NotFound
from app.flows.parts import Parts
from app.models import Consent, new_id
from app.values.access import Caller
from app.vault import store
from app.vault.crypto import branch


def record_consent(
    parts: Parts, given: Given, *, guardian: str | None, evidence: str | None, caller: Caller, now: datetime
) -> Consent:
    """Store a consent with its evidence.

    Raises:
        InvalidInput: it is no valid consent; says everything that is missing.
        NotFound: the vault keeps this person for a shop that is not the caller's.
    """
    consents.check(given, now=now)
    row_id = new_id()

    def work(session: Session) -> Consent:
        ensure_own(session, given.person, caller)
        row = consents.add(session, row_id, given, by=caller.name, now=now)
        for column, plain in (("guardian", guardian), ("evidence", evidence)):
            if plain is not None:
                place = {"person": given.person, "table": "consent", "column": column, "row": row_id}
                setattr(row, column, parts.people.seal(session, plain.encode(), now=now, **place))
        details = {"purpose": row.purpose, "text_version": row.text_version, "is_separate": row.is_separate}
        _record(parts, session, row, "consent.give", by=caller.name, details=details, now=now)
        return row

    return parts.db.write(work)


def withdraw_consent(parts: Parts, person: str, purpose: str, *, caller: Caller, now: datetime) -> list[Consent]:
    """End a person's consents to a purpose, at once; returns them: they say what must stop and who must be told.

    Raises:
        NotFound: there is none in force, or the vault keeps this person for a shop that is not the caller's.
    """

    def work(session: Session) -> list[Consent]:
        ensure_own(session, person, caller)
        ended = consents.withdraw(session, person, purpose, by=caller.name, now=now)
        for row in ended:
            _record(parts, session, row, "consent.withdraw", by=caller.name, details={"purpose": purpose}, now=now)
        return ended

    return parts.db.write(work)


def read_consents(parts: Parts, person: str, purpose: str | None, *, caller: Caller) -> list[Consent]:
    """A person's consents, newest first; raises NotFound like the others."""
    with parts.db.read() as session:
        ensure_own(session, person, caller)
        return consents.history(session, person, purpose)


def ensure_own(session: Session, person: str, caller: Caller) -> None:
    """Raise NotFound for a person whom the vault keeps for others; one it does not know is anybody's."""
    known = store.find_person(session, person)
    if known is not None and not store.may_see(caller, known.shop_id):
        raise NotFound(f"no person {person}")


def person_in_audit(parts: Parts, person: str) -> str:
    """What stands for a person in audit rows."""
    return commitment(person, key=branch(parts.keyring.api_keys, "audit-salts"), of="person")


def _record(
    parts: Parts, session: Session, row: Consent, action: str, *, by: str, details: dict[str, object], now: datetime
) -> None:
    named = details | {"person": person_in_audit(parts, row.person)}
    audit.record(session, actor=by, action=action, object_type="consent", object_id=row.id, details=named, now=now)

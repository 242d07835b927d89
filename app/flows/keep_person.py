"""Keeping a person's data, finding it, and showing it masked.

put: fields ─ sealed and indexed ─ audit row (names of fields, no value)
find: value ─ blind index ─ opened and compared ─ audit row (that somebody searched, not for whom) ─ masked
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.access import ensure_shop
from app.errors import Forbidden, InvalidInput, Problem
from app.flows.parts import Parts
from app.models import Person, PersonField
from app.text.personal_data import redact, without_personal
from app.values.access import Caller
from app.vault import store
from app.vault.fields import field_kind
from app.vault.people import People
from app.vault.store import Keep

FOUND_MAX = 50


@dataclass(frozen=True, slots=True)
class Masked:
    """A field as it may be shown: ``masked`` is None when the value is only stored."""

    name: str
    title: str
    masked: str | None
    updated_at: datetime
    keep_until: datetime | None
    keep_basis: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A person with masked fields."""

    person: Person
    fields: tuple[Masked, ...]


def keep_person(
    parts: Parts,
    ref: str,
    values: Mapping[str, str | None],
    *,
    shop_id: str | None,
    caller: Caller,
    now: datetime,
    keep: Keep | None = None,
) -> Shown:
    """Store fields of a person; None removes one. Answers masked.

    Raises:
        Forbidden: the shop is not the caller's, or none was given by a caller bound to shops.
        InvalidInput: fields or reference are wrong, or the reference shows personal data.
        Conflict: the person is of another shop, or erased but for a statutory copy.
    """
    if not store.may_see(caller, shop_id):
        raise Forbidden(
            f"{caller.name} is not bound to shop {shop_id}" if shop_id else "shop_id is needed for this key"
        )
    if without_personal(ref) != ref:
        problem = Problem("person", "shows personal data", "an id of your own, such as buyer:o-88")
        raise InvalidInput("a reference names a person without telling who they are", problems=[problem])

    def work(session: Session) -> Shown:
        if shop_id is not None:
            ensure_shop(session, shop_id, now=now)
        person = store.put_fields(session, parts.people, ref, values, shop_id=shop_id, keep=keep, now=now)
        audit.record(
            session,
            actor=caller.name,
            action="person.put",
            object_type="person",
            object_id=ref,
            shop_id=shop_id,
            details={"fields": sorted(values), "removed": sorted(name for name in values if values[name] is None)},
            now=now,
        )
        return shown(session, parts.people, [person])[0]

    return parts.db.write(work)


def show_person(parts: Parts, ref: str, *, caller: Caller) -> Shown:
    """A person, masked; raises NotFound."""
    with parts.db.read() as session:
        return shown(session, parts.people, [store.get_person(session, ref, caller=caller)])[0]


def find_people(parts: Parts, name: str, value: str, *, caller: Caller, now: datetime) -> list[Shown]:
    """Persons of whom a field has this value, masked; raises InvalidInput when the field cannot be searched."""

    def work(session: Session) -> list[Shown]:
        found = store.search(session, parts.people, name, value, caller=caller, limit=FOUND_MAX)
        audit.record(
            session,
            actor=caller.name,
            action="person.search",
            object_type="person_field",
            object_id=name,
            details={"found": len(found)},
            now=now,
        )
        return shown(session, parts.people, found)

    return parts.db.write(work)


def shown(session: Session, people: People, persons: Sequence[Person]) -> list[Shown]:
    """Persons with masked fields; opened together."""
    by_ref = {person.ref: person for person in persons}
    fields = store.fields_of(session, by_ref)
    open_ = [field for field in fields if by_ref[field.person_ref].restricted_at is None]
    values = dict(zip((field.id for field in open_), store.open_fields(session, people, open_), strict=True))
    return [
        Shown(person, tuple(_masked(field, values.get(field.id)) for field in fields if field.person_ref == person.ref))
        for person in persons
    ]


def mask(name: str, value: str) -> str:
    """A value as it is shown to everybody: ``138****8000``."""
    kind = field_kind(name)
    plain = (kind.normalise(value) if kind.normalise is not None else value) or value
    return redact(plain, [(0, len(plain), kind.mask)])


def _masked(field: PersonField, value: str | None) -> Masked:
    return Masked(
        field.name,
        field_kind(field.name).title,
        None if value is None else mask(field.name, value),
        field.updated_at,
        field.keep_until,
        field.keep_basis,
    )

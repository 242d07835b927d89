"""People and their fields in the database: the typed store that flows keep personal data in.

A flow that pays somebody writes ``put_fields(session, people, "payee:p-7", {"name": …, "bank_card": …}, …)`` in its own
unit of work and reads with ``read_fields``; nothing personal then stands in a table of its own. References are
``kind:id``; ids are the caller's own and hold nothing personal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import DataKey, Person, PersonField, new_id
from app.models.base import ORG
from app.values.access import Caller
from app.vault.blind_index import INDEX_PERSON, index_under, indexes_to_ask
from app.vault.fields import VALUE_MAX, field_kind, normalised
from app.vault.people import People, SealedValue

KINDS = ("buyer", "author", "payee", "officer", "contact", "creator")
_REF = re.compile(rf"(?:{'|'.join(KINDS)}):[^\s\x00-\x1f\x7f]{{1,180}}")
_TABLE, _COLUMN = "person_field", "value"


@dataclass(frozen=True, slots=True)
class Keep:
    """A statutory period: the value is kept until then, on that basis, even when its person is erased."""

    until: datetime
    basis: str


def check_ref(ref: str) -> str:
    """The reference, which names a known kind of person; raises InvalidInput."""
    if not _REF.fullmatch(ref):
        problem = Problem("person", "is malformed", f"kind:id without spaces, kind one of {', '.join(KINDS)}")
        raise InvalidInput("the person's reference is wrong", problems=[problem])
    return ref


def find_person(session: Session, ref: str, *, caller: Caller | None = None, lock: bool = False) -> Person | None:
    """The person, or None; for a caller bound to shops only persons of those exist."""
    found = select(Person).where(Person.org_id == ORG, Person.ref == ref)
    person = session.scalar(found.with_for_update() if lock else found)
    return person if person is None or caller is None or may_see(caller, person.shop_id) else None


def get_person(session: Session, ref: str, *, caller: Caller, lock: bool = False) -> Person:
    """The person; raises NotFound, also when they are of another shop."""
    person = find_person(session, check_ref(ref), caller=caller, lock=lock)
    if person is None:
        raise NotFound(f"no person {ref}")
    return person


def may_see(caller: Caller, shop_id: str | None) -> bool:
    """Whether a person of that shop is the caller's business; those of the organisation need every shop."""
    return caller.shop_ids is None if shop_id is None else caller.may_see(shop_id)


def put_fields(
    session: Session,
    people: People,
    ref: str,
    values: Mapping[str, str | None],
    *,
    shop_id: str | None,
    now: datetime,
    keep: Keep | None = None,
) -> Person:
    """Store fields of a person (made on first sight), sealed; None removes a field.

    Raises:
        InvalidInput: unknown fields or values too long, all named at once.
        Conflict: the person is of another shop, or only the statutory copy of them is left.
    """
    _check(values)
    person = find_person(session, check_ref(ref), lock=True)
    if person is None:
        person = Person(ref=ref, shop_id=shop_id, created_at=now, updated_at=now)
        session.add(person)
        session.flush()
    if person.shop_id != shop_id:
        raise Conflict(f"{ref} belongs to another shop")
    if person.restricted_at is not None and person.erased_at is None:
        raise Conflict(f"{ref} was erased; what the law still keeps of them is only stored")
    person.erased_at = person.restricted_at = None
    person.updated_at = now
    known = {field.name: field for field in fields_of(session, [ref])}
    if any(value is not None for value in values.values()):
        keys = people.keys.for_sealing(session, ref, now=now), people.keys.for_sealing(session, INDEX_PERSON, now=now)
    for name, value in values.items():
        field = known.get(name)
        if value is None:
            if field is not None:
                session.delete(field)
            continue
        if field is None:
            field = PersonField(id=new_id(), person_id=person.id, person_ref=ref, name=name)
            session.add(field)
        _fill(people, field, value, keys=keys, now=now)
        if keep is not None:
            field.keep_until = max(filter(None, (field.keep_until, keep.until.astimezone(UTC))))
            field.keep_basis = keep.basis
    session.flush()
    return person


def _fill(people: People, field: PersonField, value: str, *, keys: tuple[DataKey, DataKey], now: datetime) -> None:
    """Seal a value into its field and index it; ``keys`` are the person's and the root of blind indexes."""
    own, root = keys
    field.value = people.seal_under(own, value.encode(), table=_TABLE, column=_COLUMN, row=field.id)
    is_found = is_searchable(field.name, value)
    field.index_version = root.generation if is_found else None
    field.index_value = index_under(people.keys, root, field.name, value) if is_found else None
    field.updated_at = now


def is_searchable(name: str, value: str) -> bool:
    """Whether a value has an index: an empty one has none."""
    kind = field_kind(name)
    return kind.normalise is not None and bool(kind.normalise(value))


def fields_of(session: Session, refs: Collection[str]) -> list[PersonField]:
    """The stored fields of persons, sealed as they are, in a fixed order."""
    found = select(PersonField).where(PersonField.person_ref.in_(list(refs)))
    return list(session.scalars(found.order_by(PersonField.person_ref, PersonField.name)))


def sealed_value(field: PersonField) -> SealedValue:
    """A field as the vault opens it."""
    return SealedValue(field.value, field.person_ref, _TABLE, _COLUMN, field.id)


def open_fields(session: Session, people: People, fields: Collection[PersonField]) -> list[str]:
    """The values of fields in the clear, in order; raises SealBroken. Callers mask, or audit, what they show."""
    return [value.decode() for value in people.unseal_many(session, [sealed_value(field) for field in fields])]


def read_fields(session: Session, people: People, ref: str) -> dict[str, str]:
    """The values of one person in the clear, by name; for flows that act on them. A restricted person has none."""
    person = find_person(session, ref)
    if person is None or person.restricted_at is not None:
        return {}
    found = fields_of(session, [ref])
    return dict(zip([field.name for field in found], open_fields(session, people, found), strict=True))


def search(session: Session, people: People, name: str, value: str, *, caller: Caller, limit: int) -> list[Person]:
    """Persons whose field equals the value once both are normalised; restricted and erased ones are not found."""
    wanted = normalised(name, value)
    asked: list[ColumnElement[bool]] = [
        (PersonField.index_version == version) & (PersonField.index_value == index)
        for version, index in indexes_to_ask(session, people.keys, name, value)
    ]
    if not asked:
        return []
    shops = Person.shop_id.in_(caller.shop_ids) if caller.shop_ids is not None else None
    found = (
        select(PersonField, Person)
        .join(Person, Person.id == PersonField.person_id)
        .where(PersonField.name == name, or_(*asked), Person.restricted_at.is_(None))
        .order_by(Person.id)
        .limit(limit * 4)
    )
    rows = session.execute(found if shops is None else found.where(shops)).all()
    opened = open_fields(session, people, [field for field, _ in rows])
    return [person for (_, person), own in zip(rows, opened, strict=True) if _equals(name, own, wanted)][:limit]


def _equals(name: str, value: str, wanted: str) -> bool:
    return is_searchable(name, value) and normalised(name, value) == wanted


def _check(values: Mapping[str, str | None]) -> None:
    problems = []
    for name, value in values.items():
        field_kind(name)
        if value is not None and len(value) > VALUE_MAX:
            problems.append(Problem(name, "is too long", f"at most {VALUE_MAX} characters"))
    if not values:
        problems.append(Problem("fields", "is empty", "at least one field"))
    if problems:
        raise InvalidInput("the fields are wrong", problems=problems)

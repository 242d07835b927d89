"""Erasing a person: their keys are shredded *and* their ciphertexts removed, so neither alone brings anything back.

What a law still keeps (``keep_until``) is sealed again under a key of its own and only stored: it is not searched, not
shown and not processed until its period ends, when it goes the same way. Values somewhere else under the person's key
(the originals of screened contents, notes of requests) are emptied; what was redacted from the start stays.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from app.models import DataKey, Erasure, Person, PersonField, Screening
from app.models.base import ORG
from app.vault.data_keys import is_alive
from app.vault.people import People
from app.vault.sealed_rows import count_values, tables_of
from app.vault.store import fields_of, find_person, sealed_value


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: values removed, key generations shredded, and fields the law still keeps."""

    values: int
    keys: tuple[int, ...]
    kept: tuple[PersonField, ...]


def is_known(session: Session, ref: str) -> bool:
    """Whether anything of this person is or was kept."""
    has_key = select(DataKey.id).where(DataKey.org_id == ORG, DataKey.person == ref).limit(1)
    return find_person(session, ref) is not None or session.scalar(has_key) is not None


def erase(
    session: Session, people: People, ref: str, *, now: datetime, keep_only: Collection[str] | None = None
) -> Erased:
    """Erase a person in this transaction.

    ``keep_only`` is given by a replay: of the fields under a statutory period only these are kept, as on the day the
    erasure was done.
    """
    person = find_person(session, ref, lock=True) or _put_person(session, ref, now=now)
    mine = (DataKey.org_id == ORG) & (DataKey.person == ref)
    keys = list(session.scalars(select(DataKey).where(mine).order_by(DataKey.generation).with_for_update()))
    fields = fields_of(session, [ref])
    kept = [field for field in fields if _is_kept(field, now=now, keep_only=keep_only)]
    values = count_values(session, ref) - len(kept)
    ended = [key for key in keys if is_alive(key)]
    if kept:
        _move(session, people, kept, generation=(keys[-1].generation if keys else 0) + 1, keys=keys, now=now)
    for field in fields:
        if field not in kept:
            session.delete(field)
    _empty_elsewhere(session, ref)
    for key in ended:
        people.keys.shred(key, now=now)
    person.restricted_at = person.restricted_at or now
    person.erased_at, person.updated_at = None if kept else now, now
    session.flush()
    return Erased(values, tuple(key.generation for key in ended), tuple(kept))


def ended_periods(
    session: Session, *, now: datetime, limit: int, after: str = "", only: str | None = None
) -> list[str]:
    """Restricted persons of whom a statutory period has ended: what was only stored must go now."""
    over = (PersonField.keep_until <= now) & Person.restricted_at.is_not(None)
    found = select(Person.ref).join(PersonField, PersonField.person_id == Person.id).where(over).distinct()
    return _page(session, found, limit=limit, after=after, only=only)


def idle(session: Session, *, before: datetime, limit: int, after: str = "", only: str | None = None) -> list[str]:
    """Persons nothing was written or screened of since then; officers are not counted by time."""
    is_live = Person.restricted_at.is_(None) & Person.erased_at.is_(None) & Person.ref.not_like("officer:%")
    is_busy = exists().where(Screening.sealed_for == Person.ref, Screening.created_at >= before)
    found = select(Person.ref).where(Person.updated_at < before, is_live, ~is_busy)
    return _page(session, found, limit=limit, after=after, only=only)


def _page(session: Session, found: Select[str], *, limit: int, after: str, only: str | None) -> list[str]:
    """The references found, in their order: those after one, or the one asked for."""
    wanted = Person.ref > after if only is None else Person.ref == only
    return list(session.scalars(found.where(wanted).order_by(Person.ref).limit(limit)))


def certificates(session: Session, ref: str) -> list[Erasure]:
    """The certificates of a person, oldest first."""
    return list(session.scalars(select(Erasure).where(Erasure.person_ref == ref).order_by(Erasure.at)))


def certificate_of(ref: str, erased: Erased, *, erasure_id: str, by: str, now: datetime) -> dict[str, Any]:
    """What is certified of an erasure."""
    return {
        "version": 1,
        "id": erasure_id,
        "person": ref,
        "erased_at": now.isoformat(),
        "erased_by": by,
        "values_erased": erased.values,
        "keys_shredded": list(erased.keys),
        "kept": [
            {"field": field.name, "until": field.keep_until.isoformat(), "basis": field.keep_basis}
            for field in erased.kept
            if field.keep_until is not None
        ],
        "is_complete": not erased.kept,
    }


def _put_person(session: Session, ref: str, *, now: datetime) -> Person:
    person = Person(ref=ref, shop_id=None, created_at=now, updated_at=now)
    session.add(person)
    session.flush()
    return person


def _is_kept(field: PersonField, *, now: datetime, keep_only: Collection[str] | None) -> bool:
    if keep_only is not None and field.name not in keep_only:
        return False
    return field.keep_until is not None and field.keep_until > now


def _move(
    session: Session, people: People, kept: list[PersonField], *, generation: int, keys: list[DataKey], now: datetime
) -> None:
    """Seal what is kept under a key of its own, without an index."""
    by_generation = {key.generation: key for key in keys}
    fresh = people.keys.make(session, kept[0].person_ref, generation=generation, now=now)
    for field in kept:
        old = by_generation[int.from_bytes(field.value[2:4], "big")]
        plain = people.unseal_under(old, sealed_value(field))
        field.value = people.seal_under(fresh, plain, table="person_field", column="value", row=field.id)
        field.index_version = field.index_value = None


def _empty_elsewhere(session: Session, ref: str) -> None:
    for each in tables_of(ref):
        if each.table.name == PersonField.__tablename__:
            continue
        nothing = {name: None if each.table.c[name].nullable else b"" for name in each.sealed.columns}
        session.execute(update(each.table).where(each.rows_of(ref)).values(nothing))

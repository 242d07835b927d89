"""Changing keys while serving: key-encryption keys by wrapping again, persons' keys by sealing again.

Both go in small batches, each a transaction of its own, and ask the database what is left. So they can be killed
anywhere and started again, two may run at once, and readers and writers go on meanwhile: an old key ends only when,
with its row locked, no value names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.models import DataKey, KeyRotation, PersonField
from app.vault.blind_index import INDEX_PERSON, index_under
from app.vault.data_keys import DataKeys, is_alive
from app.vault.people import People
from app.vault.sealed_rows import reseal, reseal_many, tables_of
from app.vault.store import is_searchable, open_fields

_TOGETHER = 100
_ALIVE = DataKey.wrapped.is_not(None) & DataKey.shredded_at.is_(None)


@dataclass(frozen=True, slots=True)
class Left:
    """What a rotation has still to do: keys under older key-encryption keys, and persons' keys to be replaced."""

    to_rewrap: int
    to_renew: int

    @property
    def total(self) -> int:
        """0: done."""
        return self.to_rewrap + self.to_renew


def left(session: Session, keys: DataKeys) -> Left:
    """How much is left of both levels."""
    to_rewrap = session.scalar(select(func.count()).select_from(DataKey).where(_is_stale(keys))) or 0
    rotation = open_rotation(session)
    to_renew = 0
    if rotation is not None:
        to_renew = session.scalar(select(func.count()).select_from(DataKey).where(_is_old(rotation))) or 0
    return Left(to_rewrap, to_renew)


def rewrap_some(session: Session, keys: DataKeys, *, limit: int) -> int:
    """Wrap up to ``limit`` keys by the newest key-encryption key; returns how many were looked at."""
    found = session.scalars(select(DataKey).where(_is_stale(keys)).order_by(DataKey.id).limit(limit)).all()
    for data_key in found:
        unchanged = (DataKey.id == data_key.id) & (DataKey.wrapped == data_key.wrapped)
        values = {"wrapped": keys.rewrapped(data_key), "kek_version": keys.newest_version}
        session.execute(update(DataKey).where(unchanged).values(values).execution_options(synchronize_session=False))
    session.expire_all()
    return len(found)


def open_rotation(session: Session) -> KeyRotation | None:
    """The renewal that is under way."""
    unfinished = KeyRotation.finished_at.is_(None)
    return session.scalar(select(KeyRotation).where(unfinished).order_by(KeyRotation.started_at).limit(1))


def begin_renewal(session: Session, *, by: str, now: datetime) -> KeyRotation:
    """Start replacing every person's key made before now, or go on with the renewal that is under way."""
    rotation = open_rotation(session)
    if rotation is None:
        rotation = KeyRotation(started_at=now, started_by=by)
        session.add(rotation)
        session.flush()
    return rotation


def renew_some(session: Session, people: People, *, limit: int, now: datetime) -> int:
    """Replace persons' keys, sealing up to ``limit`` rows again; returns how much was done. 0: the renewal is over."""
    rotation = open_rotation(session)
    if rotation is None:
        return 0
    done = 0
    while done < limit:
        olds = _next_old(session, rotation, limit=min(limit - done, _TOGETHER))
        if not olds:
            if not session.scalar(select(func.count()).select_from(DataKey).where(_is_old(rotation))):
                rotation.finished_at = now
            break
        at = max(now, rotation.started_at)
        if len(olds) == 1:
            done += _renew(session, people, olds[0], limit=limit - done, now=at)
        else:
            done += _renew_many(session, people, olds, limit=limit - done, now=at)
        session.flush()
    return done


def _next_old(session: Session, rotation: KeyRotation, *, limit: int) -> list[DataKey]:
    """The oldest key, with others of its generation that can be replaced together with it: one a person."""
    oldest_first = select(DataKey).where(_is_old(rotation)).order_by(DataKey.created_at, DataKey.id).limit(limit)
    found = list(session.scalars(oldest_first.with_for_update(skip_locked=True)))
    if not found or not _is_one_of_many(found[0]):
        return found[:1]
    alike = [key for key in found if key.generation == found[0].generation and _is_one_of_many(key)]
    return list({key.person: key for key in reversed(alike)}.values())


def _is_one_of_many(key: DataKey) -> bool:
    """Whether the key is a person's, rather than one under which a whole table is sealed or indexed."""
    return key.person != INDEX_PERSON and all(each.sealed.owner for each in tables_of(key.person))


def _renew_many(session: Session, people: People, olds: list[DataKey], *, limit: int, now: datetime) -> int:
    """Move up to ``limit`` rows of many people, and end their old keys when nothing names any of them."""
    known = people.keys.find(session, {key.person for key in olds})
    newest: dict[str, DataKey] = {}
    for (person, generation), key in known.items():
        if person not in newest or generation > newest[person].generation:
            newest[person] = key
    lacking = [
        (key.person, newest[key.person].generation + 1)
        for key in olds
        if newest[key.person].generation == key.generation or not is_alive(newest[key.person])
    ]
    newest |= {key.person: key for key in people.keys.make_many(session, lacking, now=now)}
    moves = {key.person: (key, newest[key.person]) for key in olds}
    moved, is_whole = reseal_many(session, people, moves, limit=limit)
    if is_whole:
        for key in olds:
            people.keys.shred(key, now=now)
    return moved + len(olds)


def _renew(session: Session, people: People, old: DataKey, *, limit: int, now: datetime) -> int:
    """Move up to ``limit`` rows of one key to a newer one, and end the key when nothing names it."""
    newest = people.keys.newest(session, old.person)
    assert newest is not None, "there is at least the old one"
    if newest.generation == old.generation or not is_alive(newest):
        newest = people.keys.make(session, old.person, generation=newest.generation + 1, now=now)
    move = _reindex if old.person == INDEX_PERSON else reseal
    moved = move(session, people, old, newest, limit=limit)
    if moved < limit:
        people.keys.shred(old, now=now)
    return moved + 1


def _reindex(session: Session, people: People, old: DataKey, new: DataKey, *, limit: int) -> int:
    """Compute up to ``limit`` blind indexes anew under the newer root key."""
    wanted = select(PersonField).where(PersonField.index_version == old.generation).limit(limit)
    fields = session.scalars(wanted.with_for_update()).all()
    for field, value in zip(fields, open_fields(session, people, fields), strict=True):
        is_still = is_searchable(field.name, value)
        field.index_version = new.generation if is_still else None
        field.index_value = index_under(people.keys, new, field.name, value) if is_still else None
    session.flush()
    return len(fields)


def _is_stale(keys: DataKeys) -> ColumnElement[bool]:
    return _ALIVE & (DataKey.kek_version != keys.newest_version)


def _is_old(rotation: KeyRotation) -> ColumnElement[bool]:
    return _ALIVE & (DataKey.created_at < rotation.started_at)

"""The rows behind a room's window: how far it was heard, the pieces of speech, and what is open for correction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.live.window import Utterance
from app.models import LiveFlag, LiveRoom, LiveSpeech, LiveStream, new_id
from app.models.base import ORG
from app.prepared import Prepared, connection_of, one_by_one, settled


@dataclass(slots=True)
class Stream:
    """How far a room was heard, while its row is locked; ``category`` and ``in_pk`` are the room's own."""

    id: str
    shop_id: str
    room_id: str
    version: int
    last_sequence: int
    last_at: datetime
    heard_count: int
    flag_count: int
    repeat_count: int
    category: str | None = None
    in_pk: bool = False


_STREAM, _PIECE, _ROOM, _FLAGS = (
    cast("Table", each.__table__) for each in (LiveStream, LiveSpeech, LiveRoom, LiveFlag)
)
_COUNTED = ("version", "last_sequence", "last_at", "heard_count", "flag_count", "repeat_count")
# Built once: ten calls a second and room would spend more time building statements than running them.
_FIND_COLUMNS = select(
    _STREAM.c.id, *(_STREAM.c[name] for name in _COUNTED), _ROOM.c.category, _ROOM.c.pk_id
).select_from(_STREAM.outerjoin(_ROOM, (_ROOM.c.shop_id == _STREAM.c.shop_id) & (_ROOM.c.subject == _STREAM.c.room_id)))
_FIND = Prepared(
    _FIND_COLUMNS.where(_STREAM.c.shop_id == bindparam("shop"), _STREAM.c.room_id == bindparam("room")).with_for_update(
        of=_STREAM
    )
)
_ROOM_IDS = (_STREAM.c.shop_id, _STREAM.c.room_id)
_FIND_ALL = (
    _FIND_COLUMNS.add_columns(*_ROOM_IDS)
    .where(_STREAM.c.shop_id.in_(bindparam("shops", expanding=True)))
    .where(_STREAM.c.room_id.in_(bindparam("rooms", expanding=True)))
    .with_for_update(of=_STREAM)
)
_MOVE = Prepared(
    update(_STREAM).where(_STREAM.c.id == bindparam("row")).values({name: bindparam(name) for name in _COUNTED})
)
_FLAG = Prepared(
    select(_FLAGS.c.id).where(_FLAGS.c.shop_id == bindparam("shop"), _FLAGS.c.subject == bindparam("flag")).limit(1)
)
_KEEP, _BEGIN = (Prepared(insert(each), columns=[column.key for column in each.columns]) for each in (_PIECE, _STREAM))


def stream(session: Session, shop_id: str, room_id: str) -> Stream | None:
    """How far the room was heard, kept from others until this transaction ends."""
    found = _FIND.first(connection_of(session), shop=shop_id, room=room_id)
    return None if found is None else _stream(found, shop_id, room_id)


def streams(session: Session, rooms: Collection[tuple[str, str]]) -> dict[tuple[str, str], Stream]:
    """How far each of several rooms was heard, in one look; those never heard are left out."""
    if one_by_one(connection_of(session), len(rooms)):
        alone = {room: stream(session, *room) for room in sorted(rooms)}
        return {room: each for room, each in alone.items() if each is not None}
    asked = {"shops": sorted({shop_id for shop_id, _ in rooms}), "rooms": sorted({room_id for _, room_id in rooms})}
    found = connection_of(session).execute(_FIND_ALL, asked)
    known = {(row.shop_id, row.room_id): row for row in found}
    return {room: _stream(known[room], *room) for room in rooms if room in known}


def _stream(found: Any, shop_id: str, room_id: str) -> Stream:
    own_id, version, last_sequence, last_at, heard, flags, repeats, category, pk_id = found[: len(_COUNTED) + 3]
    counted = (version, last_sequence, last_at, heard, flags, repeats)
    return Stream(own_id, shop_id, room_id, *counted, category=category, in_pk=pk_id is not None)


def begin(session: Session, shop_id: str, room_id: str, *, at: datetime) -> Stream:
    """A room that is heard for the first time; raises IntegrityError where somebody else was first."""
    row = Stream(new_id(), shop_id, room_id, 0, -1, at, 0, 0, 0)
    values = {name: getattr(row, name) for name in ("id", "shop_id", "room_id", *_COUNTED)}
    _BEGIN.run(connection_of(session), [{**values, "org_id": ORG, "first_at": at}])
    return row


@dataclass(slots=True)
class Waiting:
    """What was heard in several rooms and is written together: pieces, and how far each room is heard now."""

    pieces: list[dict[str, Any]] = field(default_factory=list)
    moves: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self, session: Session) -> None:
        """Write all that waits; before somebody looks for it in the database."""
        if self.pieces:
            _KEEP.run(connection_of(session), self.pieces)
        if self.moves:
            _MOVE.run(connection_of(session), list(self.moves.values()))
        self.pieces, self.moves = [], {}


def keep_piece(waiting: Waiting, row: Stream, piece_id: str, said: Sequence[Utterance], sealed: bytes) -> None:
    """Let neighbouring utterances wait; ``sealed`` are the same utterances. ``move_on`` adds the rest."""
    row.version += 1
    row.heard_count += len(said)
    row.last_sequence = max(row.last_sequence, said[-1].sequence)
    times = [each.at for each in said]
    row.last_at = max(row.last_at, *times)
    piece = {
        "id": piece_id,
        "shop_id": row.shop_id,
        "room_id": row.room_id,
        "number": row.version,
        "first_sequence": said[0].sequence,
        "last_sequence": said[-1].sequence,
        "first_at": min(times),
        "last_at": max(times),
        "count": len(said),
        "utterances": sealed,
    }
    waiting.pieces.append(piece)


def move_on(waiting: Waiting, row: Stream) -> None:
    """How far the room is heard now."""
    waiting.moves[row.id] = {"row": row.id, **{name: getattr(row, name) for name in _COUNTED}}


def last_pieces(session: Session, shop_id: str, room_id: str, *, limit: int) -> list[LiveSpeech]:
    """The pieces that end last; whatever is not among them ends no later than the first of them."""
    own = (LiveSpeech.shop_id == shop_id) & (LiveSpeech.room_id == room_id)
    wanted = select(LiveSpeech).where(own).order_by(LiveSpeech.last_sequence.desc(), LiveSpeech.number.desc())
    return list(session.scalars(wanted.limit(limit)))[::-1]


def pieces_around(session: Session, shop_id: str, room_id: str, sequence: int, *, limit: int) -> list[LiveSpeech]:
    """The pieces that hold a number or stand nearest before and after it."""
    own = select(LiveSpeech).where(LiveSpeech.shop_id == shop_id, LiveSpeech.room_id == room_id)
    first, last = LiveSpeech.first_sequence, LiveSpeech.last_sequence
    found = [
        *session.scalars(own.where(first <= sequence, last >= sequence).limit(limit)),
        *session.scalars(own.where(last < sequence).order_by(last.desc()).limit(limit)),
        *session.scalars(own.where(first > sequence).order_by(first).limit(limit)),
    ]
    return list({row.id: row for row in found}.values())


def open_flags(
    session: Session, shop_id: str, room_id: str, *, since: datetime, categories: Sequence[str]
) -> list[LiveFlag]:
    """Flags of those categories, said since then, that nobody set right yet."""
    own = (LiveFlag.shop_id == shop_id) & (LiveFlag.room_id == room_id)
    is_open = (LiveFlag.said_at >= since) & LiveFlag.corrected_at.is_(None) & LiveFlag.category.in_(categories)
    return list(session.scalars(select(LiveFlag).where(own, is_open).order_by(LiveFlag.said_at)))


def known_flags(session: Session, shop_id: str, flag_ids: Sequence[str]) -> frozenset[str]:
    """Those of the flags that stand already."""
    connection = settled(session)
    if one_by_one(connection, len(flag_ids)):
        return frozenset(each for each in flag_ids if _FLAG.first(connection, shop=shop_id, flag=each))
    own = (LiveFlag.shop_id == shop_id) & LiveFlag.subject.in_(flag_ids)
    return frozenset(session.scalars(select(LiveFlag.subject).where(own)))


def flagged_since(session: Session, shop_id: str, room_id: str, *, since: datetime) -> list[tuple[str, datetime]]:
    """The words flagged lately with when they were, so that the same word is not flagged with every breath."""
    own = (LiveFlag.shop_id == shop_id) & (LiveFlag.room_id == room_id) & (LiveFlag.said_at >= since)
    rows = session.execute(select(LiveFlag.wordlist, LiveFlag.word, LiveFlag.said_at).where(own))
    return [(f"{wordlist}:{word}", at) for wordlist, word, at in rows if at is not None]


def packed(said: Sequence[Utterance]) -> bytes:
    """Utterances as bytes of JSON."""
    return orjson.dumps([[each.sequence, each.at, each.text, each.speaker] for each in said])


def unpacked(plain: bytes) -> list[Utterance]:
    """Utterances as they were packed."""
    return [
        Utterance(sequence, datetime.fromisoformat(at), text, speaker)
        for sequence, at, text, speaker in orjson.loads(plain)
    ]

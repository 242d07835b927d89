"""The rows behind a room's window: how far it was heard, the pieces of speech, and what is open for correction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.live.window import Utterance
from app.models import LiveFlag, LiveRoom, LiveSpeech, LiveStream, new_id
from app.models.base import ORG


def stream(session: Session, shop_id: str, room_id: str) -> LiveStream | None:
    """How far the room was heard, kept from others until this transaction ends."""
    own = (LiveStream.shop_id == shop_id) & (LiveStream.room_id == room_id)
    return session.scalars(select(LiveStream).where(own).with_for_update()).first()


def begin(session: Session, shop_id: str, room_id: str, *, at: datetime) -> LiveStream:
    """A room that is heard for the first time; raises IntegrityError where somebody else was first."""
    row = LiveStream(
        id=new_id(),
        org_id=ORG,
        shop_id=shop_id,
        room_id=room_id,
        version=0,
        last_sequence=-1,
        first_at=at,
        last_at=at,
        heard_count=0,
        flag_count=0,
        repeat_count=0,
    )
    session.add(row)
    session.flush()
    return row


def keep_piece(session: Session, row: LiveStream, piece_id: str, said: Sequence[Utterance], sealed: bytes) -> None:
    """Store neighbouring utterances and move the room on; ``sealed`` are the same utterances."""
    row.version += 1
    row.heard_count += len(said)
    row.last_sequence = max(row.last_sequence, said[-1].sequence)
    times = [each.at for each in said]
    row.last_at = max(row.last_at, *times)
    session.execute(
        insert(LiveSpeech).values(
            id=piece_id,
            shop_id=row.shop_id,
            room_id=row.room_id,
            number=row.version,
            first_sequence=said[0].sequence,
            last_sequence=said[-1].sequence,
            first_at=min(times),
            last_at=max(times),
            count=len(said),
            utterances=sealed,
        )
    )


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


def look(session: Session, shop_id: str, room_id: str) -> tuple[str | None, bool]:
    """The room's category, and whether a contest runs in it."""
    own = (LiveRoom.shop_id == shop_id) & (LiveRoom.subject == room_id)
    found = session.execute(select(LiveRoom.category, LiveRoom.pk_id).where(own)).first()
    return (None, False) if found is None else (found[0], found[1] is not None)


def open_flags(
    session: Session, shop_id: str, room_id: str, *, since: datetime, categories: Sequence[str]
) -> list[LiveFlag]:
    """Flags of those categories, said since then, that nobody set right yet."""
    own = (LiveFlag.shop_id == shop_id) & (LiveFlag.room_id == room_id)
    is_open = (LiveFlag.said_at >= since) & LiveFlag.corrected_at.is_(None) & LiveFlag.category.in_(categories)
    return list(session.scalars(select(LiveFlag).where(own, is_open).order_by(LiveFlag.said_at)))


def known_flags(session: Session, shop_id: str, flag_ids: Sequence[str]) -> frozenset[str]:
    """Those of the flags that stand already."""
    if not flag_ids:
        return frozenset()
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

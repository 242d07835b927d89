"""A room's window made again from the database: after a restart, or when another process heard the room meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.events.kinds.live_uncorrected import CATEGORIES, WITHIN
from app.flows.listen import listen
from app.flows.parts import Parts
from app.live import rows
from app.live.window import KEPT, OpenFlag, Utterance, Window, remembered
from app.models import LiveFlag, LiveSpeech
from app.values.policy import Policy
from app.values.rule_scope import RuleScope
from app.vault.people import SealedValue

REPEAT = "live.repeat_seconds"
TABLE = "live_speech"
REMEMBERED = timedelta(minutes=10)
"""How long a flagged word is remembered, so that taking it back is not flagged as saying it."""


def policy_of(parts: Parts, shop_id: str, category: str | None = None) -> Policy:
    """The parameters that hold for a shop's rooms."""
    return parts.live.current.engine.policy(RuleScope(shop=shop_id, category=category))


def person_of(shop_id: str) -> str:
    """Under whose key speech is sealed: the shop's."""
    return f"shop:{shop_id}"


def rebuilt(session: Session, parts: Parts, row: rows.Stream, *, category: str | None, now: datetime) -> Window:
    """The window as whoever heard the room last had it: what was said, what was told of it, what is open."""
    pieces = rows.last_pieces(session, row.shop_id, row.room_id, limit=KEPT)
    said = read_pieces(session, parts, pieces)
    is_all = sum(piece.count for piece in pieces) >= row.heard_count
    if not is_all:
        said = [each for each in said if each.sequence > pieces[0].last_sequence]
    tail = remembered(said)
    hits = listen(
        parts.live.current,
        tail,
        {each.sequence for each in tail},
        told=(),
        shop_id=row.shop_id,
        category=category,
        now=now,
    )
    policy, newest = policy_of(parts, row.shop_id, category), row.last_at
    flags = rows.open_flags(
        session,
        row.shop_id,
        row.room_id,
        since=newest - (policy.span(WITHIN) or timedelta(0)),
        categories=policy.texts(CATEGORIES),
    )
    return Window(
        version=row.version,
        last_sequence=row.last_sequence,
        tail=tail,
        is_whole=is_all and len(tail) == len(said),
        told=frozenset(hit.key for hit in hits),
        open_flags=tuple(open_flag(flag, policy) for flag in flags),
        flagged=tuple(rows.flagged_since(session, row.shop_id, row.room_id, since=newest - REMEMBERED)),
    )


def read_pieces(session: Session, parts: Parts, pieces: Sequence[LiveSpeech]) -> list[Utterance]:
    """The utterances of some pieces, in order."""
    values = [
        SealedValue(piece.utterances, person_of(piece.shop_id), TABLE, "utterances", piece.id) for piece in pieces
    ]
    opened = parts.people.unseal_many(session, values) if values else []
    return sorted((each for plain in opened for each in rows.unpacked(plain)), key=lambda each: each.sequence)


def open_flag(flag: LiveFlag, policy: Policy) -> OpenFlag:
    """A flag as it waits for being set right."""
    assert flag.said_at is not None, "flags are made by the service alone"
    assert flag.sequence is not None, "flags are made by the service alone"
    until = flag.said_at + (policy.span(WITHIN) or timedelta(0))
    return OpenFlag(flag.subject, flag.sequence, flag.said_at, flag.word or "", flag.sentence or "", until)

"""Live rooms: what their events add up to, what was heard in them, and what was flagged.

Rooms, hosts, flags, gifts and engagements are typed tables, made of events alone. Speech is not: it comes ten times a
second and room, so it is kept in pieces, sealed, beside one row a room that says how far it has been heard.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Json, Key, Name, Sealed, new_id
from app.models.subject import Subject


class LiveRoom(Subject, Base):
    """One broadcast, from its start to its end."""

    __tablename__ = "live_rooms"
    ENTITY = "room"

    title: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(64))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    host_refs: Mapped[list[Any] | None] = mapped_column(Json)
    virtual_background: Mapped[bool | None] = mapped_column(Boolean)
    digital_human: Mapped[bool | None] = mapped_column(Boolean)
    operator_shown: Mapped[bool | None] = mapped_column(Boolean)
    operator_missing_count: Mapped[int | None] = mapped_column(Integer)
    explicit_label: Mapped[bool | None] = mapped_column(Boolean)
    implicit_label: Mapped[bool | None] = mapped_column(Boolean)
    prechecked_count: Mapped[int | None] = mapped_column(Integer)
    last_look_at: Mapped[datetime | None]
    pk_id: Mapped[str | None] = mapped_column(String(200))
    pk_started_at: Mapped[datetime | None]
    pk_ended_at: Mapped[datetime | None]
    flag_count: Mapped[int | None] = mapped_column(Integer)
    corrected_count: Mapped[int | None] = mapped_column(Integer)
    replay_kept_until_at: Mapped[datetime | None]
    interactions_kept_until_at: Mapped[datetime | None]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """Running rooms first, as the console lists them."""
        return (Index("ix_live_rooms_shop_id_started_at", "shop_id", "started_at"),)


class LiveHost(Subject, Base):
    """Somebody who hosts, as far as the shop has verified them; known by an opaque reference alone."""

    __tablename__ = "live_hosts"
    ENTITY = "host"

    is_verified: Mapped[bool | None] = mapped_column(Boolean)
    verified_at: Mapped[datetime | None]
    age_band: Mapped[str | None] = mapped_column(String(16))
    guardian_consent: Mapped[bool | None] = mapped_column(Boolean)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """None: they are asked for by their reference."""
        return ()


class LiveFlag(Subject, Base):
    """A listed word said in a room: where, in which sentence (personal data starred), and whether it was set right."""

    __tablename__ = "live_flags"
    ENTITY = "flag"

    room_id: Mapped[str | None] = mapped_column(String(200))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    said_at: Mapped[datetime | None]
    speaker: Mapped[str | None] = mapped_column(String(64))
    wordlist: Mapped[str | None] = mapped_column(String(128))
    category: Mapped[str | None] = mapped_column(String(64))
    word: Mapped[str | None] = mapped_column(String(200))
    verdict: Mapped[str | None] = mapped_column(String(8))
    sentence: Mapped[str | None] = mapped_column(Text)
    is_in_pk: Mapped[bool | None] = mapped_column(Boolean)
    corrected_at: Mapped[datetime | None]
    corrected_by: Mapped[str | None] = mapped_column(String(16))
    corrected_sequence: Mapped[int | None] = mapped_column(BigInteger)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By room and time."""
        return (Index("ix_live_flags_shop_id_room_id_said_at", "shop_id", "room_id", "said_at"),)


class LiveGift(Subject, Base):
    """A gift somebody sent in a room."""

    __tablename__ = "live_gifts"
    ENTITY = "gift"

    room_id: Mapped[str | None] = mapped_column(String(200))
    payer_ref: Mapped[str | None] = mapped_column(String(200))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    given_at: Mapped[datetime | None]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By payer and time, for adding a day up."""
        return (Index("ix_live_gifts_shop_id_payer_ref_given_at", "shop_id", "payer_ref", "given_at"),)


class Engagement(Subject, Base):
    """A like, a follow, a share or a comment, by whom and from which device."""

    __tablename__ = "engagements"
    ENTITY = "engagement"

    action: Mapped[str | None] = mapped_column(String(16))
    target: Mapped[str | None] = mapped_column(String(200))
    device_ref: Mapped[str | None] = mapped_column(String(200))
    actor_ref: Mapped[str | None] = mapped_column(String(200))
    done_at: Mapped[datetime | None]
    done_second: Mapped[int | None] = mapped_column(BigInteger)  # since 1970: hours are counted by the database

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By device and by target, each in time."""
        return (
            Index("ix_engagements_shop_id_device_ref_done_second", "shop_id", "device_ref", "done_second"),
            Index("ix_engagements_shop_id_target_action_done_second", "shop_id", "target", "action", "done_second"),
        )


class LiveStream(Base):
    """How far a room has been heard. ``version`` counts pieces: who finds another one has to look again."""

    __tablename__ = "live_stream"
    __table_args__ = (
        UniqueConstraint("shop_id", "room_id"),
        Index("ix_live_stream_last_at", "last_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    room_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    heard_count: Mapped[int] = mapped_column(BigInteger)
    flag_count: Mapped[int] = mapped_column(Integer)
    repeat_count: Mapped[int] = mapped_column(Integer)


class LiveSpeech(Base):
    """A piece of what was said in a room: neighbouring utterances as JSON, sealed under the shop's key."""

    __tablename__ = "live_speech"
    __table_args__ = (
        UniqueConstraint("shop_id", "room_id", "number", name="uq_live_speech_shop_id_room_id_number"),
        Index("ix_live_speech_shop_id_room_id_last_sequence", "shop_id", "room_id", "last_sequence"),
        Index("ix_live_speech_last_at", "last_at"),
    )
    sealed = Sealed(("utterances",), prefix="shop:", owner="shop_id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    shop_id: Mapped[Name]
    room_id: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(Integer)
    first_sequence: Mapped[int] = mapped_column(BigInteger)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer)
    utterances: Mapped[Blob]

"""Events as they were taken, the orders they belong to, and what the rules said about each.

Rows only grow: an event is never changed, and what was decided anew stands beside what was decided before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Json, Key, Name, new_id


class Event(Base):
    """One event, once: `occurred_at` as it was told, `happened_at` where it stands on its subject's time line."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("org_id", "source", "event_id"),
        Index("ix_event_shop_id_received_at", "shop_id", "received_at"),
        Index("ix_event_shop_id_kind_happened_at", "shop_id", "kind", "happened_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    source: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(64))
    shop_id: Mapped[Name]
    subject: Mapped[str] = mapped_column(String(200))
    occurred_at: Mapped[datetime]
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    digest: Mapped[Digest]
    actor: Mapped[Name]


class EventRoot(Base):
    """Which time lines an event stands on: `order:…`, or the name it waits under until its order is known."""

    __tablename__ = "event_root"
    __table_args__ = (Index("ix_event_root_shop_id_root", "shop_id", "root"),)

    event_pk: Mapped[Key] = mapped_column(ForeignKey("event.id"), primary_key=True)
    root: Mapped[str] = mapped_column(String(240), primary_key=True)
    shop_id: Mapped[Name]


class EventLink(Base):
    """A name (`parcel:SF1`, `transaction:42`) and an order it belongs to; a parcel may belong to several."""

    __tablename__ = "event_link"
    __table_args__ = (Index("ix_event_link_name", "name"),)

    shop_id: Mapped[Name] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(240), primary_key=True)
    root: Mapped[str] = mapped_column(String(240), primary_key=True)


class EventConflict(Base):
    """An event refused because its id was used before for something else; kept as it came."""

    __tablename__ = "event_conflict"
    __table_args__ = (UniqueConstraint("event_pk", "digest"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    event_pk: Mapped[Key] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(String(64))
    shop_id: Mapped[Name]
    subject: Mapped[str] = mapped_column(String(200))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    digest: Mapped[Digest]


class EventDecision(Base):
    """What the rules said at one place of a time line, with the facts they saw; `is_current` until said anew."""

    __tablename__ = "event_decision"
    __table_args__ = (
        Index("ix_event_decision_shop_id_root", "shop_id", "root"),
        Index("ix_event_decision_shop_id_decided_at", "shop_id", "decided_at"),
        Index("ix_event_decision_shop_id_subject", "shop_id", "subject"),
        Index("ix_event_decision_shop_id_event_id", "shop_id", "event_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    root: Mapped[str] = mapped_column(String(240))
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[str] = mapped_column(String(200))
    happened_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(8))
    firings: Mapped[list[Any]] = mapped_column(Json)
    facts: Mapped[dict[str, Any]]
    digest: Mapped[Digest]
    rules_snapshot: Mapped[Digest]
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)


class LineMark(Base):
    """How far a long time line has been added up: what comes after this place needs none of the events before it.

    ``rows`` are the typed rows (table, subject) the line adds up to; ``kinds`` is the program that added it up.
    """

    __tablename__ = "line_mark"

    shop_id: Mapped[Name] = mapped_column(primary_key=True)
    root: Mapped[str] = mapped_column(String(240), primary_key=True)
    event_count: Mapped[int]
    last_at: Mapped[datetime]
    last_source: Mapped[str] = mapped_column(String(200))
    last_id: Mapped[str] = mapped_column(String(200))
    rows: Mapped[list[Any]] = mapped_column(Json)
    kinds: Mapped[Digest]


class Effect(Base):
    """Something a firing brought about, once for its natural key; `withdrawn` when later events say it never held.

    A freeze may be `lifted` by a person, who says why; it stays so while the rule goes on asking for the same.
    """

    __tablename__ = "effect"
    __table_args__ = (
        UniqueConstraint(
            "shop_id", "subject_type", "subject", "rule", "verb", "number", "occasion", name="uq_effect_natural_key"
        ),
        Index("ix_effect_shop_id_root", "shop_id", "root"),
        Index("ix_effect_verb_state_opened_at", "verb", "state", "opened_at"),
        Index("ix_effect_decision_id", "decision_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    root: Mapped[str] = mapped_column(String(240))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    rule: Mapped[str] = mapped_column(String(40))
    pack: Mapped[str] = mapped_column(String(64))
    verb: Mapped[str] = mapped_column(String(32))
    number: Mapped[int]
    occasion: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="open")
    data: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    decision_id: Mapped[Key]
    happened_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    lifted_by: Mapped[Name | None]
    lifted_reason: Mapped[str | None] = mapped_column(Text)

"""Cutting what a run has to read into pieces of about the same size, each short enough to be one quick statement.

Why: a shop's ten million orders added up by one statement take longer than the database lets a statement take, show no
progress and keep one reader busy alone. An index finds where a piece ends without reading a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, Order

ACTIVITY = "person.activity"


@dataclass(frozen=True, slots=True)
class Piece:
    """What lies after one value, up to and with another; None: without that end."""

    after: Any = None
    upto: Any = None

    def holds(self, column: Any) -> list[Any]:
        """The conditions on the column the pieces are cut by."""
        return [
            *([] if self.after is None else [column > self.after]),
            *([] if self.upto is None else [column <= self.upto]),
        ]


EVERYTHING = Piece()


def order_pieces(session: Session, shop_id: str, *, size: int) -> list[Piece]:
    """A shop's orders by their buyers: the orders of one spelling of a person are in one piece."""
    return _cut(session, Order.buyer_ref, [Order.shop_id == shop_id, Order.buyer_ref.is_not(None)], size)


def activity_pieces(session: Session, shop_id: str, *, after: datetime, upto: datetime, size: int) -> list[Piece]:
    """What a shop's people did in a span, by when: what happened at one instant is in one piece."""
    at = Event.happened_at
    return _cut(session, at, [Event.shop_id == shop_id, Event.kind == ACTIVITY, at > after, at <= upto], size)


def _cut(session: Session, column: Any, own: list[Any], size: int) -> list[Piece]:
    pieces: list[Piece] = []
    last = None
    while True:
        rest: list[Any] = [] if last is None else [column > last]
        end = session.scalar(select(column).where(*own, *rest).order_by(column).offset(size - 1).limit(1))
        pieces.append(Piece(last, end))
        if end is None:
            return pieces
        last = end

"""A live room as it stands: its own columns, what was heard of it, its flags in time, and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app import deadlines, effects, event_log
from app.errors import Conflict, NotFound
from app.flows.told_events import effect_answer
from app.models import Deadline, Effect, EventDecision, LiveFlag, LiveRoom, LiveStream
from app.subjects import shown_columns
from app.values.access import Caller

FLAGS_MAX = 500
_FLAG_NAMES = (
    "sequence",
    "said_at",
    "speaker",
    "category",
    "wordlist",
    "word",
    "verdict",
    "sentence",
    "is_in_pk",
    "corrected_at",
    "corrected_by",
    "corrected_sequence",
)
_HEARD_NAMES = ("first_at", "last_at", "last_sequence", "heard_count", "flag_count", "repeat_count")


def list_rooms(
    session: Session,
    *,
    caller: Caller,
    shop_id: str | None,
    state: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Rooms of the caller's shops, the newest heard or begun first; ``state`` is ``running`` or ``ended``."""
    query = select(LiveRoom).where(caller.only_own(LiveRoom.shop_id))
    if shop_id is not None:
        query = query.where(LiveRoom.shop_id == shop_id)
    if state is not None:
        query = query.where(LiveRoom.ended_at.is_(None) if state == "running" else LiveRoom.ended_at.is_not(None))
    if after is not None:
        query = query.where(
            or_(LiveRoom.updated_at < after[0], and_(LiveRoom.updated_at == after[0], LiveRoom.id < after[1]))
        )
    rows = session.scalars(query.order_by(LiveRoom.updated_at.desc(), LiveRoom.id.desc()).limit(limit))
    return [room_item(row) | {"row_id": row.id} for row in rows]


def room_item(row: LiveRoom) -> dict[str, Any]:
    """A room's own columns."""
    columns = {name: getattr(row, name) for name in (*shown_columns("room"), "host_refs")}
    return {
        "room_id": row.subject,
        "shop_id": row.shop_id,
        "state": state_of(row),
        "updated_at": row.updated_at,
        **columns,
    }


def state_of(row: LiveRoom) -> str:
    """``running``, ``ended``, or ``unknown`` while nobody told that it began."""
    if row.ended_at is not None:
        return "ended"
    return "running" if row.started_at is not None else "unknown"


def show_room(session: Session, room_id: str, *, shop_id: str | None, caller: Caller) -> dict[str, Any]:
    """The room whole.

    Raises:
        NotFound: no room of the caller's shops has that id.
        Conflict: several shops use it, and none was named.
    """
    own = _own_shop(session, room_id, shop_id=shop_id, caller=caller)
    mine = (LiveRoom.shop_id == own) & (LiveRoom.subject == room_id)
    row = session.scalars(select(LiveRoom).where(mine)).first()
    heard = session.scalars(select(LiveStream).where(LiveStream.shop_id == own, LiveStream.room_id == room_id)).first()
    about = (LiveFlag.shop_id == own) & (LiveFlag.room_id == room_id)
    flags = list(session.scalars(select(LiveFlag).where(about).order_by(LiveFlag.said_at.desc()).limit(FLAGS_MAX)))[
        ::-1
    ]
    root = f"room:{room_id}"
    dues = {each.subject: each for each in deadlines.of_roots(session, [(own, root)]).get((own, root), [])}
    standing = session.scalars(
        select(Effect).where(Effect.shop_id == own, Effect.root == root).order_by(Effect.opened_at)
    )
    told = list(standing)
    nothing = dict.fromkeys(shown_columns("room")) | {"host_refs": None, "updated_at": None}
    base = room_item(row) if row else {"room_id": room_id, "shop_id": own, "state": "unknown", **nothing}
    return {
        **base,
        "is_frozen": any(each.verb == "freeze" and each.state == effects.OPEN for each in told),
        "heard": {name: getattr(heard, name) for name in _HEARD_NAMES} if heard else None,
        "flags": [flag_answer(flag, dues.get(flag.subject)) for flag in flags],
        "decisions": [_decision(each) for each in event_log.decisions_about(session, own, room_id)],
        "effects": [effect_answer(each) for each in told],
    }


def flag_answer(flag: LiveFlag, due: Deadline | None) -> dict[str, Any]:
    """A flag as plain JSON, with the state of its correction where one is due."""
    correction: Mapping[str, Any] | None = None
    if due is not None:
        correction = {"state": due.state, "due_at": due.due_at}
    said = {name: getattr(flag, name) for name in _FLAG_NAMES} | {"speaker": flag.speaker or None}
    return {"flag_id": flag.subject, **said, "correction": correction}


def _decision(row: EventDecision) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "event_id": row.event_id,
        "at": row.happened_at,
        "decision": row.decision,
        "firings": row.firings,
    }


def _own_shop(session: Session, room_id: str, *, shop_id: str | None, caller: Caller) -> str:
    shops: set[str] = set()
    for model, column in ((LiveRoom, LiveRoom.subject), (LiveStream, LiveStream.room_id)):
        wanted = select(model.shop_id).where(caller.only_own(model.shop_id), column == room_id)
        shops |= set(session.scalars(wanted if shop_id is None else wanted.where(model.shop_id == shop_id)))
    if not shops:
        raise NotFound(f"no live room {room_id}")
    if len(shops) > 1:
        raise Conflict(f"several shops have a live room {room_id}: name one with shop_id")
    return shops.pop()

"""The pages of live rooms: which run, what was said in one, and what still has to be set right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import deadlines
from app.flows.show_room import FLAGS_MAX, list_rooms, show_room
from app.models import Deadline, LiveFlag, LiveRoom, LiveStream
from app.values.access import Caller
from app.values.china_days import day_of, starts_at
from app.web.auth import parts
from app.web.console import signed_in
from app.web.cursors import read_cursor, write_cursor

_SHOWN, _DUES = 50, 20
_STATES = ("running", "ended")
_KIND = "live.uncorrected"
_LANES = ("block", "review", "label")
_WIDTH, _LEFT, _TOP, _LANE = 640, 74, 26, 44
_DAYLONG = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag on the time line."""

    x: int
    y: int
    lane: str
    title: str


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/live", "live", list_live)
    console.add_url_rule("/live/<path:room_id>", "live_room", show_live)


def list_live() -> str:
    """The rooms, the last changed first, beside what waits for being set right."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    wanted = request.args.get("state", "running")
    state = wanted if wanted in _STATES else None
    with own.db.read() as session:
        found = list_rooms(
            session,
            caller=by,
            shop_id=None,
            state=state,
            after=read_cursor(request.args.get("before") or None),
            limit=_SHOWN + 1,
        )
        page = found[:_SHOWN]
        shown = {"numbers": _numbers(session, by, now), "heard": _heard(session, page), "dues": _dues(session, by)}
    more = write_cursor(page[-1]["updated_at"], page[-1]["row_id"]) if len(found) > _SHOWN else None
    return render_template("console/live.html", rooms=page, more=more, state=state or "", now=now, **shown)


def show_live(room_id: str) -> str:
    """One room: its time line, its flags, what the rules said."""
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    with own.db.read() as session:
        room = show_room(session, room_id, shop_id=request.args.get("shop") or None, caller=by)
    begin, end = _span(room, now)
    marks = [mark for each in room["flags"] if (mark := _mark(each, begin, end))]
    return render_template(
        "console/live_room.html",
        room=room,
        marks=marks,
        lanes=[(lane, _TOP + index * _LANE) for index, lane in enumerate(_LANES)],
        width=_WIDTH,
        left=_LEFT,
        begin=begin,
        end=end,
        now=now,
        most=FLAGS_MAX,
    )


def _numbers(session: Session, by: Caller, now: datetime) -> dict[str, int]:
    today = starts_at(day_of(now))
    running = (
        select(func.count()).select_from(LiveRoom).where(by.only_own(LiveRoom.shop_id), LiveRoom.ended_at.is_(None))
    )
    recent = running.where(LiveRoom.updated_at > now - _DAYLONG)
    flagged = select(func.count()).select_from(LiveFlag).where(by.only_own(LiveFlag.shop_id), LiveFlag.said_at >= today)
    dues = select(func.count()).select_from(Deadline).where(by.only_own(Deadline.shop_id), Deadline.kind == _KIND)
    passed = dues.where(Deadline.state == deadlines.PASSED, Deadline.due_at >= today)
    return {
        "running": session.scalar(recent) or 0,
        "pk": session.scalar(recent.where(LiveRoom.pk_id.is_not(None))) or 0,
        "flagged": session.scalar(flagged) or 0,
        "waiting": session.scalar(dues.where(Deadline.state == deadlines.WAITING)) or 0,
        "passed": session.scalar(passed) or 0,
    }


def _heard(session: Session, page: list[dict[str, Any]]) -> dict[tuple[str, str], LiveStream]:
    names = {each["room_id"] for each in page}
    rows = session.scalars(select(LiveStream).where(LiveStream.room_id.in_(names))) if names else ()
    return {(row.shop_id, row.room_id): row for row in rows}


def _dues(session: Session, by: Caller) -> list[tuple[Deadline, LiveFlag]]:
    """Flags that wait for being set right, the next due first."""
    same = (LiveFlag.shop_id == Deadline.shop_id) & (LiveFlag.subject == Deadline.subject)
    wanted = (
        select(Deadline, LiveFlag)
        .join(LiveFlag, same)
        .where(by.only_own(Deadline.shop_id), Deadline.kind == _KIND, Deadline.state == deadlines.WAITING)
        .order_by(Deadline.due_at, Deadline.id)
        .limit(_DUES)
    )
    return [(due, flag) for due, flag in session.execute(wanted)]


def _span(room: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """From when to when the time line goes: the broadcast, as far as it is known."""
    heard = room["heard"] or {}
    said = [each["said_at"] for each in room["flags"]]
    begin = min(filter(None, [room["started_at"], heard.get("first_at"), *said]), default=now)
    end = max(filter(None, [room["ended_at"], heard.get("last_at"), *said]), default=now)
    return begin, max(end, begin + timedelta(minutes=1))


def _mark(flag: dict[str, Any], begin: datetime, end: datetime) -> Mark | None:
    lane = flag["verdict"] if flag["verdict"] in _LANES else "label"
    if not begin <= flag["said_at"] <= end:
        return None
    share = (flag["said_at"] - begin) / (end - begin)
    x = _LEFT + round(share * (_WIDTH - _LEFT - 12))
    return Mark(x, _TOP + _LANES.index(lane) * _LANE, lane, flag["word"])

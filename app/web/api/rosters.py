"""Rosters over HTTP: who decides cases, who is on duty, what each can judge, and their shifts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.flows import keep_roster
from app.flows.ask_reviewers import policy_in_force
from app.flows.keep_roster import RosterLine
from app.models import OfficerShift
from app.values.access import Scope
from app.values.rosters import DAY_MINUTES, Shift, ShiftKind, Skills
from app.web.auth import answered_once, caller, of_all_shops, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Day, Id

blueprint = APIBlueprint(
    "rosters",
    __name__,
    url_prefix="/v1/rosters",
    abp_tags=[Tag(name="rosters", description="排班 · rosters, skills and hand-overs")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="HH:MM, China's time")]
_Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=200)]


class RosterPath(BaseModel):
    """Whose roster, by user name."""

    username: Id


class ShiftPath(BaseModel):
    """Which shift."""

    shift_id: Id


class RosterQuery(BaseModel, extra="forbid"):
    """A page of officers, by user name."""

    on_duty: bool | None = None
    cursor: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SkillsIn(Contract):
    """What an officer can judge; what is left out or empty is everything."""

    queues: _Names = Field(default_factory=list)
    categories: _Names = Field(default_factory=list)
    scripts: _Names = Field(default_factory=list)


class ShiftIn(Contract):
    """A shift every week, on single days, or a leave; a shift that closes before it opens ends the next day."""

    kind: Literal["weekly", "day", "leave"]
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(default_factory=list, max_length=7)
    opens: _Time | None = None
    closes: _Time | None = None
    first_day: Day
    last_day: Day | None = None
    keeps_calendar: bool = True


class SkillsAnswer(BaseModel):
    """What an officer can judge; an empty list is everything."""

    queues: list[str]
    categories: list[str]
    scripts: list[str]


class ShiftAnswer(BaseModel):
    """A shift that holds; of a leave the hours are null."""

    id: str
    kind: Literal["weekly", "day", "leave"]
    weekdays: list[int]
    opens: str | None
    closes: str | None
    first_day: date
    last_day: date | None
    keeps_calendar: bool
    made_by: str
    made_at: str


class RosterLineAnswer(BaseModel):
    """An officer who decides cases. Without a roster nobody is off duty."""

    officer: str
    has_roster: bool
    is_on_duty: bool
    until: str | None
    next_at: str | None
    skills: SkillsAnswer
    shifts: list[ShiftAnswer]


class RosterPage(BaseModel):
    """A page of officers."""

    items: list[RosterLineAnswer]
    next_cursor: str | None


@blueprint.get("", summary="Rosters", responses={200: RosterPage})
def list_rosters(query: RosterQuery) -> Response:
    """Officers who decide cases of the key's shops: on duty or not, their skills and shifts."""
    by, now = caller(Scope.CASES), parts().now()
    with parts().db.read() as session:
        found = keep_roster.roster_lines(parts(), session, caller=by, now=now)
    after = query.cursor or ""
    wanted = [each for each in found if each.officer.username > after]
    if query.on_duty is not None:
        wanted = [each for each in wanted if each.duty.may_take is query.on_duty]
    page = wanted[: query.limit]
    more = page[-1].officer.username if len(wanted) > query.limit else None
    return _json({"items": [_line(each) for each in page], "next_cursor": more})


@blueprint.put("/<string:username>/skills", summary="Say what an officer can judge", responses={200: RosterLineAnswer})
def set_skills(path: RosterPath, body: SkillsIn) -> Response:
    """Takes the place of what was said before, and holds for the next case they take."""
    by = of_all_shops(caller(Scope.ADMIN))
    skills = Skills(frozenset(body.queues), frozenset(body.categories), frozenset(body.scripts))
    keep_roster.set_skills(parts(), path.username, skills, categories={*policy_in_force(parts()), "doubt"}, by=by)
    return _of(path.username)


@blueprint.post("/<string:username>/shifts", summary="Add a shift or a leave", responses={200: RosterLineAnswer})
@answered_once
def add_shift(path: RosterPath, body: ShiftIn) -> Response:
    """Whoever has a shift is given cases in their shifts only."""
    by = of_all_shops(caller(Scope.ADMIN))
    keep_roster.add_shift(parts(), path.username, _shift(body), by=by)
    return _of(path.username)


@blueprint.post("/shifts/<string:shift_id>/end", summary="End a shift or a leave", responses={200: RosterLineAnswer})
@answered_once
def end_shift(path: ShiftPath) -> Response:
    """It is kept, and holds no more."""
    by = of_all_shops(caller(Scope.ADMIN))
    return _of(keep_roster.end_shift(parts(), path.shift_id, by=by))


def _of(username: str) -> Response:
    with parts().db.read() as session:
        return _json(_line(keep_roster.roster_line(parts(), session, username, now=parts().now())))


def _shift(body: ShiftIn) -> Shift:
    is_leave, is_weekly = body.kind == "leave", body.kind == "weekly"
    return Shift(
        ShiftKind(body.kind),
        0 if is_leave else _minutes(body.opens),
        DAY_MINUTES if is_leave else _minutes(body.closes),
        frozenset(body.weekdays) if is_weekly else frozenset(),
        body.first_day,
        body.last_day if is_weekly else body.last_day or body.first_day,
        is_weekly and body.keeps_calendar,
    )


def _minutes(said: str | None) -> int:
    hours, _, minutes = (said or "").partition(":")
    return int(hours) * 60 + int(minutes) if said else -1  # which the shift's own check refuses


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _line(line: RosterLine) -> dict[str, Any]:
    kept = line.skills
    return {
        "officer": line.officer.username,
        "has_roster": line.duty.has_roster,
        "is_on_duty": line.duty.may_take,
        "until": line.duty.until,
        "next_at": line.duty.next_at,
        "skills": {name: sorted(getattr(kept, name)) for name in SkillsAnswer.model_fields},
        "shifts": [_told(row) for row in line.shifts],
    }


def _told(row: OfficerShift) -> dict[str, Any]:
    is_leave = row.kind == ShiftKind.LEAVE
    hours = {"opens": None, "closes": None} if is_leave else {"opens": _time(row.opens), "closes": _time(row.closes)}
    return {name: getattr(row, name) for name in ShiftAnswer.model_fields} | hours


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

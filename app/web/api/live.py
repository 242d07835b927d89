"""Live rooms over HTTP: many utterances in one call, the list of rooms, and one room whole."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.errors import InvalidInput, Problem
from app.events.stored import EARLY
from app.flows.hear_events import Spoken
from app.flows.hear_speech import hear_speech
from app.flows.show_room import list_rooms, show_room
from app.flows.take_any import HIGHEST_SEQUENCE, LONGEST_TEXT
from app.live.window import Utterance
from app.text.personal_data import find_personal_data
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.live_answers import RoomAnswer, RoomPage, SpeechAnswer
from app.web.schema_fields import Contract, Id, Instant, ShopId

MOST_UTTERANCES = 500

blueprint = APIBlueprint(
    "live",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="live", description="直播间 · live rooms")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
Sequence = Annotated[int, Field(ge=0, le=HIGHEST_SEQUENCE, strict=True)]


class RoomPath(BaseModel):
    """Which room, by the shop's own id; one broadcast is one room."""

    room_id: Id


class ShopQuery(BaseModel, extra="forbid"):
    """Which shop's, where several shops use the same id."""

    shop_id: ShopId | None = None


class RoomsQuery(BaseModel, extra="forbid"):
    """A page of rooms, the last changed first."""

    shop_id: ShopId | None = None
    state: Literal["running", "ended"] | None = None
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class UtteranceIn(Contract):
    """A few words: their number in the room, when they were said, whose voice it was."""

    sequence: Sequence
    at: Instant
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    speaker: Annotated[str, Field(max_length=64)] = ""


class SpeechIn(Contract):
    """Utterances of one room, in any order."""

    shop_id: ShopId
    utterances: Annotated[list[UtteranceIn], Field(min_length=1, max_length=MOST_UTTERANCES)]


@blueprint.post("/live/<path:room_id>/speech", summary="Hear a room", responses={200: SpeechAnswer})
@answered_once
def hear(path: RoomPath, body: SpeechIn) -> Response:
    """Keep what was said, and answer at once with every listed word in it and what follows from each."""
    by, own = caller(Scope.EVENTS), parts()
    by.require_shop(body.shop_id)
    now = own.now()
    problems = [
        Problem(f"utterances.{index}.at", "lies in the future", f"an instant up to {now.isoformat()}")
        for index, each in enumerate(body.utterances)
        if each.at > now + EARLY
    ] + [
        Problem(f"utterances.{index}.speaker", "looks like personal data", "an opaque reference of your own")
        for index, each in enumerate(body.utterances)
        if each.speaker and find_personal_data(each.speaker)
    ]
    if problems:
        raise InvalidInput("the speech cannot be taken", problems=problems)
    said = tuple(Utterance(each.sequence, each.at, each.text, each.speaker) for each in body.utterances)
    heard = hear_speech(own, Spoken(own, body.shop_id, path.room_id, said, by.name, now))
    return _json(heard.answer(said))


@blueprint.get("/live", summary="Live rooms", responses={200: RoomPage})
def rooms(query: RoomsQuery) -> Response:
    """Rooms of the key's shops."""
    by, after = caller(Scope.EVENTS), read_cursor(query.cursor)
    with parts().db.read() as session:
        found = list_rooms(
            session, caller=by, shop_id=query.shop_id, state=query.state, after=after, limit=query.limit + 1
        )
    page, more = found[: query.limit], len(found) > query.limit
    next_cursor = write_cursor(page[-1]["updated_at"], page[-1]["row_id"]) if more else None
    return _json({"items": [_without_row(each) for each in page], "next_cursor": next_cursor})


@blueprint.get("/live/<path:room_id>", summary="One room, whole", responses={200: RoomAnswer})
def room(path: RoomPath, query: ShopQuery) -> Response:
    """State, hits with time and sentence, what is due for correction, decisions and effects."""
    by = caller(Scope.EVENTS)
    with parts().db.read() as session:
        return _json(show_room(session, path.room_id, shop_id=query.shop_id, caller=by))


def _without_row(item: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in item.items() if name != "row_id"}


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), content_type="application/json")

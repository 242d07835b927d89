"""Mentions over HTTP: where an officer was named with ``@`` in a note, and putting that away."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.flows.keep_roster import officer_of
from app.models import Case, Mention
from app.officers import find_officer
from app.review import mentions, second_reviews
from app.values.access import Caller, Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id

blueprint = APIBlueprint(
    "mentions",
    __name__,
    url_prefix="/v1/mentions",
    abp_tags=[Tag(name="rosters", description="排班 · rosters, skills and hand-overs")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class MentionsQuery(BaseModel, extra="forbid"):
    """A page of mentions, the newest first; left out, ``officer`` is the one whose name the key bears."""

    officer: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    state: Literal["waiting", "all"] = "waiting"
    cursor: Annotated[str | None, Field(max_length=36)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SeenIn(Contract):
    """Which mention was seen; null: all that wait."""

    mention_id: Id | None = None


class MentionAnswer(BaseModel):
    """A note that names an officer."""

    id: str
    case_id: str
    shop_id: str
    officer: str
    named_by: str
    named_at: str
    text: str
    seen_at: str | None


class MentionPage(BaseModel):
    """A page of mentions, and how many wait, up to a hundred."""

    items: list[MentionAnswer]
    waiting: int
    next_cursor: str | None


class MentionsSeenAnswer(BaseModel):
    """How many were put away now."""

    seen: int


@blueprint.get("", summary="Mentions", responses={200: MentionPage})
def list_mentions(query: MentionsQuery) -> Response:
    """Notes on cases of the key's shops; notes on a case this person reviews blind are left out until it is decided."""
    by = caller(Scope.CASES)
    with parts().db.read() as session:
        username = _whose(session, by, query.officer)
        found = mentions.page(
            session,
            username,
            caller=by,
            is_waiting=query.state == "waiting",
            before=query.cursor,
            limit=query.limit + 1,
            without=second_reviews.blind_cases(session, by),
        )
        waiting = mentions.waiting(session, username)
    page = found[: query.limit]
    more = page[-1][0].id if len(found) > query.limit else None
    return _json({"items": [_answer(*each) for each in page], "waiting": waiting, "next_cursor": more})


@blueprint.post("/seen", summary="Put mentions away", responses={200: MentionsSeenAnswer})
@answered_once
def put_away(body: SeenIn) -> Response:
    """One's own only: a key puts away what names the officer whose name it bears."""
    by, now = caller(Scope.CASES), parts().now()

    def work(session: Session) -> int:
        officer = officer_of(session, by)
        if officer is None:
            raise NotFound(f"{by.name} bears no officer's name, and mentions are put away by whom they name")
        return mentions.put_away(session, officer.username, body.mention_id, now=now)

    return _json({"seen": parts().db.write(work)})


def _whose(session: Session, by: Caller, named: str | None) -> str:
    officer = officer_of(session, by) if named is None else find_officer(session, named)
    if officer is not None:
        return officer.username
    if named is not None:
        raise NotFound(f"no officer {named}")
    problem = Problem("officer", "is not said", f"a user name, because {by.name} bears no officer's name")
    raise InvalidInput("whose mentions", problems=[problem])


def _answer(row: Mention, case: Case) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MentionAnswer.model_fields if name != "shop_id"} | {
        "shop_id": case.shop_id
    }


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

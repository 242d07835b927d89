"""Single words over HTTP: propose, put in force at once, confirm; uploads; how words did."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app import snapshots, word_changes, word_counts
from app.errors import Conflict, NotFound
from app.flows.blind_figures import words_withheld
from app.flows.change_words import add_urgent, confirm_urgent, propose_change, take_up
from app.flows.upload_wordlist import upload_wordlist
from app.models import WordChange
from app.review.second_reviews import blind_cases
from app.text.edit_lists import Edit
from app.text.wordlist import read_heads
from app.values.access import Scope
from app.web.auth import answered_once, caller, of_all_shops, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id
from app.web.wordlist_schemas import (
    ChangeIn,
    DecideChangeIn,
    Name,
    UploadAnswer,
    UploadIn,
    WordChangeAnswer,
    WordChangeList,
    WordRecordList,
    WordsIn,
)

blueprint = APIBlueprint(
    "words",
    __name__,
    url_prefix="/v1/wordlists",
    abp_tags=[Tag(name="wordlists", description="词库更新 · refreshing the wordlists")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_COLUMNS = (
    "id", "what", "wordlist", "category", "word", "value", "state", "reason", "case_id", "proposed_by", "proposed_at",
    "confirm_by", "decided_by", "decided_at",
)  # fmt: skip


class ListPath(BaseModel):
    """Which list, by its name; or a category."""

    name: Name


class ChangePath(BaseModel):
    """Which proposed change."""

    change_id: Id


class ChangeQuery(BaseModel, extra="forbid"):
    """Which changes; without a state those that somebody has to decide."""

    state: Literal["proposed", "waiting", "urgent", "accepted", "refused", "withdrawn", "rolled_back"] | None = None
    limit: int = Field(200, ge=1, le=1_000)


class FeedbackQuery(BaseModel, extra="forbid"):
    """Over how many days, of which list."""

    days: int = Field(90, ge=1, le=400)
    wordlist: Name | None = None
    limit: int = Field(200, ge=1, le=1_000)


@blueprint.post("/<string:name>/words", summary="Propose words", responses={201: WordChangeList})
@answered_once
def propose_words(path: ListPath, body: WordsIn) -> Response:
    """Propose words for the category of a list; urgent ones are live at once, until confirmed or withdrawn."""
    by, now = of_all_shops(caller(Scope.WORDLISTS)), parts().now()
    category = _category(path.name)
    made = []
    for word in body.words:
        edit = Edit("add", "", category, word.text.strip(), word.verdict, word.source)
        if body.urgent:
            made.append(add_urgent(parts(), edit, reason=body.reason, by=by.name, now=now))
        else:
            case_id = body.case_id
            made.append(propose_change(parts(), edit, reason=body.reason, by=by.name, now=now, case_id=case_id))
    return _json({"items": [change_answer(each) for each in made], "next_cursor": None}, status=201)


@blueprint.post("/changes", summary="Propose a context or a retirement", responses={201: WordChangeAnswer})
@answered_once
def propose(body: ChangeIn) -> Response:
    """Propose a context in which a listed word is harmless, or that a word goes; a second person decides."""
    by = of_all_shops(caller(Scope.WORDLISTS))
    edit = Edit(body.what, body.wordlist, "", body.word, body.value)
    found = propose_change(parts(), edit, reason=body.reason, by=by.name, now=parts().now(), case_id=body.case_id)
    return _json(change_answer(found), status=201)


@blueprint.get("/changes", summary="Proposed changes", responses={200: WordChangeList})
def list_changes(query: ChangeQuery) -> Response:
    """What was proposed about single words, by people and by feedback, newest first."""
    by = caller(Scope.WORDLISTS)
    states = [query.state] if query.state else ["proposed", "waiting", "urgent"]
    with parts().db.read() as session:
        blind = blind_cases(session, by)
        found = word_changes.listed(session, states=states, limit=query.limit, without=blind)
    return _json({"items": [change_answer(each) for each in found], "next_cursor": None})


@blueprint.post("/changes/<string:change_id>/decide", summary="Decide a change", responses={200: WordChangeAnswer})
@answered_once
def decide(path: ChangePath, body: DecideChangeIn) -> Response:
    """Take up what feedback proposed, or confirm an urgent word as a second person; or neither."""
    by, now = of_all_shops(caller(Scope.WORDLISTS)), parts().now()
    with parts().db.read() as session:
        state = word_changes.find(session, path.change_id).state
    if state == "proposed":
        found = take_up(parts(), path.change_id, accept=body.accept, by=by.name, now=now)
    elif state == "urgent":
        found = confirm_urgent(parts(), path.change_id, confirm=body.accept, reason=body.reason, by=by.name, now=now)
    else:
        raise Conflict(f"the change is {state}; what waits is decided with its snapshot")
    return _json(change_answer(found))


@blueprint.post("/uploads", summary="Upload a list", responses={201: UploadAnswer})
@answered_once
def upload(body: UploadIn) -> Response:
    """Upload a list in our own format, one word a line, comma separated or CSV; UTF-8 or GB18030."""
    by = of_all_shops(caller(Scope.WORDLISTS))
    read = upload_wordlist(
        parts(),
        body.name,
        base64.b64decode(body.data),
        body.shape(),
        file_name=body.file_name,
        reason=body.reason,
        by=by.name,
        now=parts().now(),
    )
    left_out = [each._asdict() for each in read.dropped[:200]]
    return _json({"name": body.name, "encoding": read.encoding, "words": read.words, "left_out": left_out}, status=201)


@blueprint.get("/feedback", summary="How words did", responses={200: WordRecordList})
def feedback(query: FeedbackQuery) -> Response:
    """Hits and the share of false alarms of each word, the most wrong first."""
    by = caller(Scope.WORDLISTS)
    since = parts().now() - timedelta(days=query.days)
    with parts().db.read() as session:
        less = words_withheld(parts(), session, by, since=since)
        found = word_counts.records(session, since=since, wordlist=query.wordlist, limit=query.limit, less=less)
    items = [each._asdict() | {"false_bp": each.false_bp} for each in found]
    return _json({"items": items, "next_cursor": None})


def change_answer(change: WordChange) -> dict[str, Any]:
    """A change as plain data."""
    return {name: getattr(change, name) for name in _COLUMNS}


def _category(name: str) -> str:
    with parts().db.read() as session:
        categories, lists = read_heads(snapshots.load(session, parts().live.current.wordlists_id))
    if name in categories:
        return name
    found = next((each.category for each in lists if each.name == name), None)
    if found is None:
        raise NotFound(f"no wordlist and no category {name}")
    return found


def _json(value: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")

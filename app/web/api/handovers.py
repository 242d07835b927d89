"""Hand-overs over HTTP: which there are, giving back what one has at a shift's end, and taking note of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.hand_over import hand_over
from app.flows.keep_roster import acting_name
from app.models import Case, Handover
from app.review import rosters, second_reviews
from app.values.access import Caller, Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, no_nul, starred

blueprint = APIBlueprint(
    "handovers",
    __name__,
    url_prefix="/v1/handovers",
    abp_tags=[Tag(name="rosters", description="排班 · rosters, skills and hand-overs")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class HandoverPath(BaseModel):
    """Which hand-over."""

    handover_id: Id


class HandoversQuery(BaseModel, extra="forbid"):
    """A page of hand-overs, the newest first; ``waiting`` are those nobody has taken note of."""

    state: Literal["waiting", "taken"] | None = None
    cursor: Annotated[str | None, Field(max_length=36)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class HandoverIn(Contract):
    """What the next shift should know, and to which officer (by user name) everything goes; null: back to all."""

    note: Annotated[str, Field(max_length=2_000), AfterValidator(no_nul), AfterValidator(starred)] = ""
    to: str | None = Field(None, min_length=1, max_length=100)


class HandoverAnswer(BaseModel):
    """A hand-over; ``case_ids`` are those of the key's shops.

    While this person reviews one of them blind it is not among them, and ``note`` is null.
    """

    id: str
    officer: str
    passed_to: str | None
    note: str | None
    case_ids: list[str]
    is_automatic: bool
    made_at: str
    taken_by: str | None
    taken_at: str | None


class HandoverPage(BaseModel):
    """A page of hand-overs."""

    items: list[HandoverAnswer]
    next_cursor: str | None


class MadeHandoverAnswer(BaseModel):
    """The hand-over that was made; null where there was nothing to give back and nothing to tell."""

    handover: HandoverAnswer | None


@blueprint.get("", summary="Hand-overs", responses={200: HandoverPage})
def list_handovers(query: HandoversQuery) -> Response:
    """What officers left at the end of their shifts."""
    by = caller(Scope.CASES)
    is_taken = None if query.state is None else query.state == "taken"
    with parts().db.read() as session:
        found = rosters.listed(session, before=query.cursor, limit=query.limit + 1, is_taken=is_taken)
        page = found[: query.limit]
        items = _answers(session, page, by)
    return _json({"items": items, "next_cursor": page[-1].id if len(found) > query.limit else None})


@blueprint.post("", summary="Hand over", responses={200: MadeHandoverAnswer})
@answered_once
def make(body: HandoverIn) -> Response:
    """Everything that this key, and the officer whose name it bears, has taken or is kept for them.

    Answers what was passed on; what the colleague may not decide goes back to all, in a hand-over of its own.
    """
    by = caller(Scope.CASES)
    made = hand_over(parts(), note=body.note.strip(), to=body.to, caller=by, now=parts().now())
    with parts().db.read() as session:
        return _json({"handover": _answers(session, made[:1], by)[0] if made else None})


@blueprint.post("/<string:handover_id>/take", summary="Take note of a hand-over", responses={200: HandoverAnswer})
@answered_once
def take(path: HandoverPath) -> Response:
    """It stands above nobody's list any more; of several who take note the first counts."""
    by, now = caller(Scope.CASES), parts().now()

    def work(session: Session) -> dict[str, Any]:
        who = acting_name(session, by)
        return _answers(session, [rosters.take_note(session, path.handover_id, who=who, now=now)], by)[0]

    return _json(parts().db.write(work))


def _answers(session: Session, found: Sequence[Handover], by: Caller) -> list[dict[str, Any]]:
    named = {case_id for row in found for case_id in row.case_ids}
    own = set(session.scalars(select(Case.id).where(Case.id.in_(named), by.only_own(Case.shop_id)))) if named else set()
    blind = second_reviews.blind_cases(session, by)
    return [
        {name: getattr(row, name) for name in HandoverAnswer.model_fields}
        | {"case_ids": [each for each in row.case_ids if each in own - blind]}
        | ({} if blind.isdisjoint(row.case_ids) else {"note": None})
        for row in found
    ]


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

"""Dead letters over HTTP: which inbound messages and questions to platforms need a person, and working one again."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from app.flows.dead_letters import dead_letters, retry_letter
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.operation_answers import DeadLetterAnswer, DeadLetterList
from app.web.schema_fields import Id

blueprint = APIBlueprint(
    "inbound",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="inbound", description="平台推送 · what the platforms sent")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class LetterPath(BaseModel):
    """Which dead letter."""

    letter_id: Id


@blueprint.get("/inbound/dead-letters", summary="Dead letters", responses={200: DeadLetterList})
def list_dead_letters() -> Response:
    """Up to 200 messages and questions whose attempts are used up, oldest first."""
    caller(Scope.ADMIN)
    with parts().db.read() as session:
        items = dead_letters(session)
    return Response(orjson.dumps({"items": items, "next_cursor": None}), content_type="application/json")


@blueprint.post(
    "/inbound/dead-letters/<string:letter_id>/retry", summary="Work it again", responses={200: DeadLetterAnswer}
)
@answered_once
def retry_dead_letter(path: LetterPath) -> Response:
    """Have one worked again, with all its attempts, after what was wrong has been mended."""
    by = caller(Scope.ADMIN)
    said = retry_letter(parts(), path.letter_id, by=by.name, now=parts().now())
    return Response(orjson.dumps(said), content_type="application/json")

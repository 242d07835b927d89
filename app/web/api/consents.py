"""Consents over HTTP: recorded with everything that proves them, read with their history, withdrawn at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, Field

from app import consents
from app.consents import Given
from app.flows.keep_consents import read_consents, record_consent, withdraw_consent
from app.models import Consent
from app.text.personal_data import find_personal_data
from app.values.access import Caller, Scope
from app.web.auth import caller, parts
from app.web.consent_answers import ConsentAnswer, ConsentList, WithdrawnAnswer
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Contract, Id, Instant, no_control, no_nul

blueprint = APIBlueprint(
    "consents",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="consents", description="同意 · what people agreed to")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


def _no_personal_data(value: str) -> str:
    if find_personal_data(value):
        raise ValueError(
            "is personal; expected: an identifier of your own, no phone, identity or card number, address or e-mail"
        )
    return value


Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100), AfterValidator(no_control)]], Field(max_length=50)
]
Line = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S"), AfterValidator(no_nul)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Person = Annotated[Id, AfterValidator(_no_personal_data)]


class PersonPath(BaseModel):
    """Whose; an identifier of yours, never personal data itself."""

    person: Person


class ConsentPath(PersonPath):
    """Whose, to what end."""

    purpose: Word


class ConsentIn(Contract):
    """A consent as it was given. With the person and the purpose of the address these are its seven elements."""

    scope: Words = Field(min_length=1)
    text_version: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(no_control)]
    text_digest: Digest
    given_at: Instant
    channel: Word
    withdrawal: Line
    is_separate: bool = False
    sensitive: list[Literal["biometric", "religion", "identity", "health", "financial", "location_track", "minor"]] = (
        Field(default_factory=list, max_length=7)
    )
    recipient: Person | None = None
    is_under_14: bool = False
    guardian: Line | None = None
    expires_at: Instant | None = None
    evidence: Line | None = None


@blueprint.put("/people/<string:person>/consents/<string:purpose>", summary="Consent", responses={200: ConsentAnswer})
def put_consent(path: ConsentPath, body: ConsentIn) -> Response:
    """Record a consent; an earlier one to the same purpose ends and stays in the history."""
    by = caller(Scope.PEOPLE)
    given = Given(
        person=path.person,
        purpose=path.purpose,
        scope=tuple(body.scope),
        sensitive=tuple(body.sensitive),
        has_guardian=body.guardian is not None,
        **body.model_dump(exclude={"scope", "sensitive", "guardian", "evidence"}),
    )
    now = parts().now()
    row = record_consent(parts(), given, guardian=body.guardian, evidence=body.evidence, caller=by, now=now)
    return _json(_answer(row))


@blueprint.get("/people/<string:person>/consents", summary="A person's consents", responses={200: ConsentList})
def list_consents(path: PersonPath) -> Response:
    """Every consent of a person, newest first, with how each ended."""
    return _list(path.person, None, caller(Scope.PEOPLE))


@blueprint.get("/people/<string:person>/consents/<string:purpose>", summary="By purpose", responses={200: ConsentList})
def get_consents(path: ConsentPath) -> Response:
    """The consents of a person to one purpose, newest first."""
    return _list(path.person, path.purpose, caller(Scope.PEOPLE))


@blueprint.delete(
    "/people/<string:person>/consents/<string:purpose>", summary="Withdraw", responses={200: WithdrawnAnswer}
)
def delete_consent(path: ConsentPath) -> Response:
    """Withdraw, at once; says what must stop and who must be told."""
    by = caller(Scope.PEOPLE)
    ended = withdraw_consent(parts(), path.person, path.purpose, caller=by, now=parts().now())
    stop = {
        "purpose": path.purpose,
        "scope": sorted({each for row in ended for each in row.scope}),
        "recipients": sorted({row.recipient for row in ended if row.recipient is not None}),
    }
    return _json({"withdrawn": [_answer(row) for row in ended], "must_stop": stop})


def _list(person: str, purpose: str | None, by: Caller) -> Response:
    items = [_answer(row) for row in read_consents(parts(), person, purpose, caller=by)]
    return _json({"items": items, "next_cursor": None})


def _answer(row: Consent) -> dict[str, Any]:
    own = ("id", "person", "purpose", "scope", "is_separate", "sensitive", "recipient", "text_version", "text_digest")
    more = ("channel", "withdrawal", "is_under_14", "given_at", "expires_at", "recorded_by", "recorded_at")
    answer = {name: getattr(row, name) for name in (*own, *more, "ended_at", "ended_by", "ended_why")}
    has = {"has_guardian": row.guardian is not None, "has_evidence": row.evidence is not None}
    return answer | has | {"holds": consents.holds(row, parts().now())}


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")

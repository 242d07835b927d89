"""People over HTTP: their data kept sealed, shown masked, revealed for a purpose, exported, erased."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ValidationError

from app.errors import InvalidInput, Problem
from app.flows.erase_person import erase_person
from app.flows.keep_person import Shown, find_people, keep_person, show_person
from app.flows.reveal_person import export_person, reveal_person
from app.values.access import Scope
from app.vault.store import Keep
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.errors import problems_of
from app.web.people_answers import CertificateAnswer, ExportAnswer, PersonAnswer, PersonList, RevealedAnswer
from app.web.people_schemas import (
    EraseIn,
    EraseQuery,
    ExportIn,
    ExportQuery,
    PersonPath,
    PutPersonIn,
    RevealIn,
    SearchPeopleIn,
)

blueprint = APIBlueprint(
    "people",
    __name__,
    url_prefix="/v1/people",
    abp_tags=[Tag(name="people", description="个人信息 · sealed, masked, erased")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


@blueprint.put("/<string:person>", summary="Store fields", responses={200: PersonAnswer})
def put_person(path: PersonPath, body: PutPersonIn) -> Response:
    """Store fields of a person, who is made on first sight; the answer is masked."""
    by = caller(Scope.PEOPLE)
    keep = None if body.keep_until is None else Keep(body.keep_until, body.keep_basis or "")
    kept = keep_person(parts(), path.person, body.fields, shop_id=body.shop_id, keep=keep, caller=by, now=parts().now())
    return _json(person_answer(kept))


@blueprint.get("/<string:person>", summary="A person, masked", responses={200: PersonAnswer})
def get_person(path: PersonPath) -> Response:
    """A person with masked fields."""
    by = caller(Scope.PEOPLE)
    return _json(person_answer(show_person(parts(), path.person, caller=by)))


@blueprint.post("/search", summary="Find by a value", responses={200: PersonList})
def search_people(body: SearchPeopleIn) -> Response:
    """Persons of whom a field has this value, masked, at most 50. That somebody searched is in the audit log."""
    by = caller(Scope.PEOPLE)
    found = find_people(parts(), body.field, body.value, caller=by, now=parts().now())
    return _json({"items": [person_answer(each) for each in found], "next_cursor": None})


@blueprint.post("/<string:person>/reveal", summary="Fields in full", responses={200: RevealedAnswer})
def reveal(path: PersonPath, body: RevealIn) -> Response:
    """Fields in full, for a purpose with a legal basis; each reading is audited, so none is repeated from memory."""
    by = caller(Scope.REVEAL)
    fields = reveal_person(
        parts(), path.person, body.fields, purpose=body.purpose, reason=body.reason, caller=by, now=parts().now()
    )
    return _json({"person": path.person, "purpose": body.purpose, "fields": fields})


@blueprint.post("/<string:person>/export", summary="Everything kept", responses={200: ExportAnswer})
def export(path: PersonPath, body: ExportIn) -> Response:
    """Everything kept of a person, in the clear and portable; audited, so no answer is repeated from memory."""
    return _exported(path.person, body.purpose, body.reason)


@blueprint.get("/<string:person>/export", summary="Everything kept", responses={200: ExportAnswer}, deprecated=True)
def export_by_address(path: PersonPath, query: ExportQuery) -> Response:
    """The same with purpose and reason in the address, for clients of an earlier version."""
    return _exported(path.person, query.purpose, query.reason)


@blueprint.delete("/<string:person>", summary="Erase", responses={200: CertificateAnswer})
@answered_once
def erase(path: PersonPath, query: EraseQuery) -> Response:
    """Erase a person at once but for what the law keeps; answers with the signed certificate.

    The reason stands in the body, ``{"reason": "…"}``; in the query it is taken from clients of an earlier version.
    """
    by = caller(Scope.PEOPLE)
    reason = _reason(query.reason)
    signed = erase_person(parts(), path.person, reason=reason, caller=by, now=parts().now())
    return _json({"certificate": signed.certificate, "digest": signed.digest, "signature": signed.signature})


def _reason(in_address: str | None) -> str:
    """The reason from the body, or where there is none from the address; raises InvalidInput."""
    if not request.get_data():
        problem = Problem("reason", "is missing", 'who asked for it, or why, in the body: {"reason": "…"}')
        if in_address is None:
            raise InvalidInput("a reason is needed", problems=[problem])
        return in_address
    try:
        return EraseIn.model_validate(request.get_json()).reason
    except ValidationError as error:
        raise InvalidInput("the body is wrong", problems=problems_of(error)) from None


def _exported(person: str, purpose: str, reason: str) -> Response:
    by = caller(Scope.REVEAL)
    return _json(export_person(parts(), person, purpose=purpose, reason=reason, caller=by, now=parts().now()))


def person_answer(shown: Shown) -> dict[str, Any]:
    """A masked person as plain data."""
    person = shown.person
    names = ("shop_id", "created_at", "updated_at", "restricted_at", "erased_at")
    of_field = ("name", "title", "masked", "updated_at", "keep_until", "keep_basis")
    return (
        {"person": person.ref}
        | {name: getattr(person, name) for name in names}
        | {"fields": [{name: getattr(field, name) for name in of_field} for field in shown.fields]}
    )


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"})

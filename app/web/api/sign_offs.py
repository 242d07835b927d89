"""Sign-offs over HTTP: what is signed and what is not, asking for one, a second person's answer, ending one."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app import sign_offs
from app.flows.sign_off_rules import ask_sign_off, decide_sign_off, unsigned_today, withdraw_sign_off
from app.rules.notices import Unsigned
from app.sign_offs import Asked, Entry
from app.values.access import Scope
from app.web.auth import answered_once, caller, parts
from app.web.definition_schemas import ApproveIn, SignOffIn, WithdrawIn
from app.web.docs import PROBLEMS, SECURITY
from app.web.schema_fields import Id
from app.web.sign_off_answers import SignOffAnswer, SignOffList

blueprint = APIBlueprint(
    "sign_offs",
    __name__,
    url_prefix="/v1/rules",
    abp_tags=[Tag(name="sign-offs", description="签核 · who answers for numbers nothing public vouches for")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class SignOffPath(BaseModel):
    """Which sign-off."""

    sign_off_id: Id


class SignOffQuery(BaseModel, extra="forbid"):
    """How many."""

    limit: int = Field(50, ge=1, le=200)


@blueprint.get("/sign-offs", summary="The register", responses={200: SignOffList})
def list_sign_offs(query: SignOffQuery) -> Response:
    """The newest sign-offs, and what the rules in force rest on without one."""
    caller(Scope.RULES)
    with parts().db.read() as session:
        items = [entry_answer(entry) for entry in sign_offs.listed(session, limit=query.limit)]
    open_ = [unsigned_answer(each) for each in unsigned_today(parts(), now=parts().now())]
    return _json({"items": items, "next_cursor": None, "unsigned": open_})


@blueprint.post("/sign-offs", summary="Ask for a sign-off", responses={201: SignOffAnswer})
@answered_once
def ask(body: SignOffIn) -> Response:
    """Ask that a value, or a rule as it is worded, may block or pay; somebody else has to approve it."""
    by = caller(Scope.RULES)
    asked = Asked(
        object_type=body.object_type,
        pack=body.pack,
        name=body.name,
        value=body.value,
        basis=body.basis,
        signed_by=body.signed_by,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    entry = ask_sign_off(parts(), asked, reason=body.reason, by=by, now=parts().now())
    return _json(entry_answer(entry), status=201)


@blueprint.post("/sign-offs/<string:sign_off_id>/decide", summary="Approve or refuse", responses={200: SignOffAnswer})
@answered_once
def decide(path: SignOffPath, body: ApproveIn) -> Response:
    """Answer as the second person; the key that asked is refused."""
    by = caller(Scope.RULES)
    now = parts().now()
    entry = decide_sign_off(parts(), path.sign_off_id, approve=body.approve, reason=body.reason, by=by, now=now)
    return _json(entry_answer(entry))


@blueprint.post("/sign-offs/<string:sign_off_id>/withdraw", summary="End a sign-off", responses={200: SignOffAnswer})
@answered_once
def withdraw(path: SignOffPath, body: WithdrawIn) -> Response:
    """End a sign-off at once; one person is enough, because it only makes rules milder."""
    by = caller(Scope.RULES)
    entry = withdraw_sign_off(parts(), path.sign_off_id, reason=body.reason, by=by, now=parts().now())
    return _json(entry_answer(entry))


def entry_answer(entry: Entry) -> dict[str, object]:
    """A row of the register with its approval, as plain data."""
    row, approval = entry.row, entry.approval
    own = ("id", "object_type", "pack", "name", "value", "basis", "signed_by", "valid_from", "valid_to")
    asked = ("reason", "requested_by", "requested_at", "decided_by", "decided_at", "decision_reason")
    return (
        {name: getattr(row, name) for name in own}
        | {"state": entry.state}
        | {name: getattr(approval, name) for name in asked}
        | {name: getattr(row, name) for name in ("withdrawn_by", "withdrawn_at", "withdrawn_why")}
    )


def unsigned_answer(each: Unsigned) -> dict[str, object]:
    """Something unsigned, with the rules it holds back."""
    need = each.need
    return {
        "object_type": need.object_type,
        "pack": each.rules[0].pack,
        "name": need.name or each.rules[0].id,
        "value": need.value,
        "told": need.told,
        "rules": [rule.id for rule in each.rules],
    }


def _json(body: dict[str, object], *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")

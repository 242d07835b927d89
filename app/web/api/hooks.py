"""The platforms' own pushes: raw bytes in, the platform's own words out.

No key is asked for, the signature is the key; no problem document is answered, because only platforms listen here. For
the same reason it is not on the OpenAPI page.
"""

from __future__ import annotations

from flask import Response, request
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel
from werkzeug.exceptions import RequestEntityTooLarge

from app.events.provider import Answer, Received
from app.flows.receive_message import check_address, find_account, receive_message, refuse_too_large
from app.web.auth import parts

blueprint = APIBlueprint("hooks", __name__, url_prefix="/v1", doc_ui=False)


class HookPath(BaseModel):
    """Whose address, and which of their accounts."""

    provider: str
    account: str


@blueprint.get("/hooks/<string:provider>/<string:account>")
def try_address(path: HookPath) -> Response:
    """The platform tries whether this address knows the account's token."""
    found, its_account = find_account(parts(), path.provider, path.account)
    return _response(check_address(parts(), found, its_account, _received(b"")))


@blueprint.post("/hooks/<string:provider>/<string:account>")
def take_push(path: HookPath) -> Response:
    """One push: verified, kept, answered; worked afterwards."""
    found, its_account = find_account(parts(), path.provider, path.account)
    request.max_content_length = found.max_bytes
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _response(refuse_too_large(found))
    return _response(receive_message(parts(), found, its_account, _received(body), now=parts().now()))


def _received(body: bytes) -> Received:
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower().startswith("wechatpay-")}
    return Received(headers, request.args.to_dict(), body)


def _response(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, content_type=answer.content_type)

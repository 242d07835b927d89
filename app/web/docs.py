"""What every endpoint of the API shares in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from app.web.answers import ProblemAnswer

SECURITY: list[dict[str, list[Any]]] = [{"api_key": []}]
SECURITY_SCHEMES: dict[str, Any] = {
    "api_key": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer wh_…`"}
}


def _problem(description: str) -> dict[str, Any]:
    schema = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


PROBLEMS: dict[str | int, Any] = {
    400: _problem("The body cannot be read"),
    401: _problem("No valid API key"),
    403: _problem("The key lacks the scope or the shop"),
    404: _problem("Not found"),
    408: _problem("The body did not arrive in time"),
    409: _problem("The state has moved on"),
    413: _problem("Too large"),
    415: _problem("Not JSON"),
    422: _problem("The input does not fit the contract"),
    429: _problem("The key has used up its rate; see Retry-After"),
    503: _problem("Not ready; see Retry-After"),
}

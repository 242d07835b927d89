"""What every endpoint of the API shares in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import OpenAPI
from flask_openapi3.models import MediaType, Schema
from flask_openapi3.models.data_type import DataType
from flask_openapi3.models.response import Response as Described

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


def tell_tables(app: OpenAPI) -> None:
    """A call that takes ``format=csv`` answers with a table too, which the library cannot tell from its model."""
    table = MediaType(schema=Schema(type=DataType.STRING))
    for call in (path.get for path in app.paths.values() if path.get is not None):
        for parameter in call.parameters or ():
            choices = getattr(getattr(parameter, "param_schema", None), "enum", None) or ()
            answer = (call.responses or {}).get("200")
            if getattr(parameter, "name", "") == "format" and "csv" in choices and isinstance(answer, Described):
                answer.content = {"text/csv": table, **(answer.content or {})}

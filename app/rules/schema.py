"""The JSON Schemas of ``pack.yaml`` and ``examples.yaml``, for editors; written from the shapes the loader goes by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.rules.shape import ExamplesShape, PackShape, Shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: Mapping[str, type[Shape]] = {"pack": PackShape, "examples": ExamplesShape}


def schema_text(name: str) -> str:
    """The schema of ``pack`` or ``examples`` as the text of its file."""
    schema = {"$schema": DIALECT} | _for_editors(SCHEMAS[name].model_json_schema(by_alias=True))
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _for_editors(schema: Any) -> Any:
    """Without the titles pydantic makes of names, and with free names held to their pattern."""
    if isinstance(schema, list):
        return [_for_editors(each) for each in schema]
    if isinstance(schema, str):
        return schema.replace("``", "`")
    if not isinstance(schema, dict):
        return schema
    plain = {key: _for_editors(each) for key, each in schema.items() if key != "title" or isinstance(each, dict)}
    return plain | ({"additionalProperties": False} if "patternProperties" in plain else {})

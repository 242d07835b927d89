"""The generated half of the Python client: a method for every call, a TypedDict for every schema, from the API itself.

``scripts/write_reference.py`` writes both files; a test fails while they differ from what it would write.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import keyword
import re
import tempfile
from collections.abc import Iterator
from typing import Any

_ABOUT = (
    '"""{about}\n\nWritten by scripts/write_reference.py from the API\'s own description; do not edit it here.\n"""\n'
)
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_GROUPS_LEFT_OUT = frozenset({"hooks"})  # the platforms' own pushes


def spec_and_names() -> tuple[dict[str, Any], dict[tuple[str, str], tuple[str, str]]]:
    """The OpenAPI document, and for each method and path the blueprint and the view."""
    from app.settings import Settings  # noqa: PLC0415
    from app.web.application import create_app  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.model_validate({"data_dir": folder}))
        spec: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
        app.extensions["parts"].db.close()
    names = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        group, _, view = rule.endpoint.partition(".")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if path in spec["paths"] and group not in _GROUPS_LEFT_OUT:
                names[method.lower(), path] = (group, view)
    return spec, names


def answers_module() -> str:
    """A TypedDict for each schema."""
    spec, _ = spec_and_names()
    schemas = spec["components"]["schemas"]
    lines = [_ABOUT.format(about="What the API takes and answers, as types."), "from __future__ import annotations\n"]
    lines.append("from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n")
    for name, schema in sorted(schemas.items()):
        lines += _typed_dict(_class_name(name), schema)
    return "\n".join(lines) + "\n"


def calls_module() -> str:
    """A class for each group of calls, a method for each call."""
    spec, names = spec_and_names()
    groups: dict[str, list[str]] = {}
    for (method, path), (group, view) in sorted(names.items(), key=lambda each: (each[1], each[0])):
        groups.setdefault(group, []).extend(_method(method, path, view, spec))
    lines = [_ABOUT.format(about="A method for every call of the API, grouped as the service groups them.")]
    lines += ["from __future__ import annotations\n", "from collections.abc import Iterator, Mapping"]
    lines += ["from typing import Any, Literal, Protocol, cast", "from urllib.parse import quote\n"]
    lines += ["from weiheng_client import answers\n\n", *_CALL_PROTOCOL]
    for group, methods in groups.items():
        lines += [f"class {_class_name(group.title().replace('_', ''))}(_Group):", f'    """Calls of ``{group}``."""\n']
        lines += methods
        lines.append("")
    lines += ["", "class Calls:", '    """Every group of calls."""\n', "    def __init__(self, call: Call) -> None:"]
    lines += [f"        self.{group} = {_class_name(group.title().replace('_', ''))}(call)" for group in groups]
    return "\n".join(lines) + "\n"


_CALL_PROTOCOL = '''class Call(Protocol):
    """How the client sends a request: retried, with its key, the answer's JSON or bytes."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        key: str | None = None,
    ) -> Any: ...


class _Group:
    def __init__(self, call: Call) -> None:
        self._call = call


def _given(**params: Any) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in params.items() if value is not None}

'''.splitlines()


def _method(method: str, path: str, view: str, spec: dict[str, Any]) -> Iterator[str]:
    operation = spec["paths"][path][method]
    params = operation.get("parameters", [])
    in_path = [each["name"] for each in params if each["in"] == "path"]
    queries = [each for each in params if each["in"] == "query"]
    body = (operation.get("requestBody") or {}).get("content", {}).get("application/json", {}).get("schema")
    answer = _answer(operation, queries, body)
    arguments = [f"{_safe(name)}: str" for name in in_path]
    if body is not None:
        arguments.append(f"body: {_type(body, 'answers.')}")
    named = [f"{_safe(each['name'])}: {_optional(_type(each['schema'], 'answers.'))} = None" for each in queries]
    if method == "post":
        named.append("idempotency_key: str | None = None")
    signature = ", ".join(["self", *arguments, *(["*", *named] if named else [])])
    sent = [f'"{method.upper()}"', _path(path)]
    if queries:
        pairs = [f"{_safe(each['name'])}={_safe(each['name'])}" for each in queries]
        sent.append(f"params=_given({', '.join(pairs)})")
    if body is not None:
        sent.append("json=body")
    if method == "post":
        sent.append("key=idempotency_key")
    yield f"    def {view}({signature}) -> {answer}:"
    yield f'        """{_sentence(operation)}"""'
    call = f"self._call({', '.join(sent)})"
    yield f'        return cast("{answer}", {call})\n'
    if method == "get" and any(each["name"] == "cursor" for each in queries) and not answer.endswith("bytes"):
        yield from _iterator(view, in_path, queries)


def _iterator(view: str, in_path: list[str], queries: list[dict[str, Any]]) -> Iterator[str]:
    rest = [each for each in queries if each["name"] != "cursor"]
    named = [f"{_safe(each['name'])}: {_optional(_type(each['schema'], 'answers.'))} = None" for each in rest]
    positional = [f"{_safe(name)}: str" for name in in_path]
    signature = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    handed = [_safe(name) for name in in_path] + [f"{_safe(each['name'])}={_safe(each['name'])}" for each in rest]
    yield f"    def iter_{view}({signature}) -> Iterator[dict[str, Any]]:"
    yield f'        """Every item of ``{view}``, page after page."""'
    yield "        cursor: Any = None"
    yield "        while True:"
    yield f"            page: Any = self.{view}({', '.join([*handed, 'cursor=cursor'])})"
    yield '            yield from page["items"]'
    yield '            cursor = page.get("next_cursor")'
    yield "            if cursor is None:"
    yield "                return\n"


def _answer(operation: dict[str, Any], queries: list[dict[str, Any]], body: dict[str, Any] | None) -> str:
    told = next((each for status, each in operation["responses"].items() if status.startswith("2")), {})
    content = told.get("content", {})
    if "application/json" not in content:
        return "bytes"
    answer = _type(content["application/json"]["schema"], "answers.")
    is_file = any(each["name"] == "format" for each in queries) or "Evidence" in str(body)
    return f"{answer} | bytes" if is_file else answer


def _typed_dict(name: str, schema: dict[str, Any]) -> Iterator[str]:
    properties = schema.get("properties")
    if properties is None:
        yield f"\n{name}: TypeAlias = {_quoted(_type(schema, ''))}"
        return
    required = set(schema.get("required", []))
    fields = {
        field: _type(each, "") if field in required else f"NotRequired[{_type(each, '')}]"
        for field, each in properties.items()
    }
    about = " ".join((schema.get("description") or name).split()).replace('"""', "'''")
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in fields):
        yield f"\n\nclass {name}(TypedDict):"
        yield f'    """{_cut(about)}"""\n'
        yield from (f"    {field}: {type_}" for field, type_ in fields.items())
        return
    yield f"\n{name} = TypedDict("
    yield f'    "{name}",'
    yield "    {" + ", ".join(f'"{field}": {_quoted(type_)}' for field, type_ in fields.items()) + "},"
    yield ")"


def _type(schema: dict[str, Any], prefix: str) -> str:  # noqa: PLR0911 - one return a form of schema
    if "$ref" in schema:
        return prefix + _class_name(schema["$ref"].rpartition("/")[2])
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return f"Literal[{', '.join(map(_literal, values))}]"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " | ".join(dict.fromkeys(_type(each, prefix) for each in schema[word]))
    if len(schema.get("allOf", [])) == 1:
        return _type(schema["allOf"][0], prefix)
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_PLAIN.get(each, "Any") for each in kind)
    if kind == "array":
        return f"list[{_type(schema.get('items') or {}, prefix)}]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {_type(more, prefix) if isinstance(more, dict) else 'Any'}]"
    return _PLAIN.get(kind or "", "Any")


def _path(path: str) -> str:
    if "{" not in path:
        return f'"{path}"'
    return 'f"' + re.sub(r"\{(\w+)\}", lambda name: "{quote(" + _safe(name[1]) + ", safe='')}", path) + '"'


def _sentence(operation: dict[str, Any]) -> str:
    said = (operation.get("description") or operation["summary"]).replace("<br/>", " ")
    first = re.split(r"(?<=[.;])\s", " ".join(said.split()))[0].rstrip(";.") + "."
    return _cut(first.replace('"', "'").replace("\\", ""))


def _cut(text: str) -> str:
    return text if len(text) <= 100 else text[:99].rsplit(" ", 1)[0] + " …"  # noqa: PLR2004 - what fits on a line


def _optional(type_: str) -> str:
    return type_ if type_ == "Any" or "None" in type_.split(" | ") else f"{type_} | None"


def _literal(value: object) -> str:
    return "None" if value is None else f'"{value}"' if isinstance(value, str) else repr(value)


def _quoted(type_: str) -> str:
    return f"'{type_}'"


def _class_name(name: str) -> str:
    return re.sub(r"\W", "", name)


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name

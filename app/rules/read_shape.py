"""Holds a document to its shape, and says of whatever does not fit where it stands and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from app.errors import Problem
from app.rules.positions import Document, Path
from app.rules.shape import PATTERNS, Shape

S = TypeVar("S", bound=Shape)

_EXPECTED = {
    "int_type": "a whole number",
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "date_type": "a day of the calendar such as 2026-02-01",
}


def read_shape(document: Document, shape: type[S]) -> S | list[Problem]:
    """The document as that shape, or what is wrong with it, each with its line."""
    try:
        return shape.model_validate(document.data)
    except ValidationError as error:
        return list(_problems(document, error, shape))


def _problems(document: Document, error: ValidationError, shape: type[Shape]) -> Iterator[Problem]:
    details = [(_path(document, detail["loc"]), detail) for detail in error.errors(include_url=False)]
    unknown = [path for path, detail in details if detail["type"] == "extra_forbidden"]
    wrong: dict[Path, list[Mapping[str, Any]]] = {}  # several for a value of which several types were tried
    for path, detail in details:
        if detail["type"] == "extra_forbidden":
            yield Problem(str(document.key_place(path)), f"unknown key {_said(path)!r}", _known_keys(shape, path))
        elif detail["type"] == "missing":
            if not _is_misspelt(path, unknown):
                expected = f"the key {path[-1]!r}: {_meaning(shape, path)}"
                yield Problem(str(document.key_place(path[:-1])), f"{_said(path)!r} is missing", expected)
        elif detail["loc"] and detail["loc"][-1] == "[key]":
            yield Problem(str(document.key_place(path)), f"{_said(path)!r} cannot be a name here", _expected(detail))
        else:
            wrong.setdefault(path, []).append(detail)
    for path, found in wrong.items():
        right_type = [each for each in found if not each["type"].endswith("_type")]
        wanted = " or ".join(dict.fromkeys(_expected(each) for each in right_type or found))
        if not path:
            wanted = f"a mapping with {', '.join(shape.model_fields)}"
        yield Problem(str(document.place(path)), f"{_said(path)!r} has the wrong value", wanted)


def _is_misspelt(path: Path, unknown: list[Path]) -> bool:
    """Whether the key that is missing stands there in another spelling, which is told already."""
    beside = [str(each[-1]) for each in unknown if each[:-1] == path[:-1]]
    return bool(get_close_matches(str(path[-1]), beside, n=1))


def _said(path: Path) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _expected(detail: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one return a kind of mistake
    context = detail.get("ctx", {})
    match detail["type"]:
        case "literal_error":
            choices = [choice.strip("'") for choice in context["expected"].replace(" or ", ", ").split(", ")]
            near = get_close_matches(str(detail["input"]), choices, n=1)
            return f"{near[0]!r}, did you mean that?" if near else ", ".join(choices)
        case "string_pattern_mismatch":
            return PATTERNS[context["pattern"]]
        case "value_error":
            return str(context["error"])
        case "string_too_short" | "string_too_long":
            return "a text that is not empty" if "min_length" in context else f"at most {context['max_length']} letters"
        case "too_short" | "too_long":
            return "at least one entry" if "min_length" in context else f"at most {context['max_length']:,} entries"
        case "greater_than_equal" | "less_than_equal":
            return f"a number from {context['ge']}" if "ge" in context else f"a number up to {context['le']}"
        case kind:
            return _EXPECTED.get(kind, str(detail["msg"]))


def _path(document: Document, loc: tuple[int | str, ...]) -> Path:
    """Pydantic's location without the names of the union branches it tried."""
    path: Path = ()
    value = document.data
    for step, part in enumerate(loc):
        is_last = step == len(loc) - 1
        if isinstance(value, dict) and (part in value or (is_last and part != "[key]")):
            path, value = (*path, part), value.get(part) if isinstance(part, str) else None
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path, value = (*path, part), value[part]
    return path


def _known_keys(shape: type[Shape], path: Path) -> str:
    """What may stand where that key does, or the one that was probably meant."""
    known = [each.alias or name for name, each in _model_at(shape, path[:-1]).model_fields.items()]
    near = get_close_matches(str(path[-1]), known, n=1)
    return f"{near[0]!r}, did you mean that?" if near else f"one of {', '.join(known)}"


def _meaning(shape: type[Shape], path: Path) -> str:
    fields = _model_at(shape, path[:-1]).model_fields
    found = next(each for name, each in fields.items() if (each.alias or name) == path[-1])
    return (found.description or "").rstrip(".")


def _model_at(shape: type[Shape], path: Path) -> type[Shape]:
    """The shape of the mapping at that path; keys of free names and list positions change nothing."""
    for part in path:
        for name, each in shape.model_fields.items():
            if (each.alias or name) == part:
                shape = next(_shapes(each.annotation), shape)
                break
    return shape


def _shapes(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for argument in get_args(annotation):
        yield from _shapes(argument)

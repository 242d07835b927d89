"""What a call expected where a request does not fit its model, in words: Pydantic says only what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel

_NAMES_MAX = 40
_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "missing": lambda _: "a value; the field must be sent",
        "string_type": lambda _: "a text",
        "string_too_long": lambda ctx: f"at most {ctx['max_length']} characters",
        "string_too_short": lambda ctx: f"at least {ctx['min_length']} characters",
        "string_pattern_mismatch": lambda ctx: f"a text that matches {ctx['pattern']}",
        "int_type": lambda _: "a whole number",
        "int_parsing": lambda _: "a whole number",
        "int_from_float": lambda _: "a whole number",
        "int_parsing_size": lambda _: "a smaller number",
        "bool_type": lambda _: "true or false",
        "bool_parsing": lambda _: "true or false",
        "list_type": lambda _: "a list",
        "dict_type": lambda _: "an object",
        "model_type": lambda _: "an object",
        "model_attributes_type": lambda _: "an object",
        "json_invalid": lambda _: "JSON",
        "greater_than_equal": lambda ctx: f"{ctx['ge']} or more",
        "greater_than": lambda ctx: f"more than {ctx['gt']}",
        "less_than_equal": lambda ctx: f"{ctx['le']} or less",
        "less_than": lambda ctx: f"less than {ctx['lt']}",
        "too_long": lambda ctx: f"at most {ctx['max_length']} of them",
        "too_short": lambda ctx: f"at least {ctx['min_length']} of them",
    }
)


def problem_of(title: str, entry: Mapping[str, Any]) -> tuple[str, str]:
    """One of Pydantic's findings in the model of this name: what is wrong, and what was expected.

    A check of ours raises ``ValueError("what is wrong; expected: what")``, or only the former where that says it all.
    """
    wrong, _, said = entry["msg"].removeprefix("Value error, ").partition("; expected: ")
    return wrong, said or _expected(title, entry)


def _expected(title: str, entry: Mapping[str, Any]) -> str:
    ctx = entry.get("ctx", {})
    if entry["type"] == "extra_forbidden":
        return _one_of(_names(title, entry["loc"][:-1]), str(entry["loc"][-1]))
    say = _BY_TYPE.get(entry["type"])
    return say(ctx) if say else str(ctx.get("expected", ""))


def _one_of(names: Sequence[str], given: str) -> str:
    if not names:
        return "no such field"
    near = get_close_matches(given, names, n=1)
    listed = ", ".join(names[:_NAMES_MAX]) + (", …" if len(names) > _NAMES_MAX else "")
    return f"{near[0]} perhaps; fields are {listed}" if near else f"one of {listed}"


def _names(title: str, path: Sequence[str | int]) -> list[str]:
    """Names of the fields of the model that stands at this place in the model of that name."""
    here = [model for model in [_models().get(title)] if model is not None]
    for step in path:
        if isinstance(step, int):
            continue
        named = [model for model in here if model.__name__ == step]  # of a union, Pydantic names the member
        inside = [each for model in here if step in model.model_fields for each in _inside(model, step)]
        here = inside or named or here
    return [name for model in here for name in model.model_fields]


def _inside(model: type[BaseModel], field: str) -> Iterator[type[BaseModel]]:
    waiting: list[Any] = [model.model_fields[field].annotation]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, BaseModel):
            yield each
        else:
            waiting += get_args(each)


@cache
def _models() -> dict[str, type[BaseModel]]:
    """Every model of the service by name; asked for when a request is refused, so all are loaded."""
    found, waiting = dict[str, type[BaseModel]](), [BaseModel]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            if model.__module__.startswith("app."):
                found.setdefault(model.__name__, model)
    return found

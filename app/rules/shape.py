"""The shape of ``pack.yaml`` and ``examples.yaml`` as pydantic reads them, before anything is looked up or compiled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from app.errors import Problem
from app.rules.positions import Document, Path
from app.rules.units import KNOWN_UNITS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,60}$")]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{0,20}-[0-9]{2,4}[a-z]?$")]
Said = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Texts = Annotated[list[Said], Field(min_length=1, max_length=200)]
Origin = Annotated[str, StringConstraints(pattern=r"^(seed|engineering|(law|platform):.{1,200})$")]
Confidence = Literal["官方", "SDK", "法条", "社区", "二手", "自证", "记忆"]


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    return date.fromisoformat(value)  # a ValueError becomes a validation error


Day = Annotated[date, BeforeValidator(_day)]
Span = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}[mhd]$")]
OneOrMore = Annotated[
    list[Said], BeforeValidator(lambda value: [value] if isinstance(value, str) else value), Field(min_length=1)
]


class Shape(BaseModel):
    """Strict, and nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReferenceShape(Shape):
    """A law article or platform page, and how sure the project is of it."""

    text: Said
    confidence: Confidence
    url: Said | None = None


class ParameterShape(Shape):
    """A named threshold or list with its origin."""

    default: Annotated[int, Field(ge=-(10**15), le=10**15)] | bool | Said | Texts
    unit: Literal[KNOWN_UNITS]  # type: ignore[valid-type]
    origin: Origin
    note: Said | None = None


class EffectiveShape(Shape):
    """From when the rule holds (Beijing midnight) and when it has to be looked at again."""

    from_: Day = Field(alias="from")
    review_by: Day


class ShareShape(Shape):
    """For which stable share of subjects a live rule acts."""

    bp: Annotated[int, Field(ge=0, le=10_000)]
    by: Literal["subject"] = "subject"


class BandShape(Shape):
    """Between which firing rates a rule is believed."""

    window: Span
    min_evaluations: Annotated[int, Field(ge=1, le=10**9)] = 500
    low_bp: Annotated[int, Field(ge=0, le=10_000)] = 0
    high_bp: Annotated[int, Field(ge=0, le=10_000)] = 10_000


class RuleShape(Shape):
    """One rule."""

    id: RuleId
    title: Said
    on: OneOrMore
    status: Literal["draft", "shadow", "live", "retired"]
    effective: EffectiveShape
    references: Annotated[list[Said], Field(min_length=1)]
    when: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    then: Annotated[list[str | dict[str, Any]], Field(min_length=1, max_length=10)]
    reason: Said
    missing: Literal["review", "skip"] = "review"
    share: ShareShape | None = None
    band: BandShape | None = None
    note: Said | None = None


class PackShape(Shape):
    """A whole ``pack.yaml``."""

    pack: Name
    title: Said
    owner: Said
    references: dict[Name, ReferenceShape]
    parameters: dict[ParameterName, ParameterShape] = {}
    rules: Annotated[list[RuleShape], Field(min_length=1, max_length=1_000)]


class ExampleShape(Shape):
    """The facts of one event and, for the side ``unknown``, the facts that are to be named as missing."""

    name: Said
    facts: dict[str, Any]
    on: Said | None = None
    now: Said | None = None
    missing: list[Said] | None = None
    decision: Said | None = None


class SidesShape(Shape):
    """Examples of one rule: it fires, it is quiet, it cannot be known."""

    fires: list[ExampleShape] = []
    quiet: list[ExampleShape] = []
    unknown: list[ExampleShape] = []


class ExamplesShape(Shape):
    """A whole ``examples.yaml``."""

    examples: dict[str, SidesShape]


S = TypeVar("S", bound=Shape)

_EXPECTED = {
    "missing": "the key",
    "int_type": "a whole number",
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def read_shape(document: Document, shape: type[S]) -> S | list[Problem]:
    """The document as that shape, or what is wrong with it, each with its line."""
    try:
        return shape.model_validate(document.data)
    except ValidationError as error:
        return list(_problems(document, error, shape))


def _problems(document: Document, error: ValidationError, shape: type[Shape]) -> Iterator[Problem]:
    said: set[str] = set()
    for detail in error.errors(include_url=False):
        path = _path(document, detail["loc"])
        name = ".".join(str(part) for part in path) or "the file"
        kind = detail["type"]
        if kind == "extra_forbidden":
            near = get_close_matches(str(path[-1]), sorted(_keys(shape)), n=1)
            expected = f"{near[0]!r}, did you mean that?" if near else "a known key"
            yield Problem(str(document.key_place(path)), f"unknown key {name!r}", expected)
        elif kind == "missing":
            yield Problem(str(document.key_place(path[:-1])), f"{name!r} is missing", "the key")
        elif name not in said:  # one problem for a value of which several types were tried
            said.add(name)
            place = str(document.place(path))
            yield Problem(place, f"{name!r} has the wrong value", _EXPECTED.get(kind, detail["msg"]))


def _path(document: Document, loc: tuple[int | str, ...]) -> Path:
    """Pydantic's location without the names of the union branches it tried."""
    path: Path = ()
    value = document.data
    for step, part in enumerate(loc):
        is_last = step == len(loc) - 1
        if isinstance(value, dict) and (part in value or is_last):
            path, value = (*path, part), value.get(part) if isinstance(part, str) else None
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path, value = (*path, part), value[part]
    return path


def _keys(shape: type[Shape]) -> set[str]:
    """All keys that stand somewhere in the shape."""
    found: set[str] = set()
    for model in (shape, *_ALL):
        found |= {each.alias or name for name, each in model.model_fields.items()}
    return found


_ALL = (
    PackShape,
    RuleShape,
    ShareShape,
    BandShape,
    ParameterShape,
    ReferenceShape,
    EffectiveShape,
    ExampleShape,
    SidesShape,
)

"""The field types requests are built of: texts, identifiers, instants and free maps, each checked as it is read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema

from app.text.personal_data import find_personal_data, redact
from app.values.given_instants import DAY_EXPECTED, EXPECTED, read_day, read_instant
from app.values.identifiers import EXPECTED as AN_IDENTIFIER
from app.values.identifiers import PATTERN, misfit

TEXT_MAX = 100_000
STAMP_MAX = 2**31 - 1


def no_control(value: str) -> str:
    """The text, which holds no control character; raises ValueError."""
    if any(character < " " or character == "\x7f" for character in value):
        raise ValueError("holds control characters; expected: none")
    return value


def identifier(value: str) -> str:
    """The text, which is an identifier as ``app.values.identifiers`` has it; raises ValueError."""
    if (wrong := misfit(value)) is not None:
        raise ValueError(f"{wrong}; expected: {AN_IDENTIFIER}")
    return value


def no_nul(value: str) -> str:
    """The text, which holds no NUL; raises ValueError."""
    if "\x00" in value:
        raise ValueError("holds a NUL character; expected: none")
    return value


def starred(value: str) -> str:
    """The text with personal data in it starred: reasons stand in audit rows, which can never be changed again."""
    return redact(value, found) if (found := find_personal_data(value)) else value


def _instant(value: object) -> datetime:
    at = read_instant(value)
    if at is None or "T" not in str(value).upper():
        raise ValueError(f"is no instant; expected: {EXPECTED}")
    return at


def _day(value: object) -> date:
    day = read_day(value)
    if day is None:
        raise ValueError(f"is no day; expected: {DAY_EXPECTED}")
    return day


def _no_nul_inside(value: Any) -> Any:
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            no_nul(each)
        elif isinstance(each, dict):
            stack += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            stack += each
    return value


Named = AfterValidator(identifier)
_AS_PATTERN: dict[str, JsonValue] = {"pattern": PATTERN}
Id = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_AS_PATTERN), Named]
ShopId = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra=_AS_PATTERN), Named]
Text = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(no_nul)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]
QueryInstant = Annotated[
    datetime,
    BeforeValidator(lambda text: _instant(text.replace(" ", "+") if isinstance(text, str) else text)),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation"),
]
"""An instant in an address, where a plus that was not escaped arrives as a space."""
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")]
Reason = Annotated[
    str, Field(min_length=1, max_length=2_000, pattern=r"\S"), AfterValidator(no_nul), AfterValidator(starred)
]
Suggestion = Annotated[
    str, Field(min_length=1, max_length=4_000, pattern=r"\S"), AfterValidator(no_nul), AfterValidator(starred)
]
SNAPSHOT_ID = r"^sha256:[0-9a-f]{64}$"
FreeMap = Annotated[dict[str, JsonValue], Field(max_length=200), AfterValidator(_no_nul_inside)]


class Contract(BaseModel):
    """Base of requests: exact types, unknown fields refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

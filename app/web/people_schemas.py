"""What comes in about people over HTTP, read by pydantic and left behind at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema, model_validator

from app.vault import holds, requests
from app.vault.fields import FIELD_KINDS, VALUE_MAX
from app.vault.purposes import PURPOSES
from app.web.schema_fields import Contract, Id, Instant, Reason, ShopId, no_nul


def _one_of(names: Collection[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in names:
            raise ValueError(f"unknown; expected: one of {', '.join(names)}")
        return value

    return AfterValidator(check)


def _listed(names: Collection[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(names)})


FieldName = Annotated[str, _one_of(FIELD_KINDS), _listed(FIELD_KINDS)]
PurposeName = Annotated[str, _one_of(PURPOSES), _listed(PURPOSES)]
Value = Annotated[str, Field(max_length=VALUE_MAX), AfterValidator(no_nul)]


class PersonPath(BaseModel):
    """Which person: ``kind:id``."""

    person: Id


class PutPersonIn(Contract):
    """Fields to store; null removes one. ``keep_until`` and ``keep_basis``: how long a law keeps them, and which."""

    shop_id: ShopId | None = None
    fields: dict[FieldName, Value | None] = Field(min_length=1)
    keep_until: Instant | None = None
    keep_basis: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_nul)] | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> PutPersonIn:
        if (self.keep_until is None) != (self.keep_basis is None):
            raise ValueError("keep_until and keep_basis are given together")
        return self


class SearchPeopleIn(Contract):
    """A value to find people by; it is normalised like the stored one."""

    field: FieldName
    value: Annotated[str, Field(min_length=1, max_length=VALUE_MAX), AfterValidator(no_nul)]


class RevealIn(Contract):
    """Which fields in full (none named: all), for which purpose, and why."""

    fields: list[FieldName] = Field(default_factory=list, max_length=len(FIELD_KINDS))
    purpose: PurposeName
    reason: Reason


class ExportQuery(BaseModel, extra="forbid"):
    """For which purpose, and why; as an earlier version took them. What is in an address ends up in logs on the way."""

    purpose: PurposeName
    reason: Reason


class ExportIn(Contract):
    """For which purpose, and why."""

    purpose: PurposeName
    reason: Reason


class EraseIn(Contract):
    """Who asked for it, or why."""

    reason: Reason


class EraseQuery(BaseModel, extra="forbid"):
    """Who asked for it, or why; better sent in the body, because what is in an address ends up in logs on the way."""

    reason: Reason | None = None


class RequestIn(Contract):
    """What a person asks for. ``note`` is sealed; ``received_at`` is now where it is left out."""

    kind: Annotated[str, _one_of(requests.KINDS), _listed(requests.KINDS)]
    channel: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(no_nul)]
    note: Annotated[str, Field(max_length=VALUE_MAX), AfterValidator(no_nul)] | None = None
    received_at: Instant | None = None


class RequestPath(BaseModel):
    """Which request."""

    request_id: Id


class RequestQuery(BaseModel, extra="forbid"):
    """Which requests, and how many."""

    state: Literal["open", "answered", "refused"] | None = None
    limit: int = Field(50, ge=1, le=200)


class AnswerIn(Contract):
    """What was done, in words the person was told."""

    outcome: Annotated[str, _one_of(requests.OUTCOMES), _listed(requests.OUTCOMES)]
    answer: Reason


class ExtendIn(Contract):
    """Why it takes longer, as the person was told."""

    reason: Reason


class HoldIn(Contract):
    """What to hold, why, who answers for it, and until when."""

    object_type: Annotated[str, _one_of(holds.TYPES), _listed(holds.TYPES)]
    object_id: Id
    reason: Reason
    owner: Annotated[str, Field(min_length=1, max_length=128, pattern=r"\S"), AfterValidator(no_nul)]
    ends_at: Instant


class HoldPath(BaseModel):
    """Which hold."""

    hold_id: Id


class HoldQuery(BaseModel, extra="forbid"):
    """Those in force, or all; and how many."""

    state: Literal["active", "all"] = "active"
    limit: int = Field(50, ge=1, le=200)

"""What goes out over HTTP about segments and the funnel: models for the OpenAPI page."""

from __future__ import annotations

from typing import Any

from flask_openapi3.models.media_type import MediaType
from flask_openapi3.models.schema import Schema
from pydantic import BaseModel, ConfigDict, Field

_TEXT = MediaType(media_type_schema=Schema(type="string"))
_OR_CSV = ConfigDict(openapi_extra={"content": {"text/csv": _TEXT}})  # type: ignore[typeddict-unknown-key]


class SegmentAnswer(BaseModel):
    """One segment of a shop. ``of_three_bp`` is among the three with a target; ``is_off`` null: too few to compare."""

    segment: str
    title: str
    count: int
    of_all_bp: int
    of_three_bp: int | None
    target_bp: int | None
    is_off: bool | None
    treatments: list[str]


class ShopSegments(BaseModel):
    """A shop's segments as of its last run; ``moved``: people who moved in it."""

    shop_id: str
    as_of: str
    is_full: bool
    people: int
    moved: int
    segments: list[SegmentAnswer]


class SegmentReport(BaseModel):
    """Every shop's segments."""

    model_config = _OR_CSV

    items: list[ShopSegments]
    next_cursor: str | None


class ConditionAnswer(BaseModel):
    """One condition of a segment; ``holds`` null: the figure was never told."""

    segment: str
    figure: str
    value: int | None
    wanted: str
    holds: bool | None


class MoveAnswer(BaseModel):
    """One entry of a history; ``from`` null: the first segment."""

    at: str
    from_: str | None = Field(alias="from")
    to: str
    figures: dict[str, Any] | None


class StandsAnswer(BaseModel):
    """Where a person stands in a shop."""

    shop_id: str
    segment: str
    title: str
    since_at: str
    as_of: str
    treatments: list[str]
    figures: dict[str, Any]
    why: list[ConditionAnswer]
    history: list[MoveAnswer]


class PersonSegments(BaseModel):
    """A person's segments, under the pseudonym they stand by."""

    person: str
    items: list[StandsAnswer]


class MovePage(BaseModel):
    """People who moved, the newest first, under their pseudonyms."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class TriedAnswer(BaseModel):
    """A what-if; ``from_stored``: worked out from the last run's figures."""

    shop_id: str
    as_of: str
    from_stored: bool
    before: dict[str, int]
    after: dict[str, int]
    moves: list[dict[str, Any]]


class FunnelStepAnswer(BaseModel):
    """One step of the funnel; ``conversion_bp`` null: nobody was told of the step before."""

    step: str
    title: str
    people: int
    from_before: int | None
    conversion_bp: int | None
    passed_all: int


class MonthShareAnswer(BaseModel):
    """A month's sales by whose channel; ``share_bp`` is of what has a channel."""

    month: str
    gmv_fen: int
    private_fen: int
    unknown_fen: int
    share_bp: int | None
    growth_bp: int | None
    is_over_limit: bool | None


class FunnelAnswer(BaseModel):
    """The funnel of a shop over a span, and its share of own channels by month."""

    model_config = _OR_CSV

    shop_id: str
    from_at: str
    to_at: str
    steps: list[FunnelStepAnswer]
    months: list[MonthShareAnswer]
    start_bp: int
    target_bp: int
    month_limit_bp: int

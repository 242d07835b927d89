"""What the dashboard answers with, for the OpenAPI page."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FigureSpan(BaseModel):
    """A span of whole hours."""

    from_at: str
    to_at: str


class FigureTotal(BaseModel):
    """A figure of the span, and of the span before; null where there was nothing to work it out from."""

    value: int | None
    before: int | None


class FigureStep(BaseModel):
    """The figures of one hour or day."""

    model_config = ConfigDict(extra="allow")

    at: str


class FigureRow(BaseModel):
    """One category, rule, officer or shop with its figures; `…_before` is the span before."""

    model_config = ConfigDict(extra="allow")


class QueueAge(BaseModel):
    """How many open cases are at most so old, and older than the line before; null: no bound."""

    up_to_minutes: int | None
    count: int


class QueueNow(BaseModel):
    """The queue as it stands; counted up to 10,000."""

    waiting: int
    late: int
    oldest_opened_at: str | None
    ages: list[QueueAge]


class DashboardAnswer(BaseModel):
    """Figures of a span, whole, by step, and by what they are made of."""

    from_at: str
    to_at: str
    step: str = Field(description="hour or day")
    compared_with: FigureSpan
    counted_at: str | None = Field(description="when the running hour was counted last")
    is_complete: bool = Field(description="false while hours of the span are still to be counted")
    narrowed_to: dict[str, str]
    totals: dict[str, FigureTotal]
    series: list[FigureStep]
    categories: list[FigureRow]
    rules: list[FigureRow]
    officers: list[FigureRow]
    shops: list[FigureRow]
    queue: QueueNow

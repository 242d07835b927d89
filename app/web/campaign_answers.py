"""What comes in and goes out about campaigns, for the OpenAPI page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.web.answers import FiringAnswer, Ladder, SignedAnswer  # noqa: F401 - a firing names it, and so must we
from app.web.definition_schemas import SignedText
from app.web.schema_fields import Contract, FreeMap, Instant, ShopId

_Facts = Annotated[list[FreeMap], Field(max_length=200)]
_Parameter = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}\.[a-z][a-z0-9_]{0,60}$")]


class CampaignCheckIn(Contract):
    """A whole campaign before it starts: the facts of each part as its event would carry them."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "shop_id": "shop-7",
                "campaign": {"campaign_id": "c-1", "type": "full_reduction", "carrier": "shop"},
                "coupons": [{"coupon_id": "k-1", "type": "full_reduction", "threshold_fen": 6500, "amount_fen": 1000}],
            }
        }
    )

    shop_id: ShopId
    campaign: FreeMap | None = None
    coupons: _Facts | None = None
    prices: _Facts | None = None
    comparisons: _Facts | None = None
    contests: _Facts | None = None
    rewards: _Facts | None = None
    topups: _Facts | None = None
    points: _Facts | None = None
    products: _Facts | None = None
    venues: _Facts | None = None
    figures: FreeMap | None = None
    now: Instant | None = None


class CampaignWhatIfIn(Contract):
    """Parameters (``pack.name``) with the values to try, and on which period's campaigns."""

    parameters: dict[_Parameter, int | bool | SignedText | list[SignedText]] = Field(min_length=1, max_length=20)
    from_at: Instant
    to_at: Instant
    shop_ids: list[ShopId] | None = Field(None, min_length=1, max_length=1_000)


class RemediedFiring(FiringAnswer):
    """A firing with what to change."""

    remedy: str | None = None


class StandingFiring(RemediedFiring):
    """A firing that stands, with the event it comes from."""

    kind: str
    subject: str
    at: str


class CampaignItem(BaseModel):
    """A campaign's own columns, its state now, and what the rules' word of it is since it was last told."""

    model_config = ConfigDict(extra="allow")

    campaign_id: str
    shop_id: str
    state: Literal["planned", "running", "ended"]
    type: str | None
    title: str | None
    decision: Ladder
    firings: list[StandingFiring]
    reset_count: int


class CampaignPage(BaseModel):
    """A page of campaigns."""

    items: list[CampaignItem]
    next_cursor: str | None


class CampaignAnswer(CampaignItem):
    """A campaign whole: what belongs to it, every judgement, its figures now and by day, and their limits."""

    coupons: list[dict[str, Any]]
    contests: list[dict[str, Any]]
    judgements: list[dict[str, Any]]
    figures: dict[str, int | None]
    limits: dict[str, int | None]
    days: list[dict[str, Any]]


class CheckedPart(BaseModel):
    """One part of a campaign as the rules judge it; ``figures`` are those the service worked out."""

    part: str
    kind: str
    subject: str | None
    decision: Ladder
    firings: list[RemediedFiring]
    doubts: list[str]
    figures: dict[str, int | None]


class CampaignCheckAnswer(BaseModel):
    """The hardest word on all parts, and each part's; nothing was stored."""

    shop_id: str
    now: str
    decision: Ladder
    parts: list[CheckedPart]
    snapshot: str


class CampaignWhatIfAnswer(BaseModel):
    """A backtest's report over campaigns; ``looked_at`` counts campaigns, coupons, contests and goods with prices."""

    model_config = ConfigDict(extra="allow")

    parameters: dict[str, Any]
    from_at: str
    to_at: str
    looked_at: int
    changed: int
    decisions: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    samples: list[dict[str, Any]]

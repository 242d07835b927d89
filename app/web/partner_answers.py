"""What goes out about suppliers and service providers, for the OpenAPI page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from app.models import ProviderAppeal, ProviderBadge, ProviderRating, SupplierRank

_RANK = (
    "day",
    "tier",
    "place",
    "pool_count",
    "rank_bp",
    "score_bp",
    "fulfilment_bp",
    "sales_place_bp",
    "order_count",
    "due_count",
    "met_count",
    "oversold_count",
    "sales_fen",
    "why",
    "ranked_at",
    "rules_snapshot",
)


class SupplierItem(BaseModel):
    """A supplier with its newest rank; ``why`` says what was lacking where it has no place."""

    shop_id: str
    supplier_id: str
    name: str | None
    day: str
    tier: Literal["strategic", "distributor", "local"] | None
    assigned_tier: str | None
    place: int | None
    pool_count: int
    rank_bp: int | None
    score_bp: int | None
    fulfilment_bp: int | None
    sales_place_bp: int | None
    order_count: int
    due_count: int
    met_count: int
    oversold_count: int
    sales_fen: int
    why: Literal["too_few_orders", "no_deadlines", "too_few_suppliers"] | None


class SupplierPage(BaseModel):
    """A page of suppliers."""

    items: list[SupplierItem]
    next_cursor: str | None


class SupplierAnswer(BaseModel):
    """A supplier with its ranks, the newest first."""

    shop_id: str
    supplier_id: str
    name: str | None
    serves: str | None
    assigned_tier: str | None
    assigned_at: str | None
    exclusive_line: bool | None
    daily_capacity_count: int | None
    ranks: list[dict[str, Any]]


class ProviderItem(BaseModel):
    """A provider of a shop with the rating that holds."""

    provider_id: str
    shop_id: str
    name: str | None
    provider_type: str | None
    contract_id: str | None
    contract_starts_at: str | None
    contract_ends_at: str | None
    contract_scopes: list[str] | None
    data_agreement_ref: str | None
    agreement_ref: str | None
    license_verified_at: str | None
    commission_bp: int | None
    commission_from_at: str | None
    score: int | None
    grade: Literal["A", "B", "C", "D"] | None
    service_score: int | None
    fulfilment_score: int | None
    innovation_score: int | None
    sample_count: int | None
    in_force_at: str | None
    has_badge: bool


class ProviderPage(BaseModel):
    """A page of providers."""

    items: list[ProviderItem]
    next_cursor: str | None


class RatingAnswer(BaseModel):
    """A rating: held for a person, in force, refused, or revoked by an appeal."""

    rating_id: str
    shop_id: str
    provider_id: str
    rated_at: str
    rated_by: str
    service_score: int | None
    fulfilment_score: int | None
    innovation_score: int | None
    sample_count: int
    newest_at: str | None
    score: int | None
    grade: str | None
    grade_before: str | None
    reason: str
    state: Literal["held", "in_force", "refused", "revoked"]
    held_by: str | None
    in_force_at: str | None
    appeal_until_at: str
    decided_by: str | None
    decided_at: str | None
    decided_why: str | None
    rules_snapshot: str


class RatingAppealAnswer(BaseModel):
    """An appeal against a rating."""

    appeal_id: str
    shop_id: str
    provider_id: str
    rating_id: str
    text: str
    evidence_ref: str | None
    state: Literal["waiting", "upheld", "dismissed"]
    asked_by: str
    asked_at: str
    due_at: str
    decided_by: str | None
    decided_at: str | None
    decided_why: str | None


class AppealPage(BaseModel):
    """Appeals, the next due first."""

    items: list[RatingAppealAnswer]
    next_cursor: str | None


class BadgeAnswer(BaseModel):
    """A badge, from when it was given until it was taken away."""

    badge_id: str
    shop_id: str
    provider_id: str
    granted_at: str
    granted_by: str
    granted_why: str
    lapsed_at: str | None
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class ProviderAnswer(ProviderItem):
    """A provider with its ratings, badges and appeals, the newest first."""

    ratings: list[RatingAnswer]
    badges: list[BadgeAnswer]
    appeals: list[RatingAppealAnswer]


def rank_answer(row: SupplierRank) -> dict[str, Any]:
    """A rank as plain JSON."""
    return {name: getattr(row, name) for name in _RANK}


def rating_answer(row: ProviderRating) -> dict[str, Any]:
    """A rating as plain JSON."""
    return {"rating_id": row.id} | _own(row, RatingAnswer)


def appeal_answer(row: ProviderAppeal) -> dict[str, Any]:
    """An appeal as plain JSON."""
    return {"appeal_id": row.id} | _own(row, RatingAppealAnswer)


def badge_answer(row: ProviderBadge) -> dict[str, Any]:
    """A badge as plain JSON."""
    return {"badge_id": row.id} | _own(row, BadgeAnswer)


def _own(row: object, answer: type[BaseModel]) -> dict[str, Any]:
    """The row's columns of the names that the answer has."""
    return {name: getattr(row, name) for name in answer.model_fields if hasattr(row, name)}

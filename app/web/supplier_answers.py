"""What is asked and answered about suppliers over many shops, and under other numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.web.schema_fields import Contract, Instant, ShopId

_Tier = Literal["strategic", "distributor", "local", "none"]


class SupplierWhatIfIn(Contract):
    """Numbers to try, of which shop (all of the key's, if left out), and as of when."""

    parameters: dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], int] = Field(min_length=1, max_length=7)
    shop_id: ShopId | None = None
    as_of: Instant | None = None


class SupplierMove(BaseModel):
    """A supplier that would be in another tier."""

    shop_id: str
    supplier_id: str
    before: _Tier
    after: _Tier
    assigned_tier: str | None
    is_judged: bool


class SupplierWhatIfAnswer(BaseModel):
    """Suppliers by tier before and after; ``judged_differently`` counts those whose assigned tier is judged anew."""

    as_of: str
    looked_at: int
    judged_differently: int
    before: dict[str, int]
    after: dict[str, int]
    moves: list[SupplierMove]


class AcrossItem(BaseModel):
    """A supplier over shops; the last three count the shops in which it has that tier."""

    supplier_id: str
    shop_count: int
    order_count: int
    due_count: int
    met_count: int
    oversold_count: int
    sales_fen: int
    fulfilment_bp: int | None
    strategic_count: int
    distributor_count: int
    local_count: int


class AcrossPage(BaseModel):
    """A page of suppliers over shops."""

    items: list[AcrossItem]
    next_cursor: str | None

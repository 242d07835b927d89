"""What comes in over HTTP about claims and the fund."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.flows.decide_claim import GROUNDS
from app.money.causes import CAUSES
from app.money.ledger import MAX_FEN
from app.values.identifiers import PATTERN
from app.web.schema_fields import Contract, Day, Id, Named, Reason, ShopId, no_nul, starred

Fen = Annotated[int, Field(ge=1, le=MAX_FEN)]
OrderId = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra={"pattern": PATTERN}), Named]
TransferId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_.-]{1,64}$")]
CauseName = Annotated[str, Field(pattern=f"^({'|'.join(CAUSES)})$")]
Term = Annotated[str, Field(max_length=2_000), AfterValidator(no_nul), AfterValidator(starred)]


class ClaimIn(Contract):
    """A buyer's claim. ``loss_fen`` is the loss (unsafe food) or the fee of an expertise (a fake)."""

    shop_id: ShopId
    order_id: OrderId
    item: Annotated[str, Field(max_length=128), AfterValidator(no_nul)] = ""
    cause: CauseName
    paid_fen: Fen
    amount_fen: Fen | None = None
    loss_fen: int = Field(0, ge=0, le=MAX_FEN)
    transaction_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,64}$")] | None = None
    buyer_ref: Id | None = None
    reason: Reason
    evidence: list[Id] = Field(default_factory=list, max_length=50)


class ApproveClaimIn(Contract):
    """An approval, with the amount where it has to be set or changed."""

    reason: Reason
    amount_fen: Fen | None = None


class RejectClaimIn(Contract):
    """A rejection; how often somebody claims is no ground."""

    ground: Annotated[str, Field(pattern=f"^({'|'.join(GROUNDS)})$")]
    reason: Reason


class ReasonIn(Contract):
    """Why."""

    reason: Reason


class RecoverIn(Contract):
    """How a recovery from the merchant ends."""

    how: Literal["deposit", "repaid", "written_off"]
    reason: Reason


class DepositIn(Contract):
    """Money that came in: into the fund, or as a shop's deposit. ``transfer_id`` is yours; once is once."""

    transfer_id: TransferId
    into: Literal["fund", "deposit"]
    shop_id: ShopId | None = None
    amount_fen: Fen
    note: Reason


class AgreementIn(Contract):
    """A merchant's written agreement about its deposit, with the four things the law asks for."""

    shop_id: ShopId
    document: Term
    limit_fen: int = Field(ge=0, le=MAX_FEN)
    management: Term
    usage: Term
    refund: Term
    valid_from: Day
    valid_to: Day | None = None


class StopIn(Contract):
    """A stop of all payouts, one shop's or one cause's."""

    scope: Literal["all", "shop", "cause"]
    value: Annotated[str, Field(max_length=128), AfterValidator(no_nul)] = ""
    reason: Reason


class StartIn(Contract):
    """A second person's answer to who asked to start payouts again."""

    approve: bool
    reason: Reason


class BillIn(Contract):
    """The platform's bill as it was downloaded."""

    channel: Annotated[str, Field(min_length=1, max_length=32)]
    bill: Annotated[str, Field(min_length=1), AfterValidator(no_nul)]


class ResolveIn(Contract):
    """What a difference turned out to be."""

    how: Literal["loss", "fund", "returned", "payable"]
    reason: Reason

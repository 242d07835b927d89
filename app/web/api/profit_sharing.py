"""Profit sharing over HTTP: a check before the platform is asked. What happened afterwards is told as events."""

from __future__ import annotations

from typing import Annotated

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from app.flows.check_split import Receiver, SplitAsked, check_split
from app.values.access import Scope
from app.values.identifiers import PATTERN
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.event_answers import SplitCheckAnswer
from app.web.schema_fields import Contract, Named, ShopId

blueprint = APIBlueprint(
    "profit_sharing",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="profit-sharing", description="分账 · checks of profit sharing")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)
_Text = Annotated[str, Field(min_length=1, max_length=128)]
_Number = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra={"pattern": PATTERN}), Named]
_Fen = Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)]
_Zero = Annotated[int, Field(strict=True, ge=0, le=2**53)]


class ReceiverIn(Contract):
    """One receiver; `relation` empty: not added yet. `name_encrypted` is true where no name is sent."""

    type: _Text
    account: _Text
    amount_fen: _Fen
    relation: str = Field("", max_length=32)
    name_encrypted: bool = True


class SplitCheckIn(Contract):
    """A profit sharing as it would be asked for."""

    shop_id: ShopId
    out_order_no: _Number
    transaction_id: _Number
    receivers: list[ReceiverIn] = Field(max_length=200)
    fee_fen: _Zero = 0
    unsplit_fen: _Zero | None = None
    max_ratio_bp: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    open_claim_count: _Zero | None = None
    stored_value_unused: bool | None = None
    ask_platform: bool = False


@blueprint.post("/profit-sharing/check", summary="Check a split", responses={200: SplitCheckAnswer})
@answered_once
def check(body: SplitCheckIn) -> Response:
    """What the rules say of a split before it is asked for; nothing is stored."""
    caller(Scope.MONEY).require_shop(body.shop_id)
    given = body.model_dump(exclude={"receivers", "ask_platform"})
    receivers = [Receiver(**each.model_dump()) for each in body.receivers]
    asked = SplitAsked(**given, receivers=receivers)
    said = check_split(parts(), asked, asks_platform=body.ask_platform, now=parts().now())
    return Response(orjson.dumps(said), content_type="application/json")

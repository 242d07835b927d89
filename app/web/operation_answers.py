"""How the service is, and the work it could not do, as it goes out over HTTP."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

LetterKind = Literal[
    "work_inbound",
    "look_up_platform",
    "pay_claim",
    "deliver_webhook",
    "fetch_split_bill",
    "fetch_fund_bill",
    "fetch_platform_keys",
]


class DeadLetterAnswer(BaseModel):
    """Work that a person has to look at; of a payout ``provider`` is the channel and ``account`` the shop."""

    id: str
    kind: LetterKind
    provider: str
    account: str
    message_id: str | None
    what: str
    asked: dict[str, str | int]
    state: str
    attempts: int
    error: str | None
    created_at: str
    failed_at: str | None


class DeadLetterList(BaseModel):
    """Dead letters."""

    items: list[DeadLetterAnswer]
    next_cursor: None = None


class Health(BaseModel):
    """Whether the service is up or able to decide, with every check by name."""

    status: Literal["ok", "failing"]
    checks: dict[str, str]

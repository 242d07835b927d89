"""What goes out over HTTP about claims and the fund: models for the OpenAPI page, and the plain data itself."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from app.models import BillDifference, Claim, ClaimStep, PayoutStop
from app.money.balances import Balance, Line
from app.money.explain import for_buyer, for_merchant
from app.values.claiming import LEFT, State

_CLAIM = (
    "shop_id",
    "order_id",
    "item",
    "cause",
    "state",
    "amount_fen",
    "paid_fen",
    "needs_person",
    "waits_for",
    "opened_by",
    "opened_at",
    "settles_at",
    "approved_by",
    "approved_at",
    "recovered_fen",
    "excluded_by",
)


class ClaimAnswer(BaseModel):
    """A claim. ``waits_for`` says what keeps the money from leaving."""

    claim_id: str
    shop_id: str
    order_id: str
    item: str
    cause: str
    state: str
    amount_fen: int
    paid_fen: int
    needs_person: bool
    waits_for: list[str]
    opened_by: str
    opened_at: str
    settles_at: str
    approved_by: str | None
    approved_at: str | None
    recovered_fen: int
    excluded_by: str | None


class StepAnswer(BaseModel):
    """One step in a claim's life; ``undid`` names whose approval it undid."""

    at: str
    from_state: str | None
    to_state: str
    actor: str
    reason: str
    undid: list[str]


class WholeClaimAnswer(ClaimAnswer):
    """A claim with its calculation, its life, and what buyer and merchant are told."""

    basis: dict[str, Any]
    for_buyer: str
    for_merchant: str
    steps: list[StepAnswer]


class ClaimPage(BaseModel):
    """Claims, newest first."""

    items: list[ClaimAnswer]
    next_cursor: str | None


class BalanceAnswer(BaseModel):
    """One account."""

    account: str
    title: str
    balance_fen: int
    reserved_fen: int
    available_fen: int


class StopAnswer(BaseModel):
    """A stop of payouts."""

    stop_id: str
    scope: str
    value: str
    reason: str
    thrown_by: str
    thrown_at: str
    lifted_by: str | None
    lifted_at: str | None


class FundAnswer(BaseModel):
    """The accounts, and the stops in force."""

    accounts: list[BalanceAnswer]
    stops: list[StopAnswer]


class PostingAnswer(BaseModel):
    """One entry of the ledger."""

    posting_id: str
    at: str
    phase: str
    purpose: str
    debit: str
    credit: str
    amount_fen: int
    refused: str | None
    claim_id: str | None
    reverses_id: str | None
    actor: str
    note: str | None


class PostingPage(BaseModel):
    """Entries, newest first."""

    items: list[PostingAnswer]
    next_cursor: str | None


class CheckAnswer(BaseModel):
    """Whether the books say one thing, and what does not hold."""

    ok: bool
    findings: list[dict[str, str]]
    checked_at: str
    took_us: int


class MonthAnswer(BaseModel):
    """A month of the fund."""

    month: str
    is_closed: bool
    opening: dict[str, int]
    closing: dict[str, int]
    by_purpose: dict[str, dict[str, int]]
    by_cause: dict[str, dict[str, int]]
    daily: list[dict[str, Any]]


class FreezeAnswer(BaseModel):
    """A freeze that a rule laid on an order or a split. ``state`` is open, lifted by a person, or withdrawn."""

    freeze_id: str
    shop_id: str
    subject_type: str
    subject: str
    rule: str
    state: str
    opened_at: str
    lifted_by: str | None
    lifted_reason: str | None


class FreezePage(BaseModel):
    """Freezes that stand, newest first."""

    items: list[FreezeAnswer]
    next_cursor: str | None


class AgreementAnswer(BaseModel):
    """The agreement that was kept."""

    agreement_id: str


class MatchedAnswer(BaseModel):
    """What a bill's import came to."""

    file_id: str
    is_new: bool
    lines: int
    matched: int
    missing: int


class BillDifferenceAnswer(BaseModel):
    """What a bill and the ledger do not agree about."""

    difference_id: str
    kind: str
    about: str
    payout_id: str | None
    amount_fen: int
    day: str
    opened_at: str
    resolved_by: str | None
    resolution: str | None


class DifferenceList(BaseModel):
    """What is unexplained, oldest first, and how old it is."""

    items: list[BillDifferenceAnswer]
    next_cursor: None = None
    ages: dict[str, dict[str, int]]


def claim_answer(claim: Claim) -> dict[str, Any]:
    """A claim as plain data."""
    return {"claim_id": claim.id} | {name: getattr(claim, name) for name in _CLAIM}


def whole_claim(claim: Claim, life: list[ClaimStep]) -> dict[str, Any]:
    """A claim with everything that is told about it."""
    about: dict[str, Any] = {
        "cause": claim.cause,
        "order_id": claim.order_id,
        "amount_fen": claim.amount_fen,
        "basis": claim.basis,
    }
    told = {
        "basis": claim.basis,
        "for_buyer": for_buyer(state=claim.state, last_reason=life[-1].reason if life else "", **about),
        "for_merchant": for_merchant(
            shop_id=claim.shop_id, claim_id=claim.id, has_left=State(claim.state) in LEFT, **about
        ),
        "steps": [
            {name: getattr(step, name) for name in ("at", "from_state", "to_state", "actor", "reason")}
            | {"undid": step.details.get("undid", [])}
            for step in life
        ],
    }
    return claim_answer(claim) | told


def balance_answer(each: Balance) -> dict[str, Any]:
    """An account as plain data."""
    names = ("title", "balance_fen", "reserved_fen", "available_fen")
    return {"account": each.code} | {name: getattr(each, name) for name in names}


def stop_answer(row: PayoutStop) -> dict[str, Any]:
    """A stop as plain data."""
    names = ("scope", "value", "reason", "thrown_by", "thrown_at", "lifted_by", "lifted_at")
    return {"stop_id": row.id} | {name: getattr(row, name) for name in names}


def posting_answer(line: Line) -> dict[str, Any]:
    """An entry as plain data."""
    row = line.posting
    names = ("at", "phase", "purpose", "amount_fen", "refused", "claim_id", "reverses_id", "actor", "note")
    own = {name: getattr(row, name) for name in names}
    return {"posting_id": row.id, "debit": line.debit, "credit": line.credit} | own


def difference_answer(row: BillDifference) -> dict[str, Any]:
    """A difference as plain data."""
    names = ("kind", "about", "payout_id", "amount_fen", "day", "opened_at", "resolved_by", "resolution")
    return {"difference_id": row.id} | {name: getattr(row, name) for name in names}

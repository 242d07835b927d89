"""The fund's accounts: which there are, on which side each grows, and which may never be overdrawn.

An account is named by its kind, and by a shop or a cause where there is one for each. The picture of where money goes
stands in docs/explanation/how-money-stays-right.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import LedgerAccount, new_id
from app.models.base import ORG


class Kind(StrEnum):
    """What an account is for."""

    CAPITAL = "capital"
    FUND = "fund"
    DEPOSIT_HELD = "deposit_held"
    DEPOSIT = "deposit"
    PAYABLE = "payable"
    RECOVERABLE = "recoverable"
    IN_TRANSIT = "in_transit"
    SUSPENSE = "suspense"
    UNCLAIMED = "unclaimed"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Nature:
    """``normal`` is the side on which the account grows; ``by`` says what its name's second half is."""

    title: str
    normal: str
    may_overdraw: bool = False
    by: str = ""


NATURES: dict[Kind, Nature] = {
    Kind.CAPITAL: Nature("基金来源", "credit", may_overdraw=True),
    Kind.FUND: Nature("先行赔付基金", "debit"),
    Kind.DEPOSIT_HELD: Nature("代管保证金", "debit"),
    Kind.DEPOSIT: Nature("商家保证金", "credit", by="shop"),
    Kind.PAYABLE: Nature("应付买家赔款", "credit"),
    Kind.RECOVERABLE: Nature("应向商家追偿", "debit", by="shop"),
    Kind.IN_TRANSIT: Nature("在途", "debit"),
    Kind.SUSPENSE: Nature("待查差异", "debit", may_overdraw=True),
    Kind.UNCLAIMED: Nature("待认领款项", "debit"),
    Kind.LOSS: Nature("损失", "debit", may_overdraw=True, by="cause"),
}


@dataclass(frozen=True, slots=True, order=True)
class AccountName:
    """``fund``, ``deposit:shop-7``, ``loss:late_evidence``."""

    kind: Kind
    of: str = ""

    def __post_init__(self) -> None:
        assert bool(self.of) is bool(NATURES[self.kind].by), f"{self.kind} is named otherwise"

    @property
    def code(self) -> str:
        """The name as it is stored."""
        return f"{self.kind}:{self.of}" if self.of else str(self.kind)


CAPITAL = AccountName(Kind.CAPITAL)
FUND = AccountName(Kind.FUND)
DEPOSIT_HELD = AccountName(Kind.DEPOSIT_HELD)
PAYABLE = AccountName(Kind.PAYABLE)
IN_TRANSIT = AccountName(Kind.IN_TRANSIT)
SUSPENSE = AccountName(Kind.SUSPENSE)
UNCLAIMED = AccountName(Kind.UNCLAIMED)


def deposit(shop_id: str) -> AccountName:
    """What is held for one shop."""
    return AccountName(Kind.DEPOSIT, shop_id)


def recoverable(shop_id: str) -> AccountName:
    """What one shop owes the fund."""
    return AccountName(Kind.RECOVERABLE, shop_id)


def loss(why: str) -> AccountName:
    """Money nobody gives back, by the reason."""
    return AccountName(Kind.LOSS, why)


def locked(session: Session, names: Collection[AccountName], *, now: datetime) -> dict[AccountName, LedgerAccount]:
    """The accounts, made on first use, their rows locked in one order so that two writers never wait for each other."""
    wanted = sorted(names)
    _ensure(session, wanted, now=now)
    rows = session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.org_id == ORG, LedgerAccount.code.in_([name.code for name in wanted]))
        .order_by(LedgerAccount.code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_code = {row.code: row for row in rows}
    return {name: by_code[name.code] for name in wanted}


def balance_fen(account: LedgerAccount) -> int:
    """What the account holds on its own side."""
    held = account.debits_fen - account.credits_fen
    return held if account.normal == "debit" else -held


def available_fen(account: LedgerAccount) -> int:
    """The balance less what is reserved to leave."""
    leaving = account.pending_credits_fen if account.normal == "debit" else account.pending_debits_fen
    return balance_fen(account) - leaving


def title_of(code: str) -> str:
    """An account's name for people: ``商家保证金 shop-7``."""
    kind, _, of = code.partition(":")
    return f"{NATURES[Kind(kind)].title} {of}".strip()


def _ensure(session: Session, names: Collection[AccountName], *, now: datetime) -> None:
    codes = {name.code for name in names}
    known = set(session.scalars(select(LedgerAccount.code).where(LedgerAccount.code.in_(codes))))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for name in names:
        if name.code in known:
            continue
        nature = NATURES[name.kind]
        values = {
            "id": new_id(),
            "org_id": ORG,
            "code": name.code,
            "kind": name.kind.value,
            "shop_id": name.of if nature.by == "shop" else None,
            "currency": "CNY",
            "normal": nature.normal,
            "may_overdraw": nature.may_overdraw,
            "debits_fen": 0,
            "credits_fen": 0,
            "pending_debits_fen": 0,
            "pending_credits_fen": 0,
            "created_at": now,
        }
        session.execute(insert(LedgerAccount).values(values).on_conflict_do_nothing(index_elements=["org_id", "code"]))

"""Money that people move: into the fund, deposits, recoveries, write-offs, corrections; months that people close.

Each is one transfer or two in one transaction, with an id that its maker chose, and an audit row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.errors import Conflict, Forbidden
from app.flows.claim_news import RECOVERED, announce_claim
from app.flows.parts import Parts
from app.models import Claim, LedgerPeriod, Posting
from app.money import accounts, claims, periods, recovery
from app.money.accounts import CAPITAL, DEPOSIT_HELD, FUND, AccountName, deposit
from app.money.agreements import Agreed
from app.money.agreements import record as record_agreement
from app.money.check import at_end_of
from app.money.ledger import Entered, Entry, transfer
from app.money.two_phase import reverse
from app.values.access import Caller
from app.values.china_days import month_ends_at
from app.values.claiming import State


def fund_in(parts: Parts, *, transfer_id: str, amount_fen: int, note: str, caller: Caller, now: datetime) -> Posting:
    """Money was put into the fund."""
    return _enter(parts, f"in:{transfer_id}", FUND, CAPITAL, amount_fen, "funding", note=note, caller=caller, now=now)


def fund_out(parts: Parts, *, transfer_id: str, amount_fen: int, note: str, caller: Caller, now: datetime) -> Posting:
    """Money was taken out of the fund, never below its floor."""
    return _enter(
        parts, f"out:{transfer_id}", CAPITAL, FUND, amount_fen, "defunding", note=note, caller=caller, now=now
    )


def deposit_in(
    parts: Parts, *, transfer_id: str, shop_id: str, amount_fen: int, note: str, caller: Caller, now: datetime
) -> Posting:
    """A shop paid its deposit."""
    caller.require_shop(shop_id)
    own, entry_id = deposit(shop_id), f"deposit:{transfer_id}"
    return _enter(parts, entry_id, DEPOSIT_HELD, own, amount_fen, "deposit", note=note, caller=caller, now=now)


def deposit_back(
    parts: Parts, *, transfer_id: str, shop_id: str, amount_fen: int, note: str, caller: Caller, now: datetime
) -> Posting:
    """A shop was given its deposit back."""
    caller.require_shop(shop_id)
    own, entry_id = deposit(shop_id), f"deposit_back:{transfer_id}"
    return _enter(parts, entry_id, own, DEPOSIT_HELD, amount_fen, "deposit_back", note=note, caller=caller, now=now)


def correct(parts: Parts, posting_id: str, *, reason: str, caller: Caller, now: datetime) -> Posting:
    """Undo a wrong entry by one that names it."""

    def work(session: Session) -> Entered:
        return reverse(session, posting_id, actor=caller.name, note=reason, now=now)

    return _written(parts, work, "posting.reverse", reason=reason, caller=caller, now=now)


def agree(parts: Parts, agreed: Agreed, *, caller: Caller, now: datetime) -> str:
    """Keep a merchant's written agreement; returns its id."""
    caller.require_shop(agreed.shop_id)

    def work(session: Session) -> str:
        row = record_agreement(session, agreed, by=caller.name, now=now)
        _record(session, "agreement.record", "agreement", row.id, {"shop_id": row.shop_id}, row.document, caller, now)
        return row.id

    return parts.db.write(work)


def recover(parts: Parts, claim_id: str, *, how: str, reason: str, caller: Caller, now: datetime) -> Claim:
    """Close a recovery: from the ``deposit``, ``repaid`` by the shop, or ``written_off``.

    Raises Forbidden where a caller bound to shops would say that one of them owes the fund nothing any more.
    """

    def work(session: Session) -> Claim:
        claim = claims.take(session, claim_id, caller=caller)
        if how != "deposit" and caller.shop_ids is not None:
            raise Forbidden(f"{caller.name} 只管理部分店铺，不能确认商家已偿还或核销其欠款")
        if how == "deposit":
            recovery.take_deposit(session, claim, by=caller.name, now=now)
        else:
            ways = {"repaid": recovery.repaid, "written_off": recovery.write_off}
            ways[how](session, claim, by=caller.name, reason=reason, now=now)
        if claim.state == State.RECOVERED:
            announce_claim(session, claim, RECOVERED, now=now)
        _record(session, f"claim.{how}", "claim", claim.id, {"amount_fen": claim.amount_fen}, reason, caller, now)
        return claim

    return parts.db.write(work)


def close_month(parts: Parts, month: str, *, caller: Caller, now: datetime) -> LedgerPeriod:
    """Close a month that is over, keeping every balance at its end."""

    def work(session: Session) -> LedgerPeriod:
        accounts.locked(session, {FUND}, now=now)
        kept = at_end_of(session, month_ends_at(month))
        row = periods.close(session, month, balances=kept, by=caller.name, now=now)
        _record(session, "ledger.close", "ledger_period", month, kept, None, caller, now)
        return row

    return parts.db.write(work)


def _enter(
    parts: Parts,
    entry_id: str,
    debit: AccountName,
    credit: AccountName,
    amount_fen: int,
    purpose: str,
    *,
    note: str,
    caller: Caller,
    now: datetime,
) -> Posting:
    entry = Entry(entry_id, debit, credit, amount_fen, purpose, caller.name, note=note)
    floor_fen = parts.settings.fund_floor_fen

    def work(session: Session) -> Entered:
        return transfer(session, entry, now=now, floor_fen=floor_fen)

    return _written(parts, work, f"fund.{purpose}", reason=note, caller=caller, now=now)


def _written(
    parts: Parts, enter: Callable[[Session], Entered], action: str, *, reason: str, caller: Caller, now: datetime
) -> Posting:
    """Enter, write the audit row when it is new, and raise Conflict (after it was kept) when it was refused."""

    def work(session: Session) -> Entered:
        entered = enter(session)
        if entered.is_new:
            row = entered.posting
            details = {"amount_fen": row.amount_fen, "refused": row.refused}
            _record(session, action, "posting", row.id, details, reason, caller, now)
        return entered

    entered = parts.db.write(work)
    if entered.refused:
        raise Conflict(f"余额不足，分录 {entered.posting.id} 未入账；此编号不再可用")
    return entered.posting


def _record(
    session: Session,
    action: str,
    object_type: str,
    object_id: str,
    details: dict[str, Any],
    reason: str | None,
    caller: Caller,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type=object_type,
        object_id=object_id,
        reason=reason,
        details=details,
        now=now,
    )

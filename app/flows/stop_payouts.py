"""The stop switch: one person stops payouts at once; finance starts them again, with a second person.

stop ─ the fund's row locked, so that no payment begins any more once this has returned ─ audit row
start ─ finance asks ─ somebody else of finance agrees ─ lifted ─ audit row
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import approvals, audit
from app.errors import Conflict, Forbidden
from app.flows.parts import Parts
from app.models import Approval, PayoutStop
from app.money import accounts, stops
from app.money.accounts import FUND
from app.values.access import Caller

ACTION = "fund.start"


def stop_payouts(parts: Parts, *, scope: str, value: str, reason: str, caller: Caller, now: datetime) -> PayoutStop:
    """Stop all payouts, one shop's or one cause's. What a channel was already given cannot be called back."""
    _require(caller, scope, value)

    def work(session: Session) -> PayoutStop:
        accounts.locked(session, {FUND}, now=now)
        row = stops.throw(session, scope=scope, value=value, reason=reason, by=caller.name, now=now)
        _record(session, "fund.stop", row, reason=reason, caller=caller, now=now)
        return row

    return parts.db.write(work)


def ask_start(parts: Parts, stop_id: str, *, reason: str, caller: Caller, now: datetime) -> Approval:
    """Ask that a stop may end; somebody else has to agree."""

    def work(session: Session) -> Approval:
        row = stops.find(session, stop_id)
        _require(caller, row.scope, row.value)
        if row.lifted_at is not None:
            raise Conflict(f"已由 {row.lifted_by} 恢复")
        waiting = approvals.newest_of(session, action=ACTION, object_id=stop_id)
        if waiting is not None and waiting.state == "waiting":
            raise Conflict(f"{waiting.requested_by} 已申请恢复，等待另一人同意")
        payload = {"scope": row.scope, "value": row.value}
        asked = approvals.ask(
            session, action=ACTION, object_id=stop_id, payload=payload, reason=reason, by=caller.name, now=now
        )
        _record(session, "fund.start_ask", row, reason=reason, caller=caller, now=now)
        return asked

    return parts.db.write(work)


def decide_start(
    parts: Parts, stop_id: str, *, approve: bool, reason: str, caller: Caller, now: datetime
) -> PayoutStop:
    """Agree or refuse, as somebody else than who asked; raises Forbidden and Conflict."""

    def work(session: Session) -> PayoutStop:
        row = stops.find(session, stop_id)
        _require(caller, row.scope, row.value)
        asked = approvals.newest_of(session, action=ACTION, object_id=stop_id)
        if asked is None or asked.state != "waiting":
            raise Conflict("没有等待同意的恢复申请")
        approvals.decide(session, asked.id, approve=approve, reason=reason, by=caller.name, now=now)
        if approve:
            row = stops.lift(session, stop_id, by=caller.name, now=now)
        _record(session, "fund.start" if approve else "fund.start_refuse", row, reason=reason, caller=caller, now=now)
        return row

    return parts.db.write(work)


def _require(caller: Caller, scope: str, value: str) -> None:
    """Raise Forbidden where a stop is about more than the caller's shops."""
    if scope == "shop":
        caller.require_shop(value)
    elif caller.shop_ids is not None:
        raise Forbidden(f"{caller.name} 只管理部分店铺，只能停付或恢复这些店铺")


def _record(session: Session, action: str, row: PayoutStop, *, reason: str, caller: Caller, now: datetime) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type="payout_stop",
        object_id=row.id,
        shop_id=row.value if row.scope == "shop" else None,
        reason=reason,
        details={"scope": row.scope, "value": row.value},
        now=now,
    )

"""The platform's bill of a day, imported once and compared with the ledger.

read and check the whole file ─ one transaction: file, its new lines, matches, what is missing ─ audit row
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.errors import InvalidInput, Problem
from app.flows.parts import Parts
from app.models import BillDifference, BillFile, BillLine
from app.money import accounts, differences, matching
from app.money.accounts import FUND
from app.money.bills import Bill, read_bill
from app.money.channel import names
from app.values.access import Caller
from app.values.china_days import day_of


@dataclass(frozen=True, slots=True)
class Matched:
    """What an import came to. ``is_new`` is false for a file that was imported before: then nothing was done."""

    file_id: str
    lines: int
    matched: int
    missing: int
    is_new: bool


def match_bill(
    parts: Parts, data: bytes, *, channel: str, caller: Caller, now: datetime, day: date | None = None
) -> Matched:
    """Import a bill and match it.

    Raises:
        InvalidInput: an unknown channel, a file that cannot be read, or lines of another day than ``day``.
    """
    if channel not in names():
        raise InvalidInput("未知的付款渠道", problems=[Problem("channel", channel, ", ".join(names()))])
    bill = read_bill(data)
    if not bill.flows:
        raise InvalidInput("账单没有明细", problems=[Problem("file", "没有一行明细", "一天的账单")])
    if day is not None and (other := {day_of(flow.booked_at) for flow in bill.flows} - {day}):
        problem = Problem("file", f"有 {min(other)} 的明细", f"{day} 的账单")
        raise InvalidInput("账单不是所要的日期", problems=[problem])
    digest = "sha256:" + hashlib.sha256(data).hexdigest()

    def work(session: Session) -> Matched:
        accounts.locked(session, {FUND}, now=now)
        if (known := session.scalar(select(BillFile).where(BillFile.digest == digest))) is not None:
            return Matched(known.id, len(bill.flows), 0, 0, is_new=False)
        others = other_kinds(parts.settings.fund_bill_other_kinds)
        return _import(session, bill, digest, others, channel=channel, caller=caller, now=now)

    return parts.db.write(work)


def note_quiet_day(parts: Parts, *, channel: str, day: date, caller: Caller, now: datetime) -> int:
    """Nothing moved on a day, says the channel: what should be shown by then is missing; how many are new."""

    def work(session: Session) -> int:
        accounts.locked(session, {FUND}, now=now)
        matching.match_lines(session, channel, by=caller.name, now=now)
        missing = matching.look_for_missing(session, channel, day=day, by=caller.name, now=now)
        audit.record(
            session,
            actor=caller.name,
            action="bill.empty",
            object_type="bill_file",
            object_id=f"{channel}:{day}",
            details={"day": day.isoformat(), "missing": missing},
            now=now,
        )
        return missing

    return parts.db.write(work)


def resolve_difference(
    parts: Parts, difference_id: str, *, how: str, reason: str, caller: Caller, now: datetime
) -> BillDifference:
    """A person explains a difference."""

    def work(session: Session) -> BillDifference:
        row = differences.resolve(session, difference_id, how=how, reason=reason, by=caller.name, now=now)
        audit.record(
            session,
            actor=caller.name,
            action="difference.resolve",
            object_type="bill_difference",
            object_id=row.id,
            reason=reason,
            details={"how": how, "amount_fen": row.amount_fen},
            now=now,
        )
        return row

    return parts.db.write(work)


def other_kinds(written: str) -> frozenset[str]:
    """The kinds of business that are none of the fund's, as the setting writes them."""
    return frozenset(each.strip() for each in written.replace("，", ",").split(",") if each.strip())


def _import(
    session: Session, bill: Bill, digest: str, others: frozenset[str], *, channel: str, caller: Caller, now: datetime
) -> Matched:
    day = max(day_of(flow.booked_at) for flow in bill.flows)
    left_out = sum(flow.kind in others for flow in bill.flows)
    summary = {"lines": len(bill.flows), "out_fen": bill.out_fen, "in_fen": bill.in_fen, "left_out": left_out}
    file = BillFile(channel=channel, day=day, digest=digest, summary=summary, imported_at=now, imported_by=caller.name)
    session.add(file)
    session.flush()
    numbers = [flow.flow_no for flow in bill.flows]
    own = (BillLine.channel == channel) & BillLine.flow_no.in_(numbers)
    known = set(session.scalars(select(BillLine.flow_no).where(own)))
    for flow in bill.flows:
        if flow.amount_fen and flow.kind not in others and flow.flow_no not in known:
            line = BillLine(file_id=file.id, channel=channel, flow_no=flow.flow_no, reference=flow.reference)
            line.is_in = not flow.is_out
            line.amount_fen, line.booked_at, line.kind = flow.amount_fen, flow.booked_at, flow.kind
            session.add(line)
            known.add(flow.flow_no)
    session.flush()
    matched = matching.match_lines(session, channel, by=caller.name, now=now)
    missing = matching.look_for_missing(session, channel, day=day, by=caller.name, now=now)
    audit.record(
        session,
        actor=caller.name,
        action="bill.import",
        object_type="bill_file",
        object_id=file.id,
        details=summary | {"day": day.isoformat(), "matched": matched, "missing": missing},
        now=now,
    )
    return Matched(file.id, len(bill.flows), matched, missing, is_new=True)

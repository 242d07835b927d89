"""Signing off: somebody asks that a value may block or pay, a second person decides, anybody entitled withdraws.

ask ─ does the object have this value today? ─ approval + row + audit        (nothing changes yet)
decide ─ another person ─ approval + audit ─ follow: the judge of this process knows at once, the others on their poll
withdraw ─ row + audit ─ follow: whatever rested on it acts as a review again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy.orm import Session

from app import approvals, audit, sign_offs, snapshots
from app.errors import Forbidden, InvalidInput, NotReady, Problem
from app.events.kind import load_kinds
from app.flows.follow_soon import follow_soon
from app.flows.parts import Parts
from app.rules.notices import Unsigned, unsigned
from app.rules.pack import Pack, load_packs
from app.rules.reading import china_day, microseconds
from app.sign_offs import Asked, Entry
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.values.sign_off import written

ACTION = "rules.sign_off"


def ask_sign_off(parts: Parts, asked: Asked, *, reason: str, by: Caller, now: datetime) -> Entry:
    """Ask for a sign-off of a value that a parameter has, or of a rule as it is worded (``value`` None).

    Raises:
        InvalidInput: what does not exist or has another value, what is incomplete, or no reason.
        Forbidden: the caller is bound to shops, and a rule speaks for all.
    """
    _for_all_shops(by)
    sign_offs.check(asked)
    asked = replace(
        asked,
        value=_value_today(active_packs(parts), asked),
        basis=without_personal(asked.basis),
        signed_by=without_personal(asked.signed_by),
    )

    def work(session: Session) -> str:
        named = f"{asked.object_type}:{asked.pack}.{asked.name}"
        payload = {"value": asked.value, "basis": asked.basis, "signed_by": asked.signed_by}
        approval = approvals.ask(
            session, action=ACTION, object_id=named, payload=payload, reason=reason, by=by.name, now=now
        )
        row = sign_offs.add(session, asked, approval_id=approval.id, now=now)
        _record(session, "sign_off.ask", Entry(row, approval), by=by, reason=reason, now=now)
        return row.id

    return _entry(parts, parts.db.write(work))


def decide_sign_off(parts: Parts, sign_off_id: str, *, approve: bool, reason: str, by: Caller, now: datetime) -> Entry:
    """Approve or refuse; raises NotFound, Forbidden (whoever asked never decides) and Conflict (decided before)."""
    _for_all_shops(by)

    def work(session: Session) -> None:
        entry = sign_offs.find(session, sign_off_id)
        approvals.decide(session, entry.approval.id, approve=approve, reason=reason, by=by.name, now=now)
        _record(session, f"sign_off.{'approve' if approve else 'refuse'}", entry, by=by, reason=reason, now=now)

    parts.db.write(work)
    _follow(parts)
    return _entry(parts, sign_off_id)


def withdraw_sign_off(parts: Parts, sign_off_id: str, *, reason: str, by: Caller, now: datetime) -> Entry:
    """End a sign-off; whatever rested on it waits for a person again. Raises NotFound, Conflict and InvalidInput."""
    _for_all_shops(by)

    def work(session: Session) -> None:
        sign_offs.withdraw(session, sign_off_id, reason=reason, by=by.name, now=now)
        _record(session, "sign_off.withdraw", sign_offs.find(session, sign_off_id), by=by, reason=reason, now=now)

    parts.db.write(work)
    _follow(parts)
    return _entry(parts, sign_off_id)


def active_packs(parts: Parts) -> tuple[Pack, ...]:
    """The packs of the rules snapshot in force; raises NotReady before the first."""
    with parts.db.read() as session:
        active = snapshots.pointer(session, "rules").snapshot_id
        if active is None:
            raise NotReady("no rules were activated yet", retry_after_s=1)
        files = snapshots.load(session, active)
    return load_packs(files, kinds=load_kinds())


def unsigned_today(parts: Parts, *, now: datetime) -> list[Unsigned]:
    """What the rules in force rest on, and no sign-off in force today covers."""
    with parts.db.read() as session:
        signed = sign_offs.in_force(session)
    return unsigned(active_packs(parts), today=china_day(microseconds(now)), sign_offs=signed)


def _value_today(packs: Sequence[Pack], asked: Asked) -> object:
    """The value to sign, as the rules have it today; raises InvalidInput."""
    pack = next((pack for pack in packs if pack.name == asked.pack), None)
    if pack is None:
        raise _unknown("pack", asked.pack, [each.name for each in packs])
    if asked.object_type == "rule":
        values: dict[str, list[object]] = {rule.id: [rule.grounds.mark] for rule in pack.rules}
    else:
        values = {
            name: [each.default, *(override.value for override in each.overrides)]
            for name, each in pack.parameters.items()
        }
    if asked.name not in values:
        raise _unknown("name", asked.name, list(values))
    if asked.object_type == "rule" and asked.value is None:
        return values[asked.name][0]
    found = next((value for value in values[asked.name] if written(value) == written(asked.value)), None)
    if found is None:
        has = " or ".join(dict.fromkeys(written(value) for value in values[asked.name]))
        problem = Problem("value", f"{asked.name} does not have the value {written(asked.value)}", has)
        raise InvalidInput("only what the rules say today can be signed off", problems=[problem])
    return list(found) if isinstance(found, tuple) else found


def _unknown(field: str, name: str, known: Sequence[str]) -> InvalidInput:
    near = get_close_matches(name, known, n=1)
    expected = f"{near[0]!r}, did you mean that?" if near else ", ".join(known)
    return InvalidInput("there is no such thing in the rules", problems=[Problem(field, f"unknown: {name}", expected)])


def _for_all_shops(by: Caller) -> None:
    if by.shop_ids is not None:
        raise Forbidden(f"{by.name} is bound to shops, and a sign-off speaks for all")


def _record(session: Session, action: str, entry: Entry, *, by: Caller, reason: str, now: datetime) -> None:
    row = entry.row
    details = {"object": f"{row.object_type}:{row.pack}.{row.name}", "value": row.value, "basis": row.basis}
    audit.record(
        session,
        actor=by.name,
        action=action,
        object_type="rule_sign_off",
        object_id=row.id,
        reason=reason or None,
        details=details | {"signed_by": row.signed_by},
        now=now,
    )


def _follow(parts: Parts) -> None:
    """A process that judges goes by the register at once; a short command judges nothing."""
    if parts.live.is_ready:
        follow_soon(parts)


def _entry(parts: Parts, sign_off_id: str) -> Entry:
    with parts.db.read() as session:
        return sign_offs.find(session, sign_off_id)

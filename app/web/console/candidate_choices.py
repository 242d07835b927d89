"""What an officer may do with a candidate that waits, rules or wordlists alike, and what became of those before.

Whoever proposed it withdraws it and nothing else. What another version took force over can still be refused or
withdrawn, else it would stand there for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from sqlalchemy.orm import Session

from app import approvals, snapshots
from app.errors import Forbidden
from app.flows.propose_snapshot import ACTION
from app.flows.withdraw_candidate import has_proposed, withdraw_candidate
from app.models import Approval
from app.values.access import Caller, Role
from app.web.auth import parts
from app.web.schema_fields import starred

DECIDERS = frozenset({Role.RULE_APPROVER, Role.ADMIN})
REASON_MAX = 2_000
_SETTLED_FOR = timedelta(days=30)
_SETTLED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Choices:
    """Which buttons an officer has, and why not all of them (a sentence's key), if so."""

    barred: str | None
    approve: bool
    refuse: bool
    withdraw: bool


def choices_of(session: Session, asked: Approval, caller: Caller) -> Choices:
    """What this officer may do with a candidate."""
    is_own = has_proposed(asked, caller.name)
    is_stale = asked.payload["base"] != snapshots.pointer(session, asked.payload["kind"]).snapshot_id
    may = may_decide(caller)
    barred = "rules.barred_stale" if is_stale else "rules.barred_own" if is_own else None
    if barred is None and not may:
        barred = "rules.barred_role"
    return Choices(barred, approve=barred is None, refuse=may and not is_own, withdraw=is_own)


def settled(session: Session, kind: str, *, now: datetime) -> list[Approval]:
    """The newest candidates refused or withdrawn of late: whoever proposed one reads what became of it."""
    states = ("refused", "withdrawn")
    found = approvals.ended_since(session, action=ACTION, states=states, since=now - _SETTLED_FOR)
    return [each for each in found if each.payload["kind"] == kind][:_SETTLED_SHOWN]


def may_decide(caller: Caller) -> bool:
    """Whether an officer decides about what counts in all shops."""
    return bool(caller.grants & DECIDERS) and caller.shop_ids is None


def check_may_decide(caller: Caller) -> None:
    """Raise Forbidden for whoever may not."""
    if not may_decide(caller):
        raise Forbidden(f"this needs one of {', '.join(sorted(DECIDERS))}, for all shops")


def is_withdrawal() -> bool:
    """Whether the form that was sent takes a candidate back."""
    return request.form.get("decision") == "withdraw"


def withdraw(snapshot_id: str, caller: Caller) -> None:
    """Take a candidate back by the form that was sent; raises as ``withdraw_candidate`` does."""
    withdraw_candidate(parts(), snapshot_id, reason=reason(), by=caller.name, now=parts().now())


def reason() -> str:
    """The reason that was written in the form."""
    return starred(request.form.get("reason", "").strip()[:REASON_MAX])

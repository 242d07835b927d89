"""The register of sign-offs in the database: who answers for which value, since when, and what is in force.

Whether a second person approved is said by the approval alone; a row here never repeats it. A sign-off is never
changed: it is withdrawn, and another one made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import Approval, RuleSignOff
from app.models.base import ORG
from app.values.sign_off import Mark, ObjectType, SignOff, SignOffs


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants signed off."""

    object_type: ObjectType
    pack: str
    name: str
    value: object
    basis: str
    signed_by: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the register with its approval."""

    row: RuleSignOff
    approval: Approval

    @property
    def state(self) -> str:
        """waiting, approved, refused or withdrawn."""
        return "withdrawn" if self.row.withdrawn_at is not None else self.approval.state


def check(asked: Asked) -> None:
    """Raise InvalidInput, naming everything that a sign-off lacks."""
    problems = [
        Problem(name, "is empty", expected)
        for name, expected in (("basis", "the document it rests on"), ("signed_by", "who signed that document"))
        if not getattr(asked, name).strip()
    ]
    if asked.valid_to is not None and asked.valid_to < asked.valid_from:
        problems.append(Problem("valid_to", "lies before valid_from", "the last day, or nothing"))
    if problems:
        raise InvalidInput("the sign-off is not complete", problems=problems)


def add(session: Session, asked: Asked, *, approval_id: str, now: datetime) -> RuleSignOff:
    """Note what is asked for; it is in force when its approval is given."""
    value = list(asked.value) if isinstance(asked.value, tuple) else asked.value
    row = RuleSignOff(
        object_type=asked.object_type,
        pack=asked.pack,
        name=asked.name,
        value=value,
        basis=asked.basis.strip(),
        signed_by=asked.signed_by.strip(),
        valid_from=asked.valid_from,
        valid_to=asked.valid_to,
        approval_id=approval_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, sign_off_id: str) -> Entry:
    """One row; raises NotFound."""
    found = session.execute(_ENTRIES.where(RuleSignOff.id == sign_off_id)).one_or_none()
    if found is None:
        raise NotFound(f"no sign-off {sign_off_id}")
    return Entry(*found)


def listed(session: Session, *, limit: int) -> list[Entry]:
    """The newest rows, newest first."""
    newest = _ENTRIES.order_by(RuleSignOff.created_at.desc(), RuleSignOff.id.desc()).limit(limit)
    return [Entry(*found) for found in session.execute(newest)]


def withdraw(session: Session, sign_off_id: str, *, reason: str, by: str, now: datetime) -> RuleSignOff:
    """End a sign-off at once, exactly once.

    Raises:
        InvalidInput: no reason.
        NotFound: no such sign-off.
        Conflict: it was withdrawn before; says by whom.
    """
    if not reason.strip():
        raise InvalidInput("a withdrawal needs a reason")
    row = find(session, sign_off_id).row
    won = session.execute(
        update(RuleSignOff)
        .where(RuleSignOff.id == sign_off_id, RuleSignOff.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=by, withdrawn_why=reason.strip())
        .returning(RuleSignOff.id)
    ).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"already withdrawn by {row.withdrawn_by}")
    return row


def mark(session: Session) -> Mark:
    """Where the register stands, for one cheap query a poll."""
    approved, withdrawn = session.execute(_MARK).one()
    return approved, withdrawn


def in_force(session: Session) -> SignOffs:
    """All approved sign-offs that were not withdrawn, oldest first; the days they hold are looked at when judging."""
    approved = _ENTRIES.where(Approval.state == "approved", RuleSignOff.withdrawn_at.is_(None))
    return SignOffs(_value(row, approval) for row, approval in session.execute(approved.order_by(RuleSignOff.id)))


_ENTRIES = (
    select(RuleSignOff, Approval)
    .join(Approval, RuleSignOff.approval_id == Approval.id)
    .where(RuleSignOff.org_id == ORG)
)
_MARK = (
    select(func.count(RuleSignOff.id), func.count(RuleSignOff.withdrawn_at))
    .join(Approval, RuleSignOff.approval_id == Approval.id)
    .where(RuleSignOff.org_id == ORG, Approval.state == "approved")
)


def _value(row: RuleSignOff, approval: Approval) -> SignOff:
    object_type: Any = row.object_type
    return SignOff(
        id=row.id,
        object_type=object_type,
        pack=row.pack,
        name=row.name,
        value=row.value,
        basis=row.basis,
        signed_by=row.signed_by,
        approved_by=approval.decided_by or "",
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
